"""Moderation: cases that can be appealed, decisions that can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NEW = (
    ("moderation_case", "label"),
    ("moderation_case", "origin"),
    ("moderation_case", "verdict"),
    ("moderation_decision", "text_mark"),
    ("moderation_decision", "before"),
    ("moderation_decision", "by_machine"),
)
# Decisions of before were made by people; of some, nobody remembers by whom.
WHO_DECIDED = """
UPDATE moderation_decision SET person_id = coalesce(
    (SELECT person_id FROM firms_membership AS member
        WHERE member.firm_id = moderation_decision.firm_id AND member.id = decided_by_id),
    '00000000-0000-0000-0000-000000000000')
"""
STATES = "('visible', 'quarantined', 'returned', 'redacted', 'removed')"
# By table and name: what was checked before, if anything, and what is now.
CHECKS = {
    "moderation_case": {
        "outcome": (
            "outcome IN ('upheld', 'not_upheld', '')",
            "outcome IN ('upheld', 'not_upheld', 'duplicate', '')",
        ),
        "state": (
            "state IN ('open', 'claimed', 'decided')",
            "state IN ('open', 'claimed', 'decided', 'appealed', 'closed')",
        ),
        "verdict": ("", "verdict IN ('upheld', 'amended', 'overturned', '')"),
        "origin": ("", "origin IN ('report', 'guard', 'first_posts', 'penalty', 'mended')"),
        "has_outcome": ("", "(outcome = '') = (state IN ('open', 'claimed'))"),
        "has_verdict": ("", "(verdict <> '') = (state = 'closed')"),
    },
    "moderation_decision": {
        "outcome": (
            "outcome IN ('upheld', 'not_upheld')",
            "outcome IN ('upheld', 'not_upheld', 'duplicate')",
        ),
        "effect": (
            "effect IN ('none', 'returned', 'removed')",
            "effect IN ('none', 'message', 'returned', 'redacted', 'removed')",
        ),
        "before": ("", f"before IN {STATES}"),
        "by_machine": ("", "by_machine = (person_id IS NULL)"),
        "what_follows": ("", "(effect = 'none') = (outcome = 'not_upheld')"),
        "rests_on_a_rule": ("", "rule <> '' OR outcome = 'not_upheld'"),
        "twin": ("", "(outcome = 'duplicate') = (duplicate_of_id IS NOT NULL)"),
    },
}


def upgrade():
    op.add_column(
        "moderation_case", sa.Column("label", sa.Text(), nullable=False, server_default="")
    )
    op.add_column(
        "moderation_case", sa.Column("origin", sa.Text(), nullable=False, server_default="report")
    )
    op.add_column(
        "moderation_case", sa.Column("verdict", sa.Text(), nullable=False, server_default="")
    )
    op.add_column(
        "moderation_case", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        op.f("ix_moderation_case_firm_id_state_due_at"),
        "moderation_case",
        ["firm_id", "state", "due_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_case_firm_id_target_kind_target_id"),
        "moderation_case",
        ["firm_id", "target_kind", "target_id"],
        unique=False,
    )
    op.add_column("moderation_decision", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column(
        "moderation_decision",
        sa.Column("by_machine", sa.Boolean(), nullable=False, server_default="false"),
    )
    op.add_column("moderation_decision", sa.Column("duplicate_of_id", sa.Uuid(), nullable=True))
    op.add_column("moderation_decision", sa.Column("appeal_id", sa.Uuid(), nullable=True))
    op.add_column(
        "moderation_decision", sa.Column("text_mark", sa.Text(), nullable=False, server_default="")
    )
    op.add_column(
        "moderation_decision",
        sa.Column("before", sa.Text(), nullable=False, server_default="visible"),
    )
    op.add_column(
        "moderation_decision", sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "moderation_decision", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "moderation_decision", sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "moderation_decision", sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.drop_constraint(
        op.f("uq_moderation_decision_firm_id_case_id"), "moderation_decision", type_="unique"
    )
    op.create_index(
        op.f("ix_moderation_decision_firm_id_duplicate_of_id"),
        "moderation_decision",
        ["firm_id", "duplicate_of_id"],
        unique=False,
    )
    op.create_index(
        "uq_moderation_decision_standing",
        "moderation_decision",
        ["firm_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL AND replaced_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_moderation_decision_firm_id_duplicate_of_id"),
        "moderation_decision",
        "moderation_case",
        ["firm_id", "duplicate_of_id"],
        ["firm_id", "id"],
        ondelete="CASCADE",
    )
    for table, column in NEW:
        op.alter_column(table, column, server_default=None)
    op.execute(WHO_DECIDED)
    op.execute(
        "UPDATE moderation_decision SET effect = 'message' WHERE outcome = 'upheld' AND effect = 'none'"
    )
    for table, names in CHECKS.items():
        for name, (was, condition) in names.items():
            if was:
                op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.drop_index("uq_moderation_case_open_target", table_name="moderation_case")
    op.create_index(
        "uq_moderation_case_open_target",
        "moderation_case",
        ["firm_id", "target_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
    )


def downgrade():
    op.drop_index("uq_moderation_case_open_target", table_name="moderation_case")
    op.create_index(
        "uq_moderation_case_open_target",
        "moderation_case",
        ["firm_id", "target_id"],
        unique=True,
        postgresql_where=sa.text("state != 'decided'"),
    )
    for table, names in CHECKS.items():
        for name, (was, _condition) in names.items():
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
            if was:
                op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, was)
    op.drop_constraint(
        op.f("fk_moderation_decision_firm_id_duplicate_of_id"),
        "moderation_decision",
        type_="foreignkey",
    )
    op.drop_index(
        "uq_moderation_decision_standing",
        table_name="moderation_decision",
        postgresql_where=sa.text("undone_at IS NULL AND replaced_at IS NULL"),
    )
    op.drop_index(
        op.f("ix_moderation_decision_firm_id_duplicate_of_id"), table_name="moderation_decision"
    )
    op.create_unique_constraint(
        op.f("uq_moderation_decision_firm_id_case_id"),
        "moderation_decision",
        ["firm_id", "case_id"],
        postgresql_nulls_not_distinct=False,
    )
    op.drop_column("moderation_decision", "mended_at")
    op.drop_column("moderation_decision", "replaced_at")
    op.drop_column("moderation_decision", "undone_at")
    op.drop_column("moderation_decision", "undo_until")
    op.drop_column("moderation_decision", "before")
    op.drop_column("moderation_decision", "text_mark")
    op.drop_column("moderation_decision", "appeal_id")
    op.drop_column("moderation_decision", "duplicate_of_id")
    op.drop_column("moderation_decision", "by_machine")
    op.drop_column("moderation_decision", "person_id")
    op.drop_index(
        op.f("ix_moderation_case_firm_id_target_kind_target_id"), table_name="moderation_case"
    )
    op.drop_index(op.f("ix_moderation_case_firm_id_state_due_at"), table_name="moderation_case")
    op.drop_column("moderation_case", "claimed_at")
    op.drop_column("moderation_case", "verdict")
    op.drop_column("moderation_case", "origin")
    op.drop_column("moderation_case", "label")

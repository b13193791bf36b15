"""Moderation: tables."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "moderation_case",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'not_upheld', '')", name=op.f("ck_moderation_case_outcome")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'decided')", name=op.f("ck_moderation_case_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "author_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_case_firm_id_author_id"),
            ondelete="SET NULL (author_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "claimed_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_case_firm_id_claimed_by_id"),
            ondelete="SET NULL (claimed_by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_moderation_case_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_case_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_case")),
    )
    op.create_index(
        op.f("ix_moderation_case_firm_id_author_id"),
        "moderation_case",
        ["firm_id", "author_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_case_firm_id_claimed_by_id"),
        "moderation_case",
        ["firm_id", "claimed_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_case_firm_id_cohort_id"),
        "moderation_case",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        "uq_moderation_case_open_target",
        "moderation_case",
        ["firm_id", "target_id"],
        unique=True,
        postgresql_where=sa.text("state != 'decided'"),
    )
    op.create_table(
        "moderation_decision",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effect IN ('none', 'returned', 'removed')", name=op.f("ck_moderation_decision_effect")
        ),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'not_upheld')", name=op.f("ck_moderation_decision_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"],
            ["moderation_case.firm_id", "moderation_case.id"],
            name=op.f("fk_moderation_decision_firm_id_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "decided_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_decision_firm_id_decided_by_id"),
            ondelete="SET NULL (decided_by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_decision_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_decision")),
        sa.UniqueConstraint(
            "firm_id", "case_id", name=op.f("uq_moderation_decision_firm_id_case_id")
        ),
    )
    op.create_index(
        op.f("ix_moderation_decision_firm_id_case_id"),
        "moderation_decision",
        ["firm_id", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_decision_firm_id_decided_by_id"),
        "moderation_decision",
        ["firm_id", "decided_by_id"],
        unique=False,
    )
    op.create_table(
        "moderation_report",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"],
            ["moderation_case.firm_id", "moderation_case.id"],
            name=op.f("fk_moderation_report_firm_id_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "reporter_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_report_firm_id_reporter_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_report_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_report")),
        sa.UniqueConstraint(
            "firm_id",
            "case_id",
            "reporter_id",
            name=op.f("uq_moderation_report_firm_id_case_id_reporter_id"),
        ),
    )
    op.create_index(
        op.f("ix_moderation_report_firm_id_case_id"),
        "moderation_report",
        ["firm_id", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_report_firm_id_reporter_id"),
        "moderation_report",
        ["firm_id", "reporter_id"],
        unique=False,
    )
    op.protect("moderation_case")
    op.protect("moderation_decision")
    op.protect("moderation_report")


def downgrade():
    op.drop_index(op.f("ix_moderation_report_firm_id_reporter_id"), table_name="moderation_report")
    op.drop_index(op.f("ix_moderation_report_firm_id_case_id"), table_name="moderation_report")
    op.drop_table("moderation_report")
    op.drop_index(
        op.f("ix_moderation_decision_firm_id_decided_by_id"), table_name="moderation_decision"
    )
    op.drop_index(op.f("ix_moderation_decision_firm_id_case_id"), table_name="moderation_decision")
    op.drop_table("moderation_decision")
    op.drop_index(
        "uq_moderation_case_open_target",
        table_name="moderation_case",
        postgresql_where=sa.text("state != 'decided'"),
    )
    op.drop_index(op.f("ix_moderation_case_firm_id_cohort_id"), table_name="moderation_case")
    op.drop_index(op.f("ix_moderation_case_firm_id_claimed_by_id"), table_name="moderation_case")
    op.drop_index(op.f("ix_moderation_case_firm_id_author_id"), table_name="moderation_case")
    op.drop_table("moderation_case")

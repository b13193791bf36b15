"""Introductions: a version, facts only where they belong, meetings; forms that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = "introductions_introduction"
CHECKS = {
    "met": "state NOT IN ('introduced', 'kept', 'let_go') OR introduced_at IS NOT NULL"
    " AND due_on IS NOT NULL",
    "not_met": "introduced_at IS NULL OR state IN ('introduced', 'kept', 'let_go', 'stopped')",
    "kept": "(state = 'kept') = (kept_at IS NOT NULL)",
    "after": "introduced_at IS NOT NULL OR outcome_at IS NULL AND thanked_at IS NULL",
    "rests": "state <> 'not_now' OR not_before IS NOT NULL",
    "two": "giver_id <> receiver_id",
}
COUNT = f"""
CREATE FUNCTION introductions_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;

CREATE TRIGGER version BEFORE UPDATE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION introductions_version();
"""


def upgrade():
    op.add_column(TABLE, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, rule)
    op.execute(COUNT)
    op.create_table(
        "introductions_meeting",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("introduction_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "introduction_id"],
            [f"{TABLE}.firm_id", f"{TABLE}.id"],
            name=op.f("fk_introductions_meeting_firm_id_introduction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "set_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_introductions_meeting_firm_id_set_by_id"),
            ondelete="SET NULL (set_by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_introductions_meeting_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_introductions_meeting")),
        sa.UniqueConstraint(
            "firm_id",
            "introduction_id",
            name=op.f("uq_introductions_meeting_firm_id_introduction_id"),
        ),
    )
    for column in ("introduction_id", "set_by_id"):
        op.create_index(
            op.f(f"ix_introductions_meeting_firm_id_{column}"),
            "introductions_meeting",
            ["firm_id", column],
        )
    op.protect("introductions_meeting")
    op.create_table(
        "core_sent_form",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("led_to", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_core_sent_form")),
    )
    op.create_index(op.f("ix_core_sent_form_created_at"), "core_sent_form", ["created_at"])


def downgrade():
    op.drop_table("core_sent_form")
    op.drop_table("introductions_meeting")
    op.execute(f"DROP TRIGGER version ON {TABLE}")
    op.execute("DROP FUNCTION introductions_version")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, type_="check")
    op.drop_column(TABLE, "version")

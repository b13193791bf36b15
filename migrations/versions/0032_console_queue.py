"""Views that moderators keep, what was decided together, notes on members."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

VIEW, TOGETHER, NOTE = "console_saved_view", "console_together", "console_member_note"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        VIEW,
        *_row(),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        *_keys(VIEW),
        _member(VIEW, "owner_id", "CASCADE"),
        sa.UniqueConstraint(
            "firm_id", "owner_id", "name", name=op.f(f"uq_{VIEW}_firm_id_owner_id_name")
        ),
    )
    op.create_table(
        TOGETHER,
        *_row(),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        *_keys(TOGETHER),
        _member(TOGETHER, "by_id", "CASCADE"),
    )
    op.create_table(
        NOTE,
        *_row(),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        *_keys(NOTE),
        _member(NOTE, "member_id", "CASCADE"),
        _member(NOTE, "by_id", "SET NULL (by_id)"),
    )
    for table, column in (
        (VIEW, "owner_id"), (TOGETHER, "by_id"), (NOTE, "member_id"), (NOTE, "by_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_firm_id_{column}"), table, ["firm_id", column])
    for table in (VIEW, TOGETHER, NOTE):
        op.protect(table)


def downgrade() -> None:
    """Drop them."""
    for table in (NOTE, TOGETHER, VIEW):
        op.drop_table(table)


def _row() -> list[sa.Column]:
    return [
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{table}_firm_id")),
    ]


def _member(table: str, column: str, ondelete: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["firm_id", column],
        ["firms_membership.firm_id", "firms_membership.id"],
        name=op.f(f"fk_{table}_firm_id_{column}"),
        ondelete=ondelete,
    )

"""When staff look into a firm, why, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE = "firms_staff_visit"


def upgrade() -> None:
    """Make the table; no visit is longer than an hour or without a reason."""
    op.create_table(
        TABLE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writes_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("write_reason", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "until <= created_at + interval '60 minutes'", name=op.f(f"ck_{TABLE}_until")
        ),
        sa.CheckConstraint("length(reason) >= 10", name=op.f(f"ck_{TABLE}_reason")),
        sa.CheckConstraint(
            "writes_since IS NULL OR length(write_reason) >= 10",
            name=op.f(f"ck_{TABLE}_write_reason"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{TABLE}_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_firm_id_person_id"), TABLE, ["firm_id", "person_id"])
    op.protect(TABLE)


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)

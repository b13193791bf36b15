"""Alumni doors, and when a worker took a round on."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLE = "introductions_alumni_door"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("asks_a_month", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{TABLE}_firm_id")),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f(f"fk_{TABLE}_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "firm_id", "membership_id", name=op.f(f"uq_{TABLE}_firm_id_membership_id")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_firm_id_membership_id"), TABLE, ["firm_id", "membership_id"])
    op.protect(TABLE)
    op.add_column("introductions_round", sa.Column("claimed_at", sa.DateTime(timezone=True)))


def downgrade():
    op.drop_column("introductions_round", "claimed_at")
    op.drop_table(TABLE)

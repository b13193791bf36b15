"""Outcomes: tables."""

import sqlalchemy as sa
from alembic import op

revision = "outcomes_1"
down_revision = None
branch_labels = ("outcomes",)
depends_on = "0026"


def upgrade():
    op.create_table(
        "outcomes_note",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_outcomes_note_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"],
            ["firms_firm.id"],
            name=op.f("fk_outcomes_note_firm_id"),
        ),
        sa.PrimaryKeyConstraint(
            "firm_id",
            "id",
            name=op.f("pk_outcomes_note"),
        ),
    )
    op.create_index(
        op.f("ix_outcomes_note_firm_id_owner_id"),
        "outcomes_note",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.protect("outcomes_note")


def downgrade():
    op.drop_table("outcomes_note")

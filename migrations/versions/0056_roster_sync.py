"""Roster sync: what a firm's directory says of people and cohorts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

PERSON, GROUP = "api_synced_person", "api_synced_group"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        PERSON,
        *_of_firm(),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("said", JSONB(), nullable=False),
        sa.Column("cohort_ids", JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *_keys(PERSON, "membership_id", "firms_membership"),
        sa.UniqueConstraint(
            "firm_id", "membership_id", name=op.f(f"uq_{PERSON}_firm_id_membership_id")
        ),
        sa.UniqueConstraint("firm_id", "user_name", name=op.f(f"uq_{PERSON}_firm_id_user_name")),
    )
    op.create_index(
        op.f(f"ix_{PERSON}_firm_id_membership_id"), PERSON, ["firm_id", "membership_id"]
    )
    op.create_index(f"ix_{PERSON}_address", PERSON, ["firm_id", "address"])
    op.protect(PERSON)
    op.create_table(
        GROUP,
        *_of_firm(),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *_keys(GROUP, "cohort_id", "cohorts_cohort"),
        sa.UniqueConstraint("firm_id", "cohort_id", name=op.f(f"uq_{GROUP}_firm_id_cohort_id")),
    )
    op.create_index(op.f(f"ix_{GROUP}_firm_id_cohort_id"), GROUP, ["firm_id", "cohort_id"])
    op.protect(GROUP)


def downgrade() -> None:
    """Drop them."""
    op.drop_table(GROUP)
    op.drop_table(PERSON)


def _of_firm() -> list[sa.Column]:
    return [
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _keys(table: str, column: str, target: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{table}_firm_id")),
        sa.ForeignKeyConstraint(
            ["firm_id", column],
            [f"{target}.firm_id", f"{target}.id"],
            name=op.f(f"fk_{table}_firm_id_{column}"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{table}")),
    ]

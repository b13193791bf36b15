"""How far a first visit is, notes on companies, and where a person's time zone is from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0080"
down_revision = "0071"
branch_labels = None
depends_on = None
contract = "the checked column is new and has a default that fits: old code never writes it"

VISIT, NOTE, PERSON = "board_first_visit", "board_company_note", "accounts_person"


def upgrade() -> None:
    """Make both tables and the column; a zone that is not the old default was chosen."""
    op.create_table(
        VISIT,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("told", JSONB(), nullable=False),
        sa.Column("drafts", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('seek', 'give', 'offers', 'people', 'done')",
            name=op.f(f"ck_{VISIT}_step"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{VISIT}_firm_id")),
        _points_to(VISIT, "membership_id", "firms_membership"),
        _points_to(VISIT, "cohort_id", "cohorts_cohort"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{VISIT}")),
        sa.UniqueConstraint(
            "firm_id",
            "membership_id",
            "cohort_id",
            name=op.f(f"uq_{VISIT}_firm_id_membership_id_cohort_id"),
        ),
    )
    for column in ("membership_id", "cohort_id"):
        op.create_index(op.f(f"ix_{VISIT}_firm_id_{column}"), VISIT, ["firm_id", column])
    op.protect(VISIT)
    op.create_table(
        NOTE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{NOTE}_firm_id")),
        _points_to(NOTE, "owner_id", "firms_membership"),
        _points_to(NOTE, "company_id", "companies_company"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{NOTE}")),
    )
    for column in ("owner_id", "company_id"):
        op.create_index(op.f(f"ix_{NOTE}_firm_id_{column}"), NOTE, ["firm_id", column])
    op.protect(NOTE)
    op.add_column(
        PERSON, sa.Column("timezone_from", sa.Text(), nullable=False, server_default="given")
    )
    op.create_check_constraint(
        op.f(f"ck_{PERSON}_timezone_from"),
        PERSON,
        "timezone_from IN ('given', 'browser', 'chosen')",
    )
    op.execute(f"UPDATE {PERSON} SET timezone_from = 'chosen' WHERE timezone <> 'America/New_York'")


def downgrade() -> None:
    """Drop all three."""
    op.drop_column(PERSON, "timezone_from")
    op.drop_table(NOTE)
    op.drop_table(VISIT)


def _points_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["firm_id", column],
        [f"{other}.firm_id", f"{other}.id"],
        name=op.f(f"fk_{table}_firm_id_{column}"),
        ondelete="CASCADE",
    )

"""Single sign-on: a firm's provider, its domains, and who is who there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0055"
down_revision = "0052"
branch_labels = None
depends_on = None
contract = "the column is new and has a default that fits: old code never writes it"

FIRM, PROVIDER, DOMAIN, CAPTURED, IDENTITY = (
    "firms_firm",
    "firms_provider",
    "firms_domain",
    "firms_captured_domain",
    "firms_identity",
)


def upgrade() -> None:
    """Make the tables; whose a domain is stands outside the firms' walls, as seats do."""
    op.add_column(
        FIRM, sa.Column("single_sign_on", sa.Text(), nullable=False, server_default="off")
    )
    op.create_check_constraint(
        op.f(f"ck_{FIRM}_single_sign_on"), FIRM, "single_sign_on IN ('off', 'offered', 'required')"
    )
    op.create_table(
        PROVIDER,
        *_of_firm(),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("lets_in", sa.Boolean(), nullable=False),
        sa.Column("second_factor", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried", JSONB(), nullable=False),
        sa.CheckConstraint(
            "second_factor IN ('ours', 'shown', 'always')",
            name=op.f(f"ck_{PROVIDER}_second_factor"),
        ),
        *_keys(PROVIDER),
        sa.UniqueConstraint("firm_id", name=op.f(f"uq_{PROVIDER}_firm_id")),
    )
    op.protect(PROVIDER)
    op.create_table(
        DOMAIN,
        *_of_firm(),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_since", sa.DateTime(timezone=True), nullable=True),
        *_keys(DOMAIN),
        sa.UniqueConstraint("firm_id", "domain", name=op.f(f"uq_{DOMAIN}_firm_id_domain")),
    )
    op.protect(DOMAIN)
    op.create_table(
        CAPTURED,
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{CAPTURED}_firm_id")
        ),
        sa.PrimaryKeyConstraint("domain", name=op.f(f"pk_{CAPTURED}")),
    )
    op.create_index(op.f(f"ix_{CAPTURED}_firm_id"), CAPTURED, ["firm_id"])
    op.create_table(
        IDENTITY,
        *_of_firm(),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f(f"fk_{IDENTITY}_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        *_keys(IDENTITY),
        sa.UniqueConstraint("firm_id", "mark", name=op.f(f"uq_{IDENTITY}_firm_id_mark")),
        sa.UniqueConstraint(
            "firm_id", "membership_id", name=op.f(f"uq_{IDENTITY}_firm_id_membership_id")
        ),
    )
    op.create_index(
        op.f(f"ix_{IDENTITY}_firm_id_membership_id"), IDENTITY, ["firm_id", "membership_id"]
    )
    op.protect(IDENTITY)


def downgrade() -> None:
    """Drop them."""
    for table in (IDENTITY, CAPTURED, DOMAIN, PROVIDER):
        op.drop_table(table)
    op.drop_constraint(op.f(f"ck_{FIRM}_single_sign_on"), FIRM)
    op.drop_column(FIRM, "single_sign_on")


def _of_firm() -> list[sa.Column]:
    return [
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{table}_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{table}")),
    ]

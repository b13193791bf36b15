"""Tokens with which other programs are let in: a member's, or the firm's own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0050"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "api_token"


def upgrade() -> None:
    """Make the table; the tokens themselves are kept nowhere."""
    op.create_table(
        TABLE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("scopes", JSONB(), nullable=False),
        sa.Column("bound_to", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{TABLE}_firm_id")),
        *(
            sa.ForeignKeyConstraint(
                ["firm_id", column],
                ["firms_membership.firm_id", "firms_membership.id"],
                name=op.f(f"fk_{TABLE}_firm_id_{column}"),
                ondelete=ondelete,
            )
            for column, ondelete in (
                ("membership_id", "CASCADE"),
                ("made_by_id", "SET NULL (made_by_id)"),
            )
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("firm_id", "token_hash", name=op.f(f"uq_{TABLE}_firm_id_token_hash")),
    )
    for column in ("membership_id", "made_by_id"):
        op.create_index(op.f(f"ix_{TABLE}_firm_id_{column}"), TABLE, ["firm_id", column])
    op.protect(TABLE)


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)

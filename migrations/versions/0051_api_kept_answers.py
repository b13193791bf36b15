"""What a program's request with a key was answered, kept for a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

TABLE = "api_kept_answer"


def upgrade() -> None:
    """Make the table; answers may hold private texts and are encrypted."""
    op.create_table(
        TABLE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{TABLE}_firm_id")),
        sa.ForeignKeyConstraint(
            ["firm_id", "token_id"],
            ["api_token.firm_id", "api_token.id"],
            name=op.f(f"fk_{TABLE}_firm_id_token_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "firm_id", "token_id", "key_hash", name=op.f(f"uq_{TABLE}_firm_id_token_id_key_hash")
        ),
    )
    op.create_index(op.f(f"ix_{TABLE}_firm_id_token_id"), TABLE, ["firm_id", "token_id"])
    op.protect(TABLE)


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)

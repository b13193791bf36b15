"""Sign-ins that can be seen and ended one by one; how often doors were knocked at."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0060"
branch_labels = None
depends_on = None

SIGN_IN, KNOCK = "accounts_sign_in", "core_knock"


def upgrade() -> None:
    """Make both tables; they belong to no firm."""
    op.create_table(
        SIGN_IN,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("of_hash", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f(f"fk_{SIGN_IN}_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SIGN_IN}")),
        sa.UniqueConstraint("key_hash", name=op.f(f"uq_{SIGN_IN}_key_hash")),
    )
    op.create_index(op.f(f"ix_{SIGN_IN}_person_id"), SIGN_IN, ["person_id"])
    op.create_index(op.f(f"ix_{SIGN_IN}_created_at"), SIGN_IN, ["created_at"])
    op.create_table(
        KNOCK,
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f(f"pk_{KNOCK}")),
    )
    op.create_index(op.f(f"ix_{KNOCK}_until"), KNOCK, ["until"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table(KNOCK)
    op.drop_table(SIGN_IN)

"""A case knows what guards found in a text that was published against their word."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; cases of before were opened by people."""
    op.add_column(
        "moderation_case",
        sa.Column("found", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.alter_column("moderation_case", "found", server_default=None)


def downgrade() -> None:
    """Take it back."""
    op.drop_column("moderation_case", "found")

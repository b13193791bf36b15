"""The language in which a firm writes to people who have not chosen one."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; firms so far write English."""
    op.add_column(
        "firms_firm", sa.Column("language", sa.Text(), nullable=False, server_default="en")
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_column("firms_firm", "language")

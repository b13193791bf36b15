"""Where plugins fail, over all firms, for the platform's desk."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "firms_plugin_trouble"


def upgrade() -> None:
    """Make the table; it belongs to no firm."""
    op.create_table(
        TABLE,
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "hook", "how", name=op.f(f"pk_{TABLE}")),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)

"""When a member said that they found work, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("firms_membership", sa.Column("landed_at", sa.DateTime(timezone=True)))


def downgrade():
    op.drop_column("firms_membership", "landed_at")

"""Accounts: remember the last code of an authenticator app, so that none is good twice."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("accounts_person", sa.Column("totp_counter", sa.BigInteger(), nullable=True))


def downgrade():
    op.drop_column("accounts_person", "totp_counter")

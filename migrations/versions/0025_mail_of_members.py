"""Mails are found by the member they are for: the coach's page and the dashboard ask so."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INDEX = "ix_mail_firm_mail_of_member"


def upgrade():
    op.create_index(INDEX, "mail_firm_mail", ["firm_id", "membership_id", "created_at"])


def downgrade():
    op.drop_index(INDEX, "mail_firm_mail")

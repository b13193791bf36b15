"""Until when digests were looked after; mails are found by the member they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE = "digests_watch"
INDEX = "ix_mail_firm_mail_of_member"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{TABLE}_firm_id")),
        sa.UniqueConstraint("firm_id", name=op.f(f"uq_{TABLE}_firm_id")),
    )
    op.protect(TABLE)
    op.create_index(INDEX, "mail_firm_mail", ["firm_id", "membership_id", "created_at"])


def downgrade():
    op.drop_index(INDEX, "mail_firm_mail")
    op.drop_table(TABLE)

"""Privacy: how far an exchange of keys has come."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE = "privacy_rotation"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_table", sa.Text(), nullable=False),
        sa.Column("at_firm", sa.Uuid(), nullable=True),
        sa.Column("at_row", sa.Uuid(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f(f"pk_{TABLE}")),
    )


def downgrade():
    op.drop_table(TABLE)

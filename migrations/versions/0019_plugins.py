"""Plugins: a switch keeps its settings while it is off; failures are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "firms_plugin_switch",
        sa.Column("is_on", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.alter_column("firms_plugin_switch", "is_on", server_default=None)
    op.create_table(
        "firms_plugin_failure",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_firms_plugin_failure_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_firms_plugin_failure")),
        sa.UniqueConstraint(
            "firm_id", "plugin", "hook", name=op.f("uq_firms_plugin_failure_firm_id_plugin_hook")
        ),
    )
    op.protect("firms_plugin_failure")


def downgrade():
    op.drop_table("firms_plugin_failure")
    op.drop_column("firms_plugin_switch", "is_on")

"""Webhooks, and each thing that they were told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

HOOK, TOLD = "api_webhook", "api_delivery"
HOOK_STATES = "'on', 'off', 'stopped'"
TOLD_STATES = "'waiting', 'delivered', 'failed', 'dropped'"


def upgrade() -> None:
    """Make the tables; addresses and secrets are encrypted."""
    op.create_table(
        HOOK,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("events", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({HOOK_STATES})", name=op.f(f"ck_{HOOK}_state")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{HOOK}_firm_id")),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f(f"fk_{HOOK}_firm_id_made_by_id"),
            ondelete="SET NULL (made_by_id)",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{HOOK}")),
    )
    op.create_index(op.f(f"ix_{HOOK}_firm_id_made_by_id"), HOOK, ["firm_id", "made_by_id"])
    op.protect(HOOK)
    op.create_table(
        TOLD,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({TOLD_STATES})", name=op.f(f"ck_{TOLD}_state")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{TOLD}_firm_id")),
        sa.ForeignKeyConstraint(
            ["firm_id", "webhook_id"],
            [f"{HOOK}.firm_id", f"{HOOK}.id"],
            name=op.f(f"fk_{TOLD}_firm_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{TOLD}")),
        sa.UniqueConstraint(
            "firm_id", "webhook_id", "message", name=op.f(f"uq_{TOLD}_firm_id_webhook_id_message")
        ),
    )
    op.create_index(op.f(f"ix_{TOLD}_firm_id_webhook_id"), TOLD, ["firm_id", "webhook_id"])
    op.create_index(
        f"ix_{TOLD}_waiting",
        TOLD,
        ["firm_id", "due_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.protect(TOLD)


def downgrade() -> None:
    """Drop them."""
    for table in (TOLD, HOOK):
        op.drop_table(table)

"""Chat channels: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "chat_notify_1"
down_revision = None
branch_labels = ("chat_notify",)
depends_on = "0024"


def upgrade():
    op.create_table(
        "chat_notify_channel",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("events", JSONB(), nullable=False),
        sa.Column("names", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "service IN ('slack', 'teams', 'discord')", name=op.f("ck_chat_notify_channel_service")
        ),
        sa.CheckConstraint(
            "state IN ('on', 'off', 'stopped')", name=op.f("ck_chat_notify_channel_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_chat_notify_channel_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_chat_notify_channel_firm_id_made_by_id"),
            ondelete="SET NULL (made_by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_chat_notify_channel_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_chat_notify_channel")),
    )
    op.create_index(
        op.f("ix_chat_notify_channel_firm_id_cohort_id"),
        "chat_notify_channel",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_chat_notify_channel_firm_id_made_by_id"),
        "chat_notify_channel",
        ["firm_id", "made_by_id"],
        unique=False,
    )
    op.create_table(
        "chat_notify_post",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'posted', 'failed', 'dropped')",
            name=op.f("ck_chat_notify_post_state"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "channel_id"],
            ["chat_notify_channel.firm_id", "chat_notify_channel.id"],
            name=op.f("fk_chat_notify_post_firm_id_channel_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_chat_notify_post_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_chat_notify_post_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_chat_notify_post")),
        sa.UniqueConstraint(
            "firm_id",
            "channel_id",
            "once",
            name=op.f("uq_chat_notify_post_firm_id_channel_id_once"),
        ),
    )
    op.create_index(
        op.f("ix_chat_notify_post_firm_id_channel_id"),
        "chat_notify_post",
        ["firm_id", "channel_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_chat_notify_post_firm_id_owner_id"),
        "chat_notify_post",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.protect("chat_notify_channel")
    op.protect("chat_notify_post")


def downgrade():
    op.drop_table("chat_notify_post")
    op.drop_table("chat_notify_channel")

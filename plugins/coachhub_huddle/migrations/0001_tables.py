"""Huddle: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "huddle_1"
down_revision = None
branch_labels = ("huddle",)
depends_on = "0024"


def upgrade():
    op.create_table(
        "huddle_series",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_huddle_series_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_series_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_series")),
        sa.UniqueConstraint(
            "firm_id", "cohort_id", name=op.f("uq_huddle_series_firm_id_cohort_id")
        ),
    )
    op.create_index(
        op.f("ix_huddle_series_firm_id_cohort_id"),
        "huddle_series",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_table(
        "huddle_feed",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_huddle_feed_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_feed_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_feed")),
        sa.UniqueConstraint("firm_id", "owner_id", name=op.f("uq_huddle_feed_firm_id_owner_id")),
        sa.UniqueConstraint(
            "firm_id", "token_hash", name=op.f("uq_huddle_feed_firm_id_token_hash")
        ),
    )
    op.create_index(
        op.f("ix_huddle_feed_firm_id_owner_id"),
        "huddle_feed",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "huddle_huddle",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("week_of", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("left_out", JSONB(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("presenting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_huddle_huddle_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "series_id"],
            ["huddle_series.firm_id", "huddle_series.id"],
            name=op.f("fk_huddle_huddle_firm_id_series_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_huddle_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_huddle")),
        sa.UniqueConstraint(
            "firm_id",
            "series_id",
            "week_of",
            name=op.f("uq_huddle_huddle_firm_id_series_id_week_of"),
        ),
    )
    op.create_index(
        op.f("ix_huddle_huddle_firm_id_cohort_id"),
        "huddle_huddle",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_huddle_huddle_firm_id_series_id"),
        "huddle_huddle",
        ["firm_id", "series_id"],
        unique=False,
    )
    op.create_table(
        "huddle_attendance",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("huddle_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('there', 'away', 'excused')", name=op.f("ck_huddle_attendance_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "huddle_id"],
            ["huddle_huddle.firm_id", "huddle_huddle.id"],
            name=op.f("fk_huddle_attendance_firm_id_huddle_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_huddle_attendance_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_attendance_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_attendance")),
        sa.UniqueConstraint(
            "firm_id",
            "huddle_id",
            "membership_id",
            name=op.f("uq_huddle_attendance_firm_id_huddle_id_membership_id"),
        ),
    )
    op.create_index(
        op.f("ix_huddle_attendance_firm_id_huddle_id"),
        "huddle_attendance",
        ["firm_id", "huddle_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_huddle_attendance_firm_id_membership_id"),
        "huddle_attendance",
        ["firm_id", "membership_id"],
        unique=False,
    )
    op.create_table(
        "huddle_line",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("huddle_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_huddle_line_moderation"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "huddle_id"],
            ["huddle_huddle.firm_id", "huddle_huddle.id"],
            name=op.f("fk_huddle_line_firm_id_huddle_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_huddle_line_firm_id_owner_id"),
            ondelete="SET NULL (owner_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_line_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_line")),
    )
    op.create_index(
        op.f("ix_huddle_line_firm_id_huddle_id"),
        "huddle_line",
        ["firm_id", "huddle_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_huddle_line_firm_id_owner_id"),
        "huddle_line",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.protect("huddle_series")
    op.protect("huddle_huddle")
    op.protect("huddle_line")
    op.protect("huddle_attendance")
    op.protect("huddle_feed")


def downgrade():
    op.drop_table("huddle_feed")
    op.drop_table("huddle_attendance")
    op.drop_table("huddle_line")
    op.drop_table("huddle_huddle")
    op.drop_table("huddle_series")

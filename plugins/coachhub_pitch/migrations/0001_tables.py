"""Pitch workshop: tables."""

import sqlalchemy as sa
from alembic import op

revision = "pitch_1"
down_revision = None
branch_labels = ("pitch",)
depends_on = "0024"


def upgrade():
    op.create_table(
        "pitch_pitch",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("best_seconds", sa.Integer(), nullable=True),
        sa.Column("last_seconds", sa.Integer(), nullable=True),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('hook', 'pitch')", name=op.f("ck_pitch_pitch_kind")),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_pitch_pitch_moderation"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'asked', 'looked')", name=op.f("ck_pitch_pitch_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_pitch_pitch_firm_id_cohort_id"),
            ondelete="SET NULL (cohort_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_pitch_pitch_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_pitch_pitch_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_pitch_pitch")),
    )
    op.create_index(
        op.f("ix_pitch_pitch_firm_id_cohort_id"),
        "pitch_pitch",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pitch_pitch_firm_id_owner_id"),
        "pitch_pitch",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "pitch_comment",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pitch_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_pitch_comment_moderation"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_pitch_comment_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "pitch_id"],
            ["pitch_pitch.firm_id", "pitch_pitch.id"],
            name=op.f("fk_pitch_comment_firm_id_pitch_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_pitch_comment_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_pitch_comment")),
    )
    op.create_index(
        op.f("ix_pitch_comment_firm_id_owner_id"),
        "pitch_comment",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_pitch_comment_firm_id_pitch_id"),
        "pitch_comment",
        ["firm_id", "pitch_id"],
        unique=False,
    )
    op.create_table(
        "pitch_version",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pitch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "pitch_id"],
            ["pitch_pitch.firm_id", "pitch_pitch.id"],
            name=op.f("fk_pitch_version_firm_id_pitch_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_pitch_version_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_pitch_version")),
        sa.UniqueConstraint(
            "firm_id", "pitch_id", "number", name=op.f("uq_pitch_version_firm_id_pitch_id_number")
        ),
    )
    op.create_index(
        op.f("ix_pitch_version_firm_id_pitch_id"),
        "pitch_version",
        ["firm_id", "pitch_id"],
        unique=False,
    )
    op.protect("pitch_pitch")
    op.protect("pitch_comment")
    op.protect("pitch_version")


def downgrade():
    op.drop_table("pitch_version")
    op.drop_table("pitch_comment")
    op.drop_table("pitch_pitch")

"""Huddle: homework."""

import sqlalchemy as sa
from alembic import op

revision = "huddle_2"
down_revision = "huddle_1"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "huddle_homework",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('assets', 'targets', 'pitch', 'free')", name=op.f("ck_huddle_homework_kind")
        ),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_huddle_homework_moderation"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_huddle_homework_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_huddle_homework_firm_id_owner_id"),
            ondelete="SET NULL (owner_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_homework_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_homework")),
    )
    op.create_index(
        op.f("ix_huddle_homework_firm_id_cohort_id"),
        "huddle_homework",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_huddle_homework_firm_id_owner_id"),
        "huddle_homework",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "huddle_hand_in",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("homework_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_huddle_hand_in_moderation"),
        ),
        sa.CheckConstraint(
            "state IN ('handed_in', 'reviewed', 'back')", name=op.f("ck_huddle_hand_in_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "homework_id"],
            ["huddle_homework.firm_id", "huddle_homework.id"],
            name=op.f("fk_huddle_hand_in_firm_id_homework_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_huddle_hand_in_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_hand_in_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_hand_in")),
        sa.UniqueConstraint(
            "firm_id",
            "homework_id",
            "owner_id",
            name=op.f("uq_huddle_hand_in_firm_id_homework_id_owner_id"),
        ),
    )
    op.create_index(
        op.f("ix_huddle_hand_in_firm_id_homework_id"),
        "huddle_hand_in",
        ["firm_id", "homework_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_huddle_hand_in_firm_id_owner_id"),
        "huddle_hand_in",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "huddle_comment",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hand_in_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_huddle_comment_moderation"),
        ),
        sa.CheckConstraint(
            "verdict IN ('reviewed', 'back')", name=op.f("ck_huddle_comment_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "hand_in_id"],
            ["huddle_hand_in.firm_id", "huddle_hand_in.id"],
            name=op.f("fk_huddle_comment_firm_id_hand_in_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_huddle_comment_firm_id_owner_id"),
            ondelete="SET NULL (owner_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_comment_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_comment")),
    )
    op.create_index(
        op.f("ix_huddle_comment_firm_id_hand_in_id"),
        "huddle_comment",
        ["firm_id", "hand_in_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_huddle_comment_firm_id_owner_id"),
        "huddle_comment",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "huddle_draft",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hand_in_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("post_kind", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "post_kind IN ('offer', 'target')", name=op.f("ck_huddle_draft_post_kind")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "hand_in_id"],
            ["huddle_hand_in.firm_id", "huddle_hand_in.id"],
            name=op.f("fk_huddle_draft_firm_id_hand_in_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_huddle_draft_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_huddle_draft")),
    )
    op.create_index(
        op.f("ix_huddle_draft_firm_id_hand_in_id"),
        "huddle_draft",
        ["firm_id", "hand_in_id"],
        unique=False,
    )
    op.protect("huddle_homework")
    op.protect("huddle_hand_in")
    op.protect("huddle_draft")
    op.protect("huddle_comment")


def downgrade():
    op.drop_table("huddle_comment")
    op.drop_table("huddle_draft")
    op.drop_table("huddle_hand_in")
    op.drop_table("huddle_homework")

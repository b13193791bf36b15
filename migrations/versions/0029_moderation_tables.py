"""Moderation: appeals, strikes, penalties, notices, and what moderation did to a text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "moderation_content",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kept", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("masked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_moderation_content_state"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_content_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_content")),
        sa.UniqueConstraint(
            "firm_id",
            "kind",
            "target_id",
            name=op.f("uq_moderation_content_firm_id_kind_target_id"),
        ),
    )
    op.create_table(
        "moderation_notice",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('case-author', 'case-reporter', 'case-held', 'case-restored', 'case-appeal')",
            name=op.f("ck_moderation_notice_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"],
            ["moderation_case.firm_id", "moderation_case.id"],
            name=op.f("fk_moderation_notice_firm_id_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_notice_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_notice_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_notice")),
        sa.UniqueConstraint(
            "firm_id",
            "kind",
            "about",
            "membership_id",
            name=op.f("uq_moderation_notice_firm_id_kind_about_membership_id"),
        ),
    )
    op.create_index(
        op.f("ix_moderation_notice_firm_id_case_id"),
        "moderation_notice",
        ["firm_id", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_notice_firm_id_membership_id"),
        "moderation_notice",
        ["firm_id", "membership_id"],
        unique=False,
    )
    op.create_index(
        "ix_moderation_notice_untold",
        "moderation_notice",
        ["firm_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "moderation_appeal",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_person_id", sa.Uuid(), nullable=False),
        sa.Column("first_person_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_desk", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(outcome <> '') = (answered_at IS NOT NULL)",
            name=op.f("ck_moderation_appeal_answered"),
        ),
        sa.CheckConstraint(
            "outcome = '' OR person_id IS NOT NULL",
            name=op.f("ck_moderation_appeal_answered_by_a_person"),
        ),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'amended', 'overturned', '')",
            name=op.f("ck_moderation_appeal_outcome"),
        ),
        sa.CheckConstraint(
            "person_id <> author_person_id", name=op.f("ck_moderation_appeal_not_the_author")
        ),
        sa.CheckConstraint(
            "person_id <> first_person_id", name=op.f("ck_moderation_appeal_somebody_else")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "answered_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_appeal_firm_id_answered_by_id"),
            ondelete="SET NULL (answered_by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "author_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_appeal_firm_id_author_id"),
            ondelete="SET NULL (author_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"],
            ["moderation_case.firm_id", "moderation_case.id"],
            name=op.f("fk_moderation_appeal_firm_id_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "decision_id"],
            ["moderation_decision.firm_id", "moderation_decision.id"],
            name=op.f("fk_moderation_appeal_firm_id_decision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_appeal_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_appeal")),
        sa.UniqueConstraint(
            "firm_id", "decision_id", name=op.f("uq_moderation_appeal_firm_id_decision_id")
        ),
    )
    op.create_index(
        op.f("ix_moderation_appeal_firm_id_answered_by_id"),
        "moderation_appeal",
        ["firm_id", "answered_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_appeal_firm_id_author_id"),
        "moderation_appeal",
        ["firm_id", "author_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_appeal_firm_id_case_id"),
        "moderation_appeal",
        ["firm_id", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_appeal_firm_id_decision_id"),
        "moderation_appeal",
        ["firm_id", "decision_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_appeal_firm_id_outcome_due_at"),
        "moderation_appeal",
        ["firm_id", "outcome", "due_at"],
        unique=False,
    )
    op.create_table(
        "moderation_penalty",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shuts", sa.Boolean(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('held', 'paused', 'suspended')", name=op.f("ck_moderation_penalty_kind")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_moderation_penalty_takes_time")),
        sa.ForeignKeyConstraint(
            ["firm_id", "case_id"],
            ["moderation_case.firm_id", "moderation_case.id"],
            name=op.f("fk_moderation_penalty_firm_id_case_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "decision_id"],
            ["moderation_decision.firm_id", "moderation_decision.id"],
            name=op.f("fk_moderation_penalty_firm_id_decision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_penalty_firm_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_penalty_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_penalty")),
        sa.UniqueConstraint(
            "firm_id",
            "decision_id",
            "kind",
            name=op.f("uq_moderation_penalty_firm_id_decision_id_kind"),
        ),
    )
    op.create_index(
        op.f("ix_moderation_penalty_firm_id_case_id"),
        "moderation_penalty",
        ["firm_id", "case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_penalty_firm_id_decision_id"),
        "moderation_penalty",
        ["firm_id", "decision_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_penalty_firm_id_member_id"),
        "moderation_penalty",
        ["firm_id", "member_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_penalty_firm_id_member_id_ends_at"),
        "moderation_penalty",
        ["firm_id", "member_id", "ends_at"],
        unique=False,
    )
    op.create_table(
        "moderation_strike",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "decision_id"],
            ["moderation_decision.firm_id", "moderation_decision.id"],
            name=op.f("fk_moderation_strike_firm_id_decision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_strike_firm_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_strike_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_strike")),
        sa.UniqueConstraint(
            "firm_id", "decision_id", name=op.f("uq_moderation_strike_firm_id_decision_id")
        ),
    )
    op.create_index(
        op.f("ix_moderation_strike_firm_id_decision_id"),
        "moderation_strike",
        ["firm_id", "decision_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_moderation_strike_firm_id_member_id"),
        "moderation_strike",
        ["firm_id", "member_id"],
        unique=False,
    )
    op.protect("moderation_content")
    op.protect("moderation_notice")
    op.protect("moderation_appeal")
    op.protect("moderation_penalty")
    op.protect("moderation_strike")


def downgrade():
    op.drop_index(op.f("ix_moderation_strike_firm_id_member_id"), table_name="moderation_strike")
    op.drop_index(op.f("ix_moderation_strike_firm_id_decision_id"), table_name="moderation_strike")
    op.drop_table("moderation_strike")
    op.drop_index(
        op.f("ix_moderation_penalty_firm_id_member_id_ends_at"), table_name="moderation_penalty"
    )
    op.drop_index(op.f("ix_moderation_penalty_firm_id_member_id"), table_name="moderation_penalty")
    op.drop_index(
        op.f("ix_moderation_penalty_firm_id_decision_id"), table_name="moderation_penalty"
    )
    op.drop_index(op.f("ix_moderation_penalty_firm_id_case_id"), table_name="moderation_penalty")
    op.drop_table("moderation_penalty")
    op.drop_index(
        op.f("ix_moderation_appeal_firm_id_outcome_due_at"), table_name="moderation_appeal"
    )
    op.drop_index(op.f("ix_moderation_appeal_firm_id_decision_id"), table_name="moderation_appeal")
    op.drop_index(op.f("ix_moderation_appeal_firm_id_case_id"), table_name="moderation_appeal")
    op.drop_index(op.f("ix_moderation_appeal_firm_id_author_id"), table_name="moderation_appeal")
    op.drop_index(
        op.f("ix_moderation_appeal_firm_id_answered_by_id"), table_name="moderation_appeal"
    )
    op.drop_table("moderation_appeal")
    op.drop_index(
        "ix_moderation_notice_untold",
        table_name="moderation_notice",
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.drop_index(
        op.f("ix_moderation_notice_firm_id_membership_id"), table_name="moderation_notice"
    )
    op.drop_index(op.f("ix_moderation_notice_firm_id_case_id"), table_name="moderation_notice")
    op.drop_table("moderation_notice")
    op.drop_table("moderation_content")

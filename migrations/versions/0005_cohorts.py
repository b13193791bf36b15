"""Cohorts: tables."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "cohorts_cohort",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rivals", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("max_ring", sa.Integer(), nullable=False),
        sa.Column("max_chain", sa.Integer(), nullable=False),
        sa.Column("give_cap", sa.Integer(), nullable=False),
        sa.Column("receive_cap", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cadence IN ('off', 'daily', 'weekly', 'fortnightly')",
            name=op.f("ck_cohorts_cohort_cadence"),
        ),
        sa.CheckConstraint(
            "rivals IN ('tell', 'share', 'first')", name=op.f("ck_cohorts_cohort_rivals")
        ),
        sa.CheckConstraint("state IN ('running', 'closed')", name=op.f("ck_cohorts_cohort_state")),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_cohorts_cohort_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_cohorts_cohort")),
        sa.UniqueConstraint("firm_id", "slug", name=op.f("uq_cohorts_cohort_firm_id_slug")),
    )
    op.create_table(
        "cohorts_enrolment",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("waited", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('member', 'coach')", name=op.f("ck_cohorts_enrolment_role")),
        sa.CheckConstraint("state IN ('active', 'ended')", name=op.f("ck_cohorts_enrolment_state")),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_cohorts_enrolment_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_cohorts_enrolment_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_cohorts_enrolment_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_cohorts_enrolment")),
        sa.UniqueConstraint(
            "firm_id",
            "cohort_id",
            "membership_id",
            name=op.f("uq_cohorts_enrolment_firm_id_cohort_id_membership_id"),
        ),
    )
    op.create_index(
        op.f("ix_cohorts_enrolment_firm_id_cohort_id"),
        "cohorts_enrolment",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cohorts_enrolment_firm_id_membership_id"),
        "cohorts_enrolment",
        ["firm_id", "membership_id"],
        unique=False,
    )
    op.create_table(
        "firms_invitation",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('member', 'coach', 'admin')", name=op.f("ck_firms_invitation_role")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_firms_invitation_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "invited_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_firms_invitation_firm_id_invited_by_id"),
            ondelete="SET NULL (invited_by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_firms_invitation_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_firms_invitation")),
        sa.UniqueConstraint(
            "firm_id", "token_hash", name=op.f("uq_firms_invitation_firm_id_token_hash")
        ),
    )
    op.create_index(
        op.f("ix_firms_invitation_firm_id_cohort_id"),
        "firms_invitation",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_firms_invitation_firm_id_invited_by_id"),
        "firms_invitation",
        ["firm_id", "invited_by_id"],
        unique=False,
    )
    op.protect("cohorts_cohort")
    op.protect("cohorts_enrolment")
    op.protect("firms_invitation")


def downgrade():
    op.drop_index(op.f("ix_firms_invitation_firm_id_invited_by_id"), table_name="firms_invitation")
    op.drop_index(op.f("ix_firms_invitation_firm_id_cohort_id"), table_name="firms_invitation")
    op.drop_table("firms_invitation")
    op.drop_index(
        op.f("ix_cohorts_enrolment_firm_id_membership_id"), table_name="cohorts_enrolment"
    )
    op.drop_index(op.f("ix_cohorts_enrolment_firm_id_cohort_id"), table_name="cohorts_enrolment")
    op.drop_table("cohorts_enrolment")
    op.drop_table("cohorts_cohort")

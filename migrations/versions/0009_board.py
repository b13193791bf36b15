"""Board: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "board_ask",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("topics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_board_ask_moderation"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_board_ask_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "company_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_board_ask_firm_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_board_ask_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f("fk_board_ask_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_board_ask")),
    )
    op.create_index(
        op.f("ix_board_ask_firm_id_cohort_id"), "board_ask", ["firm_id", "cohort_id"], unique=False
    )
    op.create_index(
        op.f("ix_board_ask_firm_id_company_id"),
        "board_ask",
        ["firm_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_ask_firm_id_owner_id"), "board_ask", ["firm_id", "owner_id"], unique=False
    )
    op.create_table(
        "board_lead",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('opening', 'recruiter')", name=op.f("ck_board_lead_kind")),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_board_lead_moderation"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_board_lead_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "company_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_board_lead_firm_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_board_lead_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f("fk_board_lead_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_board_lead")),
    )
    op.create_index(
        op.f("ix_board_lead_firm_id_cohort_id"),
        "board_lead",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_lead_firm_id_company_id"),
        "board_lead",
        ["firm_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_lead_firm_id_owner_id"), "board_lead", ["firm_id", "owner_id"], unique=False
    )
    op.create_table(
        "board_offer",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("topics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_board_offer_moderation"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_board_offer_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "company_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_board_offer_firm_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_board_offer_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_board_offer_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_board_offer")),
    )
    op.create_index(
        op.f("ix_board_offer_firm_id_cohort_id"),
        "board_offer",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_offer_firm_id_company_id"),
        "board_offer",
        ["firm_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_offer_firm_id_company_id_cohort_id"),
        "board_offer",
        ["firm_id", "company_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_offer_firm_id_owner_id"),
        "board_offer",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "board_target",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("learn", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("next_touch_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_board_target_moderation"),
        ),
        sa.CheckConstraint(
            "stage IN ('wish', 'reaching_out', 'talking', 'interviewing', 'offer', 'no', 'landed')",
            name=op.f("ck_board_target_stage"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_board_target_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "company_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_board_target_firm_id_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_board_target_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_board_target_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_board_target")),
    )
    op.create_index(
        op.f("ix_board_target_firm_id_cohort_id"),
        "board_target",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_target_firm_id_company_id"),
        "board_target",
        ["firm_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_target_firm_id_company_id_cohort_id"),
        "board_target",
        ["firm_id", "company_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_board_target_firm_id_owner_id"),
        "board_target",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.protect("board_ask")
    op.protect("board_lead")
    op.protect("board_offer")
    op.protect("board_target")


def downgrade():
    op.drop_index(op.f("ix_board_target_firm_id_owner_id"), table_name="board_target")
    op.drop_index(op.f("ix_board_target_firm_id_company_id_cohort_id"), table_name="board_target")
    op.drop_index(op.f("ix_board_target_firm_id_company_id"), table_name="board_target")
    op.drop_index(op.f("ix_board_target_firm_id_cohort_id"), table_name="board_target")
    op.drop_table("board_target")
    op.drop_index(op.f("ix_board_offer_firm_id_owner_id"), table_name="board_offer")
    op.drop_index(op.f("ix_board_offer_firm_id_company_id_cohort_id"), table_name="board_offer")
    op.drop_index(op.f("ix_board_offer_firm_id_company_id"), table_name="board_offer")
    op.drop_index(op.f("ix_board_offer_firm_id_cohort_id"), table_name="board_offer")
    op.drop_table("board_offer")
    op.drop_index(op.f("ix_board_lead_firm_id_owner_id"), table_name="board_lead")
    op.drop_index(op.f("ix_board_lead_firm_id_company_id"), table_name="board_lead")
    op.drop_index(op.f("ix_board_lead_firm_id_cohort_id"), table_name="board_lead")
    op.drop_table("board_lead")
    op.drop_index(op.f("ix_board_ask_firm_id_owner_id"), table_name="board_ask")
    op.drop_index(op.f("ix_board_ask_firm_id_company_id"), table_name="board_ask")
    op.drop_index(op.f("ix_board_ask_firm_id_cohort_id"), table_name="board_ask")
    op.drop_table("board_ask")

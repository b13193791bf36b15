"""Introductions: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "introductions_round",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("max_ring", sa.Integer(), nullable=False),
        sa.Column("max_chain", sa.Integer(), nullable=False),
        sa.Column("pinned", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("forbidden", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("bound", sa.Double(), nullable=False),
        sa.Column("fairness_cost", sa.Double(), nullable=False),
        sa.Column("unserved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('solving', 'draft', 'released', 'dropped')",
            name=op.f("ck_introductions_round_state"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_introductions_round_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_introductions_round_firm_id_made_by_id"),
            ondelete="SET NULL (made_by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_introductions_round_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_introductions_round")),
        sa.UniqueConstraint(
            "firm_id",
            "cohort_id",
            "number",
            name=op.f("uq_introductions_round_firm_id_cohort_id_number"),
        ),
    )
    op.create_index(
        op.f("ix_introductions_round_firm_id_cohort_id"),
        "introductions_round",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introductions_round_firm_id_made_by_id"),
        "introductions_round",
        ["firm_id", "made_by_id"],
        unique=False,
    )
    op.create_table(
        "introductions_introduction",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("ring", sa.Integer(), nullable=True),
        sa.Column("is_chain", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.LargeBinary(), nullable=False),
        sa.Column("contact_email", sa.LargeBinary(), nullable=False),
        sa.Column("outsider_token_hash", sa.Text(), nullable=False),
        sa.Column("gift", sa.Text(), nullable=False),
        sa.Column("blurb", sa.Text(), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("thanks", sa.Text(), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "asset IN ('door', 'insider', 'offer', 'lead', 'buddy')",
            name=op.f("ck_introductions_introduction_asset"),
        ),
        sa.CheckConstraint(
            "need IN ('target', 'ask', 'lead')", name=op.f("ck_introductions_introduction_need")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'giver_asked', 'receiver_asked', 'outsider_asked', 'introduced', 'kept', 'let_go', 'declined', 'not_now', 'expired', 'withdrawn', 'stopped')",
            name=op.f("ck_introductions_introduction_state"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f("fk_introductions_introduction_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "company_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_introductions_introduction_firm_id_company_id"),
            ondelete="SET NULL (company_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts_contact.firm_id", "contacts_contact.id"],
            name=op.f("fk_introductions_introduction_firm_id_contact_id"),
            ondelete="SET NULL (contact_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "giver_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_introductions_introduction_firm_id_giver_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "receiver_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_introductions_introduction_firm_id_receiver_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "round_id"],
            ["introductions_round.firm_id", "introductions_round.id"],
            name=op.f("fk_introductions_introduction_firm_id_round_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_introductions_introduction_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_introductions_introduction")),
    )
    op.create_index(
        op.f("ix_introductions_introduction_firm_id_cohort_id"),
        "introductions_introduction",
        ["firm_id", "cohort_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introductions_introduction_firm_id_company_id"),
        "introductions_introduction",
        ["firm_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introductions_introduction_firm_id_contact_id"),
        "introductions_introduction",
        ["firm_id", "contact_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introductions_introduction_firm_id_giver_id"),
        "introductions_introduction",
        ["firm_id", "giver_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introductions_introduction_firm_id_receiver_id"),
        "introductions_introduction",
        ["firm_id", "receiver_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introductions_introduction_firm_id_round_id"),
        "introductions_introduction",
        ["firm_id", "round_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_introductions_introduction_outsider_token_hash"),
        "introductions_introduction",
        ["outsider_token_hash"],
        unique=False,
    )
    op.create_index(
        "uq_introductions_open_pair_need",
        "introductions_introduction",
        ["firm_id", "giver_id", "receiver_id", "need_id"],
        unique=True,
        postgresql_where=sa.text(
            "state IN ('giver_asked', 'receiver_asked', 'outsider_asked', 'introduced')"
        ),
    )
    op.create_table(
        "introductions_consent",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("introduction_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('yes', 'no', 'not_now')", name=op.f("ck_introductions_consent_answer")
        ),
        sa.CheckConstraint(
            "side IN ('giver', 'receiver', 'outsider')", name=op.f("ck_introductions_consent_side")
        ),
        sa.CheckConstraint(
            "way IN ('page', 'link', 'mail')", name=op.f("ck_introductions_consent_way")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "introduction_id"],
            ["introductions_introduction.firm_id", "introductions_introduction.id"],
            name=op.f("fk_introductions_consent_firm_id_introduction_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_introductions_consent_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_introductions_consent")),
        sa.UniqueConstraint(
            "firm_id",
            "introduction_id",
            "side",
            name=op.f("uq_introductions_consent_firm_id_introduction_id_side"),
        ),
    )
    op.create_index(
        op.f("ix_introductions_consent_firm_id_introduction_id"),
        "introductions_consent",
        ["firm_id", "introduction_id"],
        unique=False,
    )
    op.protect("introductions_round")
    op.protect("introductions_introduction")
    op.protect("introductions_consent")


def downgrade():
    op.drop_index(
        op.f("ix_introductions_consent_firm_id_introduction_id"), table_name="introductions_consent"
    )
    op.drop_table("introductions_consent")
    op.drop_index(
        "uq_introductions_open_pair_need",
        table_name="introductions_introduction",
        postgresql_where=sa.text(
            "state IN ('giver_asked', 'receiver_asked', 'outsider_asked', 'introduced')"
        ),
    )
    op.drop_index(
        op.f("ix_introductions_introduction_outsider_token_hash"),
        table_name="introductions_introduction",
    )
    op.drop_index(
        op.f("ix_introductions_introduction_firm_id_round_id"),
        table_name="introductions_introduction",
    )
    op.drop_index(
        op.f("ix_introductions_introduction_firm_id_receiver_id"),
        table_name="introductions_introduction",
    )
    op.drop_index(
        op.f("ix_introductions_introduction_firm_id_giver_id"),
        table_name="introductions_introduction",
    )
    op.drop_index(
        op.f("ix_introductions_introduction_firm_id_contact_id"),
        table_name="introductions_introduction",
    )
    op.drop_index(
        op.f("ix_introductions_introduction_firm_id_company_id"),
        table_name="introductions_introduction",
    )
    op.drop_index(
        op.f("ix_introductions_introduction_firm_id_cohort_id"),
        table_name="introductions_introduction",
    )
    op.drop_table("introductions_introduction")
    op.drop_index(
        op.f("ix_introductions_round_firm_id_made_by_id"), table_name="introductions_round"
    )
    op.drop_index(
        op.f("ix_introductions_round_firm_id_cohort_id"), table_name="introductions_round"
    )
    op.drop_table("introductions_round")

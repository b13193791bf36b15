"""Companies: tables."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "companies_company",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "merged_into_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_companies_company_firm_id_merged_into_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_companies_company_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_companies_company")),
    )
    op.create_index(
        op.f("ix_companies_company_firm_id_key"),
        "companies_company",
        ["firm_id", "key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_companies_company_firm_id_merged_into_id"),
        "companies_company",
        ["firm_id", "merged_into_id"],
        unique=False,
    )
    op.create_table(
        "companies_name",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("maybe_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "how IN ('key', 'catalogue', 'confirmed', 'suggested')",
            name=op.f("ck_companies_name_how"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "company_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_companies_name_firm_id_company_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "maybe_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_companies_name_firm_id_maybe_id"),
            ondelete="SET NULL (maybe_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_companies_name_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_companies_name")),
        sa.UniqueConstraint("firm_id", "written", name=op.f("uq_companies_name_firm_id_written")),
    )
    op.create_index(
        op.f("ix_companies_name_firm_id_company_id"),
        "companies_name",
        ["firm_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_companies_name_firm_id_key"), "companies_name", ["firm_id", "key"], unique=False
    )
    op.create_index(
        op.f("ix_companies_name_firm_id_maybe_id"),
        "companies_name",
        ["firm_id", "maybe_id"],
        unique=False,
    )
    op.create_table(
        "companies_verdict",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_a", sa.Text(), nullable=False),
        sa.Column("key_b", sa.Text(), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_companies_verdict_firm_id_by_id"),
            ondelete="SET NULL (by_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_companies_verdict_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_companies_verdict")),
        sa.UniqueConstraint(
            "firm_id", "key_a", "key_b", name=op.f("uq_companies_verdict_firm_id_key_a_key_b")
        ),
    )
    op.create_index(
        op.f("ix_companies_verdict_firm_id_by_id"),
        "companies_verdict",
        ["firm_id", "by_id"],
        unique=False,
    )
    op.protect("companies_company")
    op.protect("companies_name")
    op.protect("companies_verdict")


def downgrade():
    op.drop_index(op.f("ix_companies_verdict_firm_id_by_id"), table_name="companies_verdict")
    op.drop_table("companies_verdict")
    op.drop_index(op.f("ix_companies_name_firm_id_maybe_id"), table_name="companies_name")
    op.drop_index(op.f("ix_companies_name_firm_id_key"), table_name="companies_name")
    op.drop_index(op.f("ix_companies_name_firm_id_company_id"), table_name="companies_name")
    op.drop_table("companies_name")
    op.drop_index(
        op.f("ix_companies_company_firm_id_merged_into_id"), table_name="companies_company"
    )
    op.drop_index(op.f("ix_companies_company_firm_id_key"), table_name="companies_company")
    op.drop_table("companies_company")

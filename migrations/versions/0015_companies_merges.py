"""Companies: merges that can be undone, and what likeness is looked up by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HOW = "how IN ('key', 'catalogue', 'scored', 'confirmed', 'suggested')"
HOW_BEFORE = "how IN ('key', 'catalogue', 'confirmed', 'suggested')"


def upgrade():
    op.add_column(
        "companies_name",
        sa.Column(
            "blocks",
            postgresql.ARRAY(sa.BigInteger()),
            nullable=False,
            server_default=sa.text("'{}'"),
        ),
    )
    op.alter_column("companies_name", "blocks", server_default=None)
    op.create_index(
        "ix_companies_name_blocks", "companies_name", ["blocks"], postgresql_using="gin"
    )
    op.drop_constraint(op.f("ck_companies_name_how"), "companies_name")
    op.create_check_constraint(op.f("ck_companies_name_how"), "companies_name", HOW)
    op.create_table(
        "companies_merge",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_companies_merge_firm_id")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "from_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_companies_merge_firm_id_from_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "into_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_companies_merge_firm_id_into_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_companies_merge_firm_id_by_id"),
            ondelete="SET NULL (by_id)",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_companies_merge")),
    )
    for column in ("from_id", "into_id", "by_id"):
        op.create_index(
            op.f(f"ix_companies_merge_firm_id_{column}"), "companies_merge", ["firm_id", column]
        )
    op.protect("companies_merge")


def downgrade():
    op.drop_table("companies_merge")
    op.execute("UPDATE companies_name SET how = 'key' WHERE how = 'scored'")
    op.drop_constraint(op.f("ck_companies_name_how"), "companies_name")
    op.create_check_constraint(op.f("ck_companies_name_how"), "companies_name", HOW_BEFORE)
    op.drop_index("ix_companies_name_blocks", table_name="companies_name")
    op.drop_column("companies_name", "blocks")

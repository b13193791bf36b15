"""Contacts: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "contacts_import",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("bad_rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("staged", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('preview', 'running', 'done', 'cancelled', 'undone', 'failed')",
            name=op.f("ck_contacts_import_state"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_contacts_import_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_contacts_import_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_contacts_import")),
    )
    op.create_index(
        op.f("ix_contacts_import_firm_id_owner_id"),
        "contacts_import",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "contacts_contact",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("first_name", sa.LargeBinary(), nullable=False),
        sa.Column("last_name", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("company_name", sa.Text(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("connected_on", sa.Date(), nullable=True),
        sa.Column("strength", sa.Integer(), nullable=True),
        sa.Column("worked_together", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "company_id"],
            ["companies_company.firm_id", "companies_company.id"],
            name=op.f("fk_contacts_contact_firm_id_company_id"),
            ondelete="SET NULL (company_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "import_id"],
            ["contacts_import.firm_id", "contacts_import.id"],
            name=op.f("fk_contacts_contact_firm_id_import_id"),
            ondelete="SET NULL (import_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_contacts_contact_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_contacts_contact_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_contacts_contact")),
        sa.UniqueConstraint(
            "firm_id",
            "owner_id",
            "fingerprint",
            name=op.f("uq_contacts_contact_firm_id_owner_id_fingerprint"),
        ),
    )
    op.create_index(
        op.f("ix_contacts_contact_firm_id_company_id"),
        "contacts_contact",
        ["firm_id", "company_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contacts_contact_firm_id_company_id_owner_id"),
        "contacts_contact",
        ["firm_id", "company_id", "owner_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contacts_contact_firm_id_import_id"),
        "contacts_contact",
        ["firm_id", "import_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contacts_contact_firm_id_owner_id"),
        "contacts_contact",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.protect("contacts_import")
    op.protect("contacts_contact")


def downgrade():
    op.drop_index(op.f("ix_contacts_contact_firm_id_owner_id"), table_name="contacts_contact")
    op.drop_index(op.f("ix_contacts_contact_firm_id_import_id"), table_name="contacts_contact")
    op.drop_index(
        op.f("ix_contacts_contact_firm_id_company_id_owner_id"), table_name="contacts_contact"
    )
    op.drop_index(op.f("ix_contacts_contact_firm_id_company_id"), table_name="contacts_contact")
    op.drop_table("contacts_contact")
    op.drop_index(op.f("ix_contacts_import_firm_id_owner_id"), table_name="contacts_import")
    op.drop_table("contacts_import")

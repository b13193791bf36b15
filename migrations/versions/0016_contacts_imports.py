"""Contacts: imports in encrypted parts, and addresses that can be found to be forgotten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = "'preview', 'running', 'done', 'cancelled', 'undone', 'failed'"
COUNTS = ("bad", "twice", "unwanted")


def upgrade():
    # Earlier imports hold names in clear (file names, bad rows): none of it is carried over.
    op.execute("DELETE FROM contacts_import")
    op.drop_column("contacts_import", "filename")
    op.drop_column("contacts_import", "bad_rows")
    op.drop_column("contacts_import", "staged")
    op.add_column("contacts_import", sa.Column("filename", sa.LargeBinary(), nullable=False))
    op.add_column("contacts_import", sa.Column("mapping", postgresql.JSONB(), nullable=False))
    op.add_column("contacts_import", sa.Column("left_out", postgresql.JSONB(), nullable=False))
    for name in COUNTS:
        op.add_column("contacts_import", sa.Column(name, sa.Integer(), nullable=False))
    op.add_column("contacts_import", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("ck_contacts_import_state"), "contacts_import", type_="check")
    op.create_check_constraint(
        op.f("ck_contacts_import_state"), "contacts_import", f"state IN ('columns', {STATES})"
    )
    op.create_table(
        "contacts_import_part",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('file', 'rows', 'bad', 'companies', 'before')",
            name=op.f("ck_contacts_import_part_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "import_id"],
            ["contacts_import.firm_id", "contacts_import.id"],
            name=op.f("fk_contacts_import_part_firm_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_contacts_import_part_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_contacts_import_part")),
        sa.UniqueConstraint(
            "firm_id",
            "import_id",
            "kind",
            "number",
            name=op.f("uq_contacts_import_part_firm_id_import_id_kind_number"),
        ),
    )
    op.create_index(
        op.f("ix_contacts_import_part_firm_id_import_id"),
        "contacts_import_part",
        ["firm_id", "import_id"],
    )
    op.protect("contacts_import_part")
    op.add_column(
        "contacts_contact",
        sa.Column("email_hash", sa.Text(), nullable=False, server_default=""),
    )
    op.alter_column("contacts_contact", "email_hash", server_default=None)
    op.create_index(
        "ix_contacts_contact_email_hash",
        "contacts_contact",
        ["firm_id", "email_hash"],
        postgresql_where=sa.text("email_hash <> ''"),
    )


def downgrade():
    op.drop_index("ix_contacts_contact_email_hash", table_name="contacts_contact")
    op.drop_column("contacts_contact", "email_hash")
    op.drop_table("contacts_import_part")
    op.execute("DELETE FROM contacts_import")
    op.drop_constraint(op.f("ck_contacts_import_state"), "contacts_import", type_="check")
    op.create_check_constraint(
        op.f("ck_contacts_import_state"), "contacts_import", f"state IN ({STATES})"
    )
    for name in ("ended_at", *COUNTS, "left_out", "mapping", "filename"):
        op.drop_column("contacts_import", name)
    op.add_column("contacts_import", sa.Column("filename", sa.Text(), nullable=False))
    op.add_column("contacts_import", sa.Column("bad_rows", postgresql.JSONB(), nullable=False))
    op.add_column("contacts_import", sa.Column("staged", sa.LargeBinary(), nullable=False))

"""Progress updates: tables."""

import sqlalchemy as sa
from alembic import op

revision = "progress_1"
down_revision = None
branch_labels = ("progress",)
depends_on = "0024"


def upgrade():
    op.create_table(
        "progress_address",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("leave_hash", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_progress_address_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_progress_address")),
        sa.UniqueConstraint(
            "firm_id", "email_hash", name=op.f("uq_progress_address_firm_id_email_hash")
        ),
        sa.UniqueConstraint(
            "firm_id", "leave_hash", name=op.f("uq_progress_address_firm_id_leave_hash")
        ),
    )
    op.create_table(
        "progress_group",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_progress_group_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_progress_group_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_progress_group")),
    )
    op.create_index(
        op.f("ix_progress_group_firm_id_owner_id"),
        "progress_group",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "progress_update",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("met", sa.LargeBinary(), nullable=False),
        sa.Column("looking", sa.LargeBinary(), nullable=False),
        sa.Column("helps", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'sending', 'sent')", name=op.f("ck_progress_update_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_progress_update_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_progress_update_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_progress_update")),
    )
    op.create_index(
        op.f("ix_progress_update_firm_id_owner_id"),
        "progress_update",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "progress_group_member",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts_contact.firm_id", "contacts_contact.id"],
            name=op.f("fk_progress_group_member_firm_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "group_id"],
            ["progress_group.firm_id", "progress_group.id"],
            name=op.f("fk_progress_group_member_firm_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_progress_group_member_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_progress_group_member")),
        sa.UniqueConstraint(
            "firm_id",
            "group_id",
            "contact_id",
            name=op.f("uq_progress_group_member_firm_id_group_id_contact_id"),
        ),
    )
    op.create_index(
        op.f("ix_progress_group_member_firm_id_contact_id"),
        "progress_group_member",
        ["firm_id", "contact_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_progress_group_member_firm_id_group_id"),
        "progress_group_member",
        ["firm_id", "group_id"],
        unique=False,
    )
    op.create_table(
        "progress_recipient",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("update_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts_contact.firm_id", "contacts_contact.id"],
            name=op.f("fk_progress_recipient_firm_id_contact_id"),
            ondelete="SET NULL (contact_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "update_id"],
            ["progress_update.firm_id", "progress_update.id"],
            name=op.f("fk_progress_recipient_firm_id_update_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_progress_recipient_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_progress_recipient")),
        sa.UniqueConstraint(
            "firm_id",
            "update_id",
            "contact_id",
            name=op.f("uq_progress_recipient_firm_id_update_id_contact_id"),
        ),
    )
    op.create_index(
        op.f("ix_progress_recipient_email_hash"), "progress_recipient", ["email_hash"], unique=False
    )
    op.create_index(
        op.f("ix_progress_recipient_firm_id_contact_id"),
        "progress_recipient",
        ["firm_id", "contact_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_progress_recipient_firm_id_update_id"),
        "progress_recipient",
        ["firm_id", "update_id"],
        unique=False,
    )
    op.protect("progress_address")
    op.protect("progress_group")
    op.protect("progress_update")
    op.protect("progress_group_member")
    op.protect("progress_recipient")


def downgrade():
    op.drop_table("progress_recipient")
    op.drop_table("progress_group_member")
    op.drop_table("progress_update")
    op.drop_table("progress_group")
    op.drop_table("progress_address")

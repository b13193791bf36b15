"""Gifts and thanks: tables."""

import sqlalchemy as sa
from alembic import op

revision = "gifts_1"
down_revision = None
branch_labels = ("gifts",)
depends_on = "0024"


def upgrade():
    op.create_table(
        "gifts_given",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("back", sa.LargeBinary(), nullable=False),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.Column("introduction_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_gifts_given_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "introduction_id"],
            ["introductions_introduction.firm_id", "introductions_introduction.id"],
            name=op.f("fk_gifts_given_firm_id_introduction_id"),
            ondelete="SET NULL (introduction_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_gifts_given_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_gifts_given")),
    )
    op.create_index(
        op.f("ix_gifts_given_firm_id_introduction_id"),
        "gifts_given",
        ["firm_id", "introduction_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_gifts_given_firm_id_owner_id"),
        "gifts_given",
        ["firm_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "gifts_note",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("gift", sa.LargeBinary(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leave_hash", sa.Text(), nullable=True),
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f("ck_gifts_note_moderation"),
        ),
        sa.CheckConstraint("state IN ('draft', 'held', 'sent')", name=op.f("ck_gifts_note_state")),
        sa.ForeignKeyConstraint(
            ["firm_id", "contact_id"],
            ["contacts_contact.firm_id", "contacts_contact.id"],
            name=op.f("fk_gifts_note_firm_id_contact_id"),
            ondelete="SET NULL (contact_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "member_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_gifts_note_firm_id_member_id"),
            ondelete="SET NULL (member_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "owner_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_gifts_note_firm_id_owner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f("fk_gifts_note_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_gifts_note")),
        sa.UniqueConstraint("firm_id", "leave_hash", name=op.f("uq_gifts_note_firm_id_leave_hash")),
    )
    op.create_index(
        op.f("ix_gifts_note_firm_id_contact_id"),
        "gifts_note",
        ["firm_id", "contact_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_gifts_note_firm_id_member_id"),
        "gifts_note",
        ["firm_id", "member_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_gifts_note_firm_id_owner_id"), "gifts_note", ["firm_id", "owner_id"], unique=False
    )
    op.protect("gifts_given")
    op.protect("gifts_note")


def downgrade():
    op.drop_table("gifts_note")
    op.drop_table("gifts_given")

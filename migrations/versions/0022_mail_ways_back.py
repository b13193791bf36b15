"""Mail: replies and bounces come back."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TAKEN = "state IN ('new', 'handled', 'ignored', 'refused', 'failed')"


def incoming():
    return [
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_hash", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("bytes_hash", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


OUTBOXES = ("mail_firm_mail", "mail_account_mail")


def upgrade():
    for table in OUTBOXES:
        op.add_column(table, sa.Column("leased_by", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("bounced", sa.Text(), nullable=False, server_default=""))
        op.alter_column(table, "bounced", server_default=None)
        op.add_column(
            table,
            sa.Column(
                "domain",
                sa.Text(),
                sa.Computed("lower(split_part(to_address, '@', -1))", persisted=True),
                nullable=False,
            ),
        )
    op.create_table(
        "mail_pace",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_mail_pace")),
    )
    op.create_table(
        "mail_soft_bounces",
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_mail_soft_bounces")),
    )
    op.create_table(
        "mail_sender_key",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_mail_sender_key_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_mail_sender_key")),
        sa.UniqueConstraint("firm_id", name=op.f("uq_mail_sender_key_firm_id")),
    )
    op.protect("mail_sender_key")
    op.create_table(
        "mail_thread",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("from_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_mail_thread_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_mail_thread")),
        sa.UniqueConstraint(
            "firm_id",
            "kind",
            "subject_id",
            "address_hash",
            name=op.f("uq_mail_thread_firm_id_kind_subject_id_address_hash"),
        ),
    )
    op.protect("mail_thread")
    op.create_table(
        "mail_incoming",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *incoming(),
        sa.CheckConstraint(TAKEN, name=op.f("ck_mail_incoming_state")),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_mail_incoming_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_mail_incoming")),
        sa.UniqueConstraint(
            "firm_id", "bytes_hash", name=op.f("uq_mail_incoming_firm_id_bytes_hash")
        ),
    )
    op.create_index(
        "ix_mail_incoming_answers", "mail_incoming", ["firm_id", "sender_hash", "created_at"]
    )
    op.protect("mail_incoming")
    op.create_table(
        "mail_stray",
        sa.Column("id", sa.Uuid(), nullable=False),
        *incoming(),
        sa.CheckConstraint(TAKEN, name=op.f("ck_mail_stray_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_stray")),
        sa.UniqueConstraint("bytes_hash", name=op.f("uq_mail_stray_bytes_hash")),
    )
    op.create_index("ix_mail_stray_answers", "mail_stray", ["sender_hash", "created_at"])


def downgrade():
    op.drop_table("mail_stray")
    op.drop_table("mail_incoming")
    op.drop_table("mail_thread")
    op.drop_table("mail_sender_key")
    op.drop_table("mail_soft_bounces")
    op.drop_table("mail_pace")
    for table in OUTBOXES:
        for column in ("domain", "bounced", "first_tried_at", "leased_by"):
            op.drop_column(table, column)

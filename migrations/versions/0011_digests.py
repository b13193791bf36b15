"""Digests: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "digests_digest",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "mail_id"],
            ["mail_firm_mail.firm_id", "mail_firm_mail.id"],
            name=op.f("fk_digests_digest_firm_id_mail_id"),
            ondelete="SET NULL (mail_id)",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_digests_digest_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_digests_digest_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_digests_digest")),
        sa.UniqueConstraint(
            "firm_id",
            "membership_id",
            "period",
            name=op.f("uq_digests_digest_firm_id_membership_id_period"),
        ),
    )
    op.create_index(
        op.f("ix_digests_digest_firm_id_mail_id"),
        "digests_digest",
        ["firm_id", "mail_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_digests_digest_firm_id_membership_id"),
        "digests_digest",
        ["firm_id", "membership_id"],
        unique=False,
    )
    op.create_table(
        "digests_preference",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("leave_token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cadence IN ('cohort', 'off', 'daily', 'weekly', 'fortnightly')",
            name=op.f("ck_digests_preference_cadence"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_digests_preference_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_digests_preference_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_digests_preference")),
        sa.UniqueConstraint(
            "firm_id", "membership_id", name=op.f("uq_digests_preference_firm_id_membership_id")
        ),
        sa.UniqueConstraint(
            "leave_token_hash", name=op.f("uq_digests_preference_leave_token_hash")
        ),
    )
    op.create_index(
        op.f("ix_digests_preference_firm_id_membership_id"),
        "digests_preference",
        ["firm_id", "membership_id"],
        unique=False,
    )
    op.protect("digests_digest")
    op.protect("digests_preference")


def downgrade():
    op.drop_index(
        op.f("ix_digests_preference_firm_id_membership_id"), table_name="digests_preference"
    )
    op.drop_table("digests_preference")
    op.drop_index(op.f("ix_digests_digest_firm_id_membership_id"), table_name="digests_digest")
    op.drop_index(op.f("ix_digests_digest_firm_id_mail_id"), table_name="digests_digest")
    op.drop_table("digests_digest")

"""Firms: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "firms_firm",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("house", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firms_firm")),
        sa.UniqueConstraint("slug", name=op.f("uq_firms_firm_slug")),
    )
    op.create_table(
        "firms_plugin_switch",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_firms_plugin_switch_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_firms_plugin_switch")),
        sa.UniqueConstraint(
            "firm_id", "plugin", name=op.f("uq_firms_plugin_switch_firm_id_plugin")
        ),
    )
    op.create_table(
        "firms_seat",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f("fk_firms_seat_firm_id")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_firms_seat_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "person_id", name=op.f("pk_firms_seat")),
    )
    op.create_index(op.f("ix_firms_seat_person_id"), "firms_seat", ["person_id"], unique=False)
    op.create_table(
        "firms_membership",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("titles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("profile_url", sa.Text(), nullable=False),
        sa.Column("resume_url", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("keep_from", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("landed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('member', 'coach', 'admin')", name=op.f("ck_firms_membership_role")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'left')", name=op.f("ck_firms_membership_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["firms_seat.firm_id", "firms_seat.person_id"],
            name=op.f("fk_firms_membership_firm_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_firms_membership_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_firms_membership")),
        sa.UniqueConstraint(
            "firm_id", "person_id", name=op.f("uq_firms_membership_firm_id_person_id")
        ),
    )
    op.protect("firms_plugin_switch")
    op.protect("firms_membership")


def downgrade():
    op.drop_table("firms_membership")
    op.drop_index(op.f("ix_firms_seat_person_id"), table_name="firms_seat")
    op.drop_table("firms_seat")
    op.drop_table("firms_plugin_switch")
    op.drop_table("firms_firm")

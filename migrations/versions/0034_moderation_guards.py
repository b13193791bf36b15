"""Moderation: sources that authors named, and words that firms watch."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "moderation_named_source",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("found", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "sort IN ('public', 'own', 'allowed')", name=op.f("ck_moderation_named_source_sort")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "author_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f("fk_moderation_named_source_firm_id_author_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_named_source_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_named_source")),
    )
    op.create_index(
        "ix_moderation_named_source_target", "moderation_named_source", ["firm_id", "target_id"]
    )
    op.create_index(
        op.f("ix_moderation_named_source_firm_id_author_id"),
        "moderation_named_source",
        ["firm_id", "author_id"],
    )
    op.create_table(
        "moderation_watched_word",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effect IN ('nudge', 'hold')", name=op.f("ck_moderation_watched_word_effect")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firms_firm.id"], name=op.f("fk_moderation_watched_word_firm_id")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_moderation_watched_word")),
        sa.UniqueConstraint(
            "firm_id", "word", name=op.f("uq_moderation_watched_word_firm_id_word")
        ),
    )
    for table in ("moderation_named_source", "moderation_watched_word"):
        op.protect(table)


def downgrade():
    op.drop_table("moderation_watched_word")
    op.drop_table("moderation_named_source")

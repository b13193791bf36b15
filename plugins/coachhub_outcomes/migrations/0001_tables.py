"""Outcomes: tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "outcomes_1"
down_revision = None
branch_labels = ("outcomes",)
depends_on = "0024"

LANDING, CAUSE, GRAIN, COUNTED = (
    "outcomes_landing",
    "outcomes_cause",
    "outcomes_grain",
    "outcomes_counted",
)
MEMBER, INTRODUCTION = "firms_membership", "introductions_introduction"


def make(table, points, *columns):
    """Make a firm's table; `points`: column → (table, ON DELETE, whether it may be empty)."""
    op.create_table(
        table,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.Uuid(), nullable=empty)
            for name, (_other, _gone, empty) in points.items()
        ),
        *columns,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["firm_id", name],
                [f"{other}.firm_id", f"{other}.id"],
                name=op.f(f"fk_{table}_firm_id_{name}"),
                ondelete=gone,
            )
            for name, (other, gone, _empty) in points.items()
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{table}_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{table}")),
    )
    for name in points:
        op.create_index(op.f(f"ix_{table}_firm_id_{name}"), table, ["firm_id", name])
    op.protect(table)


def moderated(table):
    return (
        sa.Column("moderation", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "moderation IN ('visible', 'quarantined', 'returned', 'redacted', 'removed')",
            name=op.f(f"ck_{table}_moderation"),
        ),
    )


def upgrade():
    make(
        LANDING,
        {"owner_id": (MEMBER, "CASCADE", False)},
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=False)
            for name in ("role", "company", "words")
        ),
        sa.Column("shown_to", sa.Text(), nullable=False),
        *moderated(LANDING),
        sa.UniqueConstraint("firm_id", "owner_id", name=op.f(f"uq_{LANDING}_firm_id_owner_id")),
        sa.CheckConstraint(
            "work IN ('employed', 'contract', 'own', 'learning', 'other')",
            name=op.f(f"ck_{LANDING}_work"),
        ),
        sa.CheckConstraint(
            "shown_to IN ('me', 'coach', 'group')", name=op.f(f"ck_{LANDING}_shown_to")
        ),
    )
    make(
        CAUSE,
        {
            "owner_id": (MEMBER, "CASCADE", False),
            "landing_id": (LANDING, "CASCADE", False),
            "introduction_id": (INTRODUCTION, "SET NULL (introduction_id)", True),
            "helper_id": (MEMBER, "SET NULL (helper_id)", True),
        },
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("thanks", sa.LargeBinary(), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        *moderated(CAUSE),
        sa.UniqueConstraint(
            "firm_id",
            "landing_id",
            "introduction_id",
            name=op.f(f"uq_{CAUSE}_firm_id_landing_id_introduction_id"),
        ),
        sa.CheckConstraint(
            "kind IN ('door', 'insider', 'offer', 'lead', 'buddy', 'other')",
            name=op.f(f"ck_{CAUSE}_kind"),
        ),
    )
    make(
        GRAIN,
        {},
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("cohorts", JSONB(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("shares", JSONB(), nullable=False),
        sa.Column("weeks", JSONB(), nullable=False),
    )
    make(
        COUNTED,
        {
            "grain_id": (GRAIN, "CASCADE", False),
            "member_id": (MEMBER, "CASCADE", True),
            "introduction_id": (INTRODUCTION, "CASCADE", True),
        },
        sa.Column("measure", sa.Text(), nullable=False),
        *(
            sa.UniqueConstraint(
                "firm_id", "measure", name_of, name=op.f(f"uq_{COUNTED}_firm_id_measure_{name_of}")
            )
            for name_of in ("member_id", "introduction_id")
        ),
    )


def downgrade():
    for table in (COUNTED, GRAIN, CAUSE, LANDING):
        op.drop_table(table)

"""Rosters that are uploaded to invite many at once; tries at what is not somebody's."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

ROSTER, LINE, TRY, ALERT = (
    "firms_roster",
    "firms_roster_line",
    "accounts_try",
    "accounts_alert",
)
ROSTER_STATES = "'preview', 'sending', 'done', 'undone'"
LINE_STATES = "'good', 'bad', 'twice', 'here', 'invited', 'failed', 'withdrawn'"
ROLES = "'member', 'coach', 'admin'"


def upgrade() -> None:
    """Make the tables; what was tried and the alerts belong to no firm."""
    op.create_table(
        ROSTER,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({ROSTER_STATES})", name=op.f(f"ck_{ROSTER}_state")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{ROSTER}_firm_id")),
        sa.ForeignKeyConstraint(
            ["firm_id", "by_id"],
            ["firms_membership.firm_id", "firms_membership.id"],
            name=op.f(f"fk_{ROSTER}_firm_id_by_id"),
            ondelete="SET NULL (by_id)",
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{ROSTER}")),
    )
    op.create_index(op.f(f"ix_{ROSTER}_firm_id_by_id"), ROSTER, ["firm_id", "by_id"])
    op.protect(ROSTER)
    op.create_table(
        LINE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f(f"ck_{LINE}_role")),
        sa.CheckConstraint(f"state IN ({LINE_STATES})", name=op.f(f"ck_{LINE}_state")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{LINE}_firm_id")),
        *(
            sa.ForeignKeyConstraint(
                ["firm_id", column],
                [f"{table}.firm_id", f"{table}.id"],
                name=op.f(f"fk_{LINE}_firm_id_{column}"),
                ondelete="CASCADE" if column == "roster_id" else f"SET NULL ({column})",
            )
            for column, table in (
                ("roster_id", ROSTER),
                ("cohort_id", "cohorts_cohort"),
                ("invitation_id", "firms_invitation"),
            )
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{LINE}")),
        sa.UniqueConstraint(
            "firm_id", "roster_id", "line", name=op.f(f"uq_{LINE}_firm_id_roster_id_line")
        ),
    )
    for column in ("roster_id", "cohort_id", "invitation_id"):
        op.create_index(op.f(f"ix_{LINE}_firm_id_{column}"), LINE, ["firm_id", column])
    op.protect(LINE)
    op.create_table(
        TRY,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f(f"fk_{TRY}_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TRY}")),
    )
    op.create_index(op.f(f"ix_{TRY}_person_id_created_at"), TRY, ["person_id", "created_at"])
    op.create_table(
        ALERT,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f(f"fk_{ALERT}_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ALERT}")),
    )
    op.create_index(
        f"ix_{ALERT}_open",
        ALERT,
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("looked_at IS NULL"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (ALERT, TRY, LINE, ROSTER):
        op.drop_table(table)

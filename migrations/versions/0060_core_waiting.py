"""Jobs that were asked for and have not ended; the queue's pulse; what the firms' counts are."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0056"
branch_labels = None
depends_on = None

JOB, PULSE, TALLY = "jobs_waiting", "jobs_pulse", "watching_tally"


def upgrade() -> None:
    """Make the tables; none of them is a firm's."""
    op.create_table(
        JOB,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("for_firm", sa.Text(), nullable=False),
        sa.Column("args", postgresql.JSONB(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{JOB}")),
    )
    op.create_index(
        f"ix_{JOB}_untaken", JOB, ["put_at"], postgresql_where=sa.text("taken_at IS NULL")
    )
    op.create_table(
        PULSE,
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{PULSE}")),
    )
    op.create_table(
        TALLY,
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", "what", "kind", "state", name=op.f(f"pk_{TALLY}")),
    )
    # So that the pages can say whether their tables are there; Alembic made it before any grant.
    op.execute(f'GRANT SELECT ON alembic_version TO "{context.config.attributes["app_role"]}"')


def downgrade() -> None:
    """Drop them."""
    op.execute(f'REVOKE ALL ON alembic_version FROM "{context.config.attributes["app_role"]}"')
    for table in (TALLY, PULSE, JOB):
        op.drop_table(table)

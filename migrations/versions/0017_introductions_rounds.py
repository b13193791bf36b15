"""Rounds: the coach's rules for each, what was changed by hand, and what an undo needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "introductions_round"
JSON_COLUMNS = {
    "starters": "[]",
    "caps": "{}",
    "weights": "{}",
    "unmet_pins": "[]",
    "prices": "[]",
    "changes": "[]",
    "waited_before": "{}",
}
COUNTS = {"give_cap": "2", "receive_cap": "2", "served": "0"}


def upgrade():
    op.add_column(TABLE, sa.Column("solving_since", sa.DateTime(timezone=True), nullable=True))
    _add("released_by", sa.Text(), "")
    for name, default in COUNTS.items():
        _add(name, sa.Integer(), default)
    for name, default in JSON_COLUMNS.items():
        _add(name, postgresql.JSONB(astext_type=sa.Text()), default)


def _add(name, kind, default):
    # The default fills the rows that are there; from then on the application says what it means.
    op.add_column(TABLE, sa.Column(name, kind, nullable=False, server_default=default))
    op.alter_column(TABLE, name, server_default=None)


def downgrade():
    for name in [*JSON_COLUMNS, *COUNTS, "released_by", "solving_since"]:
        op.drop_column(TABLE, name)

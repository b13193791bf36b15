"""Second chances: tables."""

import sqlalchemy as sa
from alembic import op

revision = "second_chance_1"
down_revision = None
branch_labels = ("second_chance",)
depends_on = "0024"

CHANCE, VERSION, TOUCH = (
    "second_chance_chance",
    "second_chance_version",
    "second_chance_touch",
)


def make(table, points, *columns):
    """Make a firm's table; `points` names its columns that point at rows of other tables."""
    op.create_table(
        table,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in points),
        *columns,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["firm_id", name],
                [f"{other}.firm_id", f"{other}.id"],
                name=op.f(f"fk_{table}_firm_id_{name}"),
                ondelete="CASCADE",
            )
            for name, other in points.items()
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{table}_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{table}")),
    )
    for name in points:
        op.create_index(op.f(f"ix_{table}_firm_id_{name}"), table, ["firm_id", name])
    op.protect(table)


def upgrade():
    words = ("role", "went_well", "met", "learned", "can_offer", "to_name", "to_email")
    make(
        CHANCE,
        {"owner_id": "firms_membership", "target_id": "board_target"},
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in words),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("ended", sa.Text(), nullable=False),
        sa.UniqueConstraint("firm_id", "target_id", name=op.f(f"uq_{CHANCE}_firm_id_target_id")),
        sa.CheckConstraint(
            "ended IN ('', 'stopped', 'back', 'closed')", name=op.f(f"ck_{CHANCE}_ended")
        ),
    )
    make(
        VERSION,
        {"chance_id": CHANCE},
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint(
            "firm_id", "chance_id", "number", name=op.f(f"uq_{VERSION}_firm_id_chance_id_number")
        ),
    )
    make(
        TOUCH,
        {"chance_id": CHANCE},
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('due', 'done', 'stopped')", name=op.f(f"ck_{TOUCH}_state")),
    )


def downgrade():
    op.drop_table(TOUCH)
    op.drop_table(VERSION)
    op.drop_table(CHANCE)

"""Privacy: erasure with a time to change one's mind, and the ledger of who was erased."""

import sqlalchemy as sa
from alembic import context, op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

WISH = "privacy_wish"
LEDGER = "privacy_ledger"
MEMBER = "firms_membership"


def upgrade():
    # Whoever was erased leaves a membership without a person, which the others' books point at.
    op.alter_column(MEMBER, "person_id", nullable=True)
    op.add_column(MEMBER, sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f(f"ck_{MEMBER}_erased"), MEMBER, "(person_id IS NULL) = (erased_at IS NOT NULL)"
    )
    op.create_table(
        WISH,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_books", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("asked_by IN ('member', 'admin')", name=op.f(f"ck_{WISH}_asked_by")),
        sa.ForeignKeyConstraint(
            ["firm_id", "membership_id"],
            [f"{MEMBER}.firm_id", f"{MEMBER}.id"],
            name=op.f(f"fk_{WISH}_firm_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{WISH}_firm_id")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{WISH}")),
        sa.UniqueConstraint(
            "firm_id", "membership_id", name=op.f(f"uq_{WISH}_firm_id_membership_id")
        ),
    )
    op.create_index(op.f(f"ix_{WISH}_firm_id_membership_id"), WISH, ["firm_id", "membership_id"])
    op.protect(WISH)
    op.create_table(
        LEDGER,
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('membership', 'person', 'address', 'name')", name=op.f(f"ck_{LEDGER}_kind")
        ),
        sa.PrimaryKeyConstraint("kind", "mark", name=op.f(f"pk_{LEDGER}")),
    )
    # What was promised to somebody who is gone is never taken back.
    role = context.config.attributes["app_role"]
    op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {LEDGER} FROM "{role}"')


def downgrade():
    op.drop_table(LEDGER)
    op.drop_table(WISH)
    op.drop_constraint(op.f(f"ck_{MEMBER}_erased"), MEMBER, type_="check")
    op.drop_column(MEMBER, "erased_at")
    op.execute(f"DELETE FROM {MEMBER} WHERE person_id IS NULL")
    op.alter_column(MEMBER, "person_id", nullable=False)

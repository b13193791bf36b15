"""Matches kept from one reading to the next, and what a round was chosen from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SOURCE = "introductions_match_source"
CHANGE = "introductions_book_change"
ROUND = "introductions_round"

# One line for each owner and statement, however many contacts it wrote.
NOTE = f"""
CREATE FUNCTION introductions_book_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {CHANGE} (firm_id, id, created_at, cohort_id, owner_id)
    SELECT enrolment.firm_id, gen_random_uuid(), now(), enrolment.cohort_id, changed.owner_id
    FROM (SELECT DISTINCT firm_id, owner_id FROM changed) AS changed
    JOIN cohorts_enrolment AS enrolment
        ON enrolment.firm_id = changed.firm_id AND enrolment.membership_id = changed.owner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION introductions_company_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {CHANGE} (firm_id, id, created_at, cohort_id, owner_id)
    SELECT enrolment.firm_id, gen_random_uuid(), now(), enrolment.cohort_id, known.owner_id
    FROM (
        SELECT DISTINCT owner_id FROM contacts_contact
        WHERE firm_id = NEW.firm_id AND company_id = NEW.id
    ) AS known
    JOIN cohorts_enrolment AS enrolment
        ON enrolment.firm_id = NEW.firm_id AND enrolment.membership_id = known.owner_id;
    RETURN NULL;
END $$;

CREATE TRIGGER book_grew AFTER INSERT ON contacts_contact
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION introductions_book_changed();
CREATE TRIGGER book_changed AFTER UPDATE ON contacts_contact
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION introductions_book_changed();
CREATE TRIGGER book_shrank AFTER DELETE ON contacts_contact
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION introductions_book_changed();
CREATE TRIGGER company_changed AFTER UPDATE OF merged_into_id ON companies_company
    FOR EACH ROW WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
    EXECUTE FUNCTION introductions_company_changed();
"""


def upgrade():
    op.create_table(
        SOURCE,
        *_row(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("matches", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_keys(SOURCE),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohorts_cohort.firm_id", "cohorts_cohort.id"],
            name=op.f(f"fk_{SOURCE}_firm_id_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "firm_id", "cohort_id", "name", name=op.f(f"uq_{SOURCE}_firm_id_cohort_id_name")
        ),
    )
    op.create_index(op.f(f"ix_{SOURCE}_firm_id_cohort_id"), SOURCE, ["firm_id", "cohort_id"])
    op.protect(SOURCE)
    op.create_table(
        CHANGE, *_row(), sa.Column("owner_id", sa.Uuid(), nullable=False), *_keys(CHANGE)
    )
    columns = ["firm_id", "cohort_id", "owner_id"]
    op.create_index(op.f(f"ix_{CHANGE}_{'_'.join(columns)}"), CHANGE, columns)
    op.protect(CHANGE)
    op.execute(NOTE)
    for name in ("unlocks", "guests"):
        _add(name, postgresql.JSONB(astext_type=sa.Text()), "[]")
    _add("stage", sa.Text(), "")
    _add("cut_to", sa.Text(), "")


def _add(name, kind, default):
    # The default fills the rows that are there; from then on the application says what it means.
    op.add_column(ROUND, sa.Column(name, kind, nullable=False, server_default=default))
    op.alter_column(ROUND, name, server_default=None)


def _row():
    return [
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
    ]


def _keys(table):
    return [
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["firm_id"], ["firms_firm.id"], name=op.f(f"fk_{table}_firm_id")),
    ]


def downgrade():
    for name in ("cut_to", "stage", "guests", "unlocks"):
        op.drop_column(ROUND, name)
    for name in ("book_grew", "book_changed", "book_shrank"):
        op.execute(f"DROP TRIGGER {name} ON contacts_contact")
    op.execute("DROP TRIGGER company_changed ON companies_company")
    op.execute("DROP FUNCTION introductions_book_changed, introductions_company_changed")
    op.drop_table(CHANGE)
    op.drop_table(SOURCE)

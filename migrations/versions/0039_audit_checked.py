"""Audit: the chain can be checked entry by entry; the platform's desk has a trail of its own."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

DESK = """
CREATE FUNCTION audit_desk_hash(before text, entry audit_desk_entry) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        before || jsonb_build_array(
            entry.id, entry.number, entry.actor_name, entry.actor_person_id,
            entry.action, entry.subject_kind, entry.subject_id, entry.subject_label,
            entry.details, extract(epoch FROM entry.created_at)
        )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_desk_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit of the desk', 0));
    SELECT number, chain INTO last FROM audit_desk_entry ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW.chain := audit_desk_hash(coalesce(last.chain, ''), NEW);
    RETURN NEW;
END $$;

CREATE FUNCTION audit_desk_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is only ever added to.';
END $$;

CREATE TRIGGER chain BEFORE INSERT ON audit_desk_entry
    FOR EACH ROW EXECUTE FUNCTION audit_desk_chain();
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON audit_desk_entry
    FOR EACH ROW EXECUTE FUNCTION audit_desk_refuse();
CREATE TRIGGER refuse_all BEFORE TRUNCATE ON audit_desk_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_desk_refuse();
"""

# `broken`: entries that do not follow from the one before, or whose texts do not fit their marks
# (0036), with the seal that they should have here.
# `stood_at`: under which number, after which seal, an entry is whole; NULL if under none.
CHECKS = """
CREATE FUNCTION {name}_broken({firm}most integer)
RETURNS TABLE (entry uuid, at bigint, before bigint, rightly text, fits boolean) LANGUAGE sql STABLE AS $$
    SELECT id, number, previous, expected, told FROM (
        SELECT one.id, one.number, one.chain,
            coalesce(lag(one.number) OVER by_number, 0) AS previous,
            {name}_hash(coalesce(lag(one.chain) OVER by_number, ''), one) AS expected,
            {told} AS told
        FROM {table} AS one {where}
        WINDOW by_number AS (ORDER BY one.number)
    ) AS looked
    WHERE number <> previous + 1 OR chain IS DISTINCT FROM expected OR NOT told
    ORDER BY number LIMIT most
$$;

CREATE FUNCTION {name}_stood_at({firm}wanted uuid, numbers bigint[], befores text[])
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT tried FROM {table} AS one, unnest(numbers) AS tried, unnest(befores) AS seal
    WHERE one.id = wanted {and_firm} AND one.chain = {name}_hash(
        seal, jsonb_populate_record(one, jsonb_build_object('number', tried)))
    LIMIT 1
$$;
"""
OF_FIRM = {
    "name": "audit",
    "table": "audit_entry",
    "firm": "firm uuid, ",
    "where": "WHERE one.firm_id = firm",
    "and_firm": "AND one.firm_id = firm",
    "told": "audit_fits(one, 'actor', one.actor_name)"
    " AND audit_fits(one, 'label', one.subject_label)"
    " AND audit_fits(one, 'details', one.details::text)",
}
OF_DESK = {
    "name": "audit_desk",
    "table": "audit_desk_entry",
    "firm": "",
    "where": "",
    "and_firm": "",
    "told": "true",
}


def upgrade() -> None:
    """Make the desk's trail, chained and closed like the firms', and the functions that check."""
    op.create_table(
        "audit_desk_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("actor_person_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("subject_label", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_desk_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_desk_entry_number")),
    )
    op.execute(DESK)
    for ledger in (OF_FIRM, OF_DESK):
        op.execute(CHECKS.format(**ledger))
    role = context.config.attributes["app_role"]
    op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON audit_desk_entry FROM "{role}"')


def downgrade() -> None:
    """Drop them; the firms' trail stays."""
    for ledger in (OF_FIRM, OF_DESK):
        op.execute(f"DROP FUNCTION {ledger['name']}_broken, {ledger['name']}_stood_at")
    for trigger in ("refuse_all", "refuse", "chain"):
        op.execute(f"DROP TRIGGER {trigger} ON audit_desk_entry")
    op.execute("DROP FUNCTION audit_desk_chain, audit_desk_refuse, audit_desk_hash")
    op.drop_table("audit_desk_entry")

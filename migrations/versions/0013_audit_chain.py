"""Audit: entries are numbered and chained by the database, and nobody may change them."""

from alembic import context, op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Each hash covers the hash before it and every column, so a changed byte breaks the chain there.
CHAIN = """
CREATE FUNCTION audit_hash(before text, entry audit_entry) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        before || jsonb_build_array(
            entry.firm_id, entry.id, entry.number, entry.actor_name, entry.actor_membership_id,
            entry.action, entry.subject_kind, entry.subject_id, entry.subject_label,
            entry.details, extract(epoch FROM entry.created_at)
        )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    -- One writer per firm at a time: the chain has no forks.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit' || NEW.firm_id::text, 0));
    SELECT number, chain INTO last FROM audit_entry
        WHERE firm_id = NEW.firm_id ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW.chain := audit_hash(coalesce(last.chain, ''), NEW);
    RETURN NEW;
END $$;

CREATE FUNCTION audit_first_broken(firm uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT number FROM (
        SELECT entry.number,
            entry.number = row_number() OVER by_number
            AND entry.chain = audit_hash(coalesce(lag(entry.chain) OVER by_number, ''), entry) AS ok
        FROM audit_entry AS entry WHERE entry.firm_id = firm
        WINDOW by_number AS (ORDER BY entry.number)
    ) AS looked WHERE NOT ok ORDER BY number LIMIT 1
$$;

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is only ever added to.';
END $$;

CREATE TRIGGER chain BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER refuse_all BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""


def upgrade():
    op.execute(CHAIN)
    role = context.config.attributes["app_role"]
    op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM "{role}"')


def downgrade():
    op.execute("DROP TRIGGER refuse_all ON audit_entry")
    op.execute("DROP TRIGGER refuse ON audit_entry")
    op.execute("DROP TRIGGER chain ON audit_entry")
    op.execute("DROP FUNCTION audit_first_broken, audit_refuse, audit_chain, audit_hash")

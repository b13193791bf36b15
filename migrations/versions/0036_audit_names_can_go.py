"""Audit: the chain covers salted marks of names and details, so that these can be taken out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0034"
branch_labels = None
depends_on = None

TABLE = "audit_entry"
# A mark tells whether a text was changed; without its salt nobody can tell which text it was.
MARKS = """
CREATE FUNCTION audit_mark(salt text, told text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(salt || told, 'UTF8')), 'hex')
$$;

CREATE OR REPLACE FUNCTION audit_hash(before text, entry audit_entry) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        before || jsonb_build_array(
            entry.firm_id, entry.id, entry.number, entry.marks, entry.actor_membership_id,
            entry.action, entry.subject_kind, entry.subject_id,
            extract(epoch FROM entry.created_at)
        )::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_salted(entry audit_entry) RETURNS audit_entry LANGUAGE plpgsql AS $$
BEGIN
    entry.salts := jsonb_build_object(
        'actor', gen_random_uuid(), 'label', gen_random_uuid(), 'details', gen_random_uuid());
    entry.marks := jsonb_build_object(
        'actor', audit_mark(entry.salts ->> 'actor', entry.actor_name),
        'label', audit_mark(entry.salts ->> 'label', entry.subject_label),
        'details', audit_mark(entry.salts ->> 'details', entry.details::text));
    RETURN entry;
END $$;

CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    -- One writer per firm at a time: the chain has no forks.
    PERFORM pg_advisory_xact_lock(hashtextextended('audit' || NEW.firm_id::text, 0));
    SELECT number, chain INTO last FROM audit_entry
        WHERE firm_id = NEW.firm_id ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW := audit_salted(NEW);
    NEW.chain := audit_hash(coalesce(last.chain, ''), NEW);
    RETURN NEW;
END $$;

-- A text fits its mark; or it was taken out for somebody whose erasure stands in the record.
CREATE FUNCTION audit_fits(entry audit_entry, part text, told text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN entry.salts ->> part LIKE 'gone:%' THEN EXISTS (
        SELECT FROM audit_entry AS erased
        WHERE erased.firm_id = entry.firm_id AND erased.action = 'member.erased'
            AND erased.subject_id = substr(entry.salts ->> part, 6)::uuid)
    ELSE coalesce(entry.marks ->> part = audit_mark(entry.salts ->> part, told), false) END
$$;

CREATE OR REPLACE FUNCTION audit_first_broken(firm uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT number FROM (
        SELECT entry.number,
            entry.number = row_number() OVER by_number
            AND entry.chain = audit_hash(coalesce(lag(entry.chain) OVER by_number, ''), entry)
            AND audit_fits(entry, 'actor', entry.actor_name)
            AND audit_fits(entry, 'label', entry.subject_label)
            AND audit_fits(entry, 'details', entry.details::text) AS ok
        FROM audit_entry AS entry WHERE entry.firm_id = firm
        WINDOW by_number AS (ORDER BY entry.number)
    ) AS looked WHERE NOT ok ORDER BY number LIMIT 1
$$;

CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Only what the chain does not cover may change, and only to say that it was taken out.
    IF TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - '{actor_name,subject_label,details,salts}'::text[]
            = to_jsonb(OLD) - '{actor_name,subject_label,details,salts}'::text[]
        AND (NEW.actor_name = OLD.actor_name OR NEW.salts ->> 'actor' LIKE 'gone:%')
        AND (NEW.subject_label = OLD.subject_label OR NEW.salts ->> 'label' LIKE 'gone:%')
        AND (NEW.details = OLD.details OR NEW.salts ->> 'details' LIKE 'gone:%')
        AND NOT EXISTS (
            SELECT FROM jsonb_each_text(NEW.salts) AS salt
            WHERE salt.value <> OLD.salts ->> salt.key AND salt.value NOT LIKE 'gone:%')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The audit trail is only ever added to.';
END $$;

-- The one way to take somebody out of a firm's record: their erasure must stand in it.
CREATE FUNCTION audit_forget(member uuid, words text[], things uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    nobody CONSTANT text := 'Somebody who has left';
    entry audit_entry;
    told text;
    word text;
    taken bigint := 0;
BEGIN
    IF NOT EXISTS (
        SELECT FROM audit_entry WHERE action = 'member.erased' AND subject_id = member) THEN
        RAISE EXCEPTION 'Nobody is taken out of the record whose erasure does not stand in it.';
    END IF;
    FOR entry IN SELECT * FROM audit_entry ORDER BY number LOOP
        told := entry.details::text;
        IF entry.actor_membership_id = member AND entry.actor_name <> nobody THEN
            entry.actor_name := nobody;
            entry.salts := entry.salts || jsonb_build_object('actor', 'gone:' || member);
        END IF;
        FOREACH word IN ARRAY words LOOP
            told := replace(told, trim(BOTH '"' FROM to_jsonb(word)::text), nobody);
        END LOOP;
        IF told <> entry.details::text THEN
            entry.details := told::jsonb;
            entry.salts := entry.salts || jsonb_build_object('details', 'gone:' || member);
        END IF;
        told := entry.subject_label;
        IF entry.subject_id = member OR entry.subject_id = ANY (things) THEN
            told := CASE WHEN told = '' THEN '' ELSE nobody END;
        END IF;
        FOREACH word IN ARRAY words LOOP
            told := replace(told, word, nobody);
        END LOOP;
        IF told <> entry.subject_label THEN
            entry.subject_label := told;
            entry.salts := entry.salts || jsonb_build_object('label', 'gone:' || member);
        END IF;
        UPDATE audit_entry SET actor_name = entry.actor_name, subject_label = entry.subject_label,
            details = entry.details, salts = entry.salts
        WHERE firm_id = entry.firm_id AND id = entry.id AND salts <> entry.salts;
        IF FOUND THEN
            taken := taken + 1;
        END IF;
    END LOOP;
    RETURN taken;
END $$;
"""
# What stands there is chained once more, entry by entry, if it was whole.
AGAIN = """
DO $$
DECLARE
    entry audit_entry;
    last audit_entry;
BEGIN
    FOR entry IN SELECT * FROM audit_entry ORDER BY firm_id, number LOOP
        entry := audit_salted(entry);
        entry.chain := audit_hash(
            CASE WHEN last.firm_id = entry.firm_id THEN last.chain ELSE '' END, entry);
        UPDATE audit_entry SET salts = entry.salts, marks = entry.marks, chain = entry.chain
            WHERE firm_id = entry.firm_id AND id = entry.id;
        last := entry;
    END LOOP;
END $$;
"""
WHOLE = """
DO $$
DECLARE
    broken bigint;
BEGIN
    SELECT min(audit_first_broken(id)) INTO broken FROM firms_firm;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'The audit trail is broken at entry %: mend or archive it first.', broken;
    END IF;
END $$;
"""

OLD = """
CREATE OR REPLACE FUNCTION audit_hash(before text, entry audit_entry) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(
        before || jsonb_build_array(
            entry.firm_id, entry.id, entry.number, entry.actor_name, entry.actor_membership_id,
            entry.action, entry.subject_kind, entry.subject_id, entry.subject_label,
            entry.details, extract(epoch FROM entry.created_at)
        )::text, 'UTF8')), 'hex')
$$;

CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION audit_first_broken(firm uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT number FROM (
        SELECT entry.number,
            entry.number = row_number() OVER by_number
            AND entry.chain = audit_hash(coalesce(lag(entry.chain) OVER by_number, ''), entry) AS ok
        FROM audit_entry AS entry WHERE entry.firm_id = firm
        WINDOW by_number AS (ORDER BY entry.number)
    ) AS looked WHERE NOT ok ORDER BY number LIMIT 1
$$;

CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is only ever added to.';
END $$;
"""


def upgrade():
    # The owner sees the entries of every firm for once; nobody else is let in.
    op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")
    op.execute(WHOLE)
    for name in ("marks", "salts"):
        kind = postgresql.JSONB(astext_type=sa.Text())
        op.add_column(TABLE, sa.Column(name, kind, nullable=False, server_default="{}"))
    op.execute(MARKS)
    op.execute("REVOKE EXECUTE ON FUNCTION audit_forget FROM public")
    role = op.get_context().config.attributes["app_role"]
    op.execute(f'GRANT EXECUTE ON FUNCTION audit_forget TO "{role}"')
    op.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER refuse")
    op.execute(AGAIN)
    op.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER refuse")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")


def downgrade():
    # The chain of before covered names that may be gone: what stands there stays as it is read.
    op.execute("DROP FUNCTION audit_forget, audit_fits, audit_salted, audit_mark")
    op.execute(OLD)
    for name in ("marks", "salts"):
        op.drop_column(TABLE, name)

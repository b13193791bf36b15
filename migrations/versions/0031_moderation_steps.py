"""Moderation: no illegal step of a text, a case, a decision or an appeal, whoever writes."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

REFUSE = """
CREATE FUNCTION moderation_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = why;
END $$;
"""

# Of texts: every step begins or ends in quarantine. The trigger `content_step` stands on every
# table with a column `moderation`; plugins put it on theirs.
CONTENT = """
CREATE FUNCTION moderation_content_may(before text, after text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT before = after OR before = 'quarantined' OR after = 'quarantined'
$$;

CREATE FUNCTION moderation_content_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT moderation_content_may(OLD.moderation, NEW.moderation) THEN
        PERFORM moderation_refuse(
            'A text does not go from ' || OLD.moderation || ' to ' || NEW.moderation || '.');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION moderation_content_row_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT moderation_content_may(OLD.state, NEW.state) THEN
        PERFORM moderation_refuse(
            'A text does not go from ' || OLD.state || ' to ' || NEW.state || '.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER content_step BEFORE UPDATE OF state ON moderation_content
    FOR EACH ROW EXECUTE FUNCTION moderation_content_row_step();
"""

CASES = """
CREATE FUNCTION moderation_case_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing record;
    answer text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' OR NEW.version <> 1 THEN
            PERFORM moderation_refuse('A case begins as open.');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.target_kind, NEW.target_id) IS DISTINCT FROM (OLD.target_kind, OLD.target_id) THEN
        PERFORM moderation_refuse('A case stays with its thing.');
    END IF;
    IF OLD.state NOT IN ('open', 'claimed') AND NEW.evidence NOT IN (OLD.evidence, '') THEN
        PERFORM moderation_refuse('The evidence of a decided case stays as it is.');
    END IF;
    IF NEW.state = OLD.state THEN
        IF (NEW.outcome, NEW.verdict) IS DISTINCT FROM (OLD.outcome, OLD.verdict)
                OR NEW.version NOT IN (OLD.version, OLD.version + 1) THEN
            PERFORM moderation_refuse('A case is decided step by step.');
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('open', 'claimed'),
        ('claimed', 'open'),
        ('claimed', 'decided'),
        ('decided', 'claimed'),
        ('decided', 'appealed'),
        ('appealed', 'closed')
    ) THEN
        PERFORM moderation_refuse(
            'A case does not go from ' || OLD.state || ' to ' || NEW.state || '.');
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        PERFORM moderation_refuse('The version of a case rises with each step.');
    END IF;
    SELECT * INTO standing FROM moderation_decision
        WHERE firm_id = NEW.firm_id AND case_id = NEW.id
        AND undone_at IS NULL AND replaced_at IS NULL;
    IF NEW.state = 'decided' AND standing.outcome IS DISTINCT FROM NEW.outcome THEN
        PERFORM moderation_refuse('A case is decided by a decision.');
    END IF;
    IF OLD.state = 'decided' AND NEW.state = 'claimed' AND standing.id IS NOT NULL THEN
        PERFORM moderation_refuse('The decision on this case stands.');
    END IF;
    IF NEW.state IN ('appealed', 'closed') AND NEW.outcome <> OLD.outcome THEN
        PERFORM moderation_refuse('An appeal does not rewrite what was decided first.');
    END IF;
    IF NEW.state IN ('appealed', 'closed') THEN
        SELECT outcome INTO answer FROM moderation_appeal
            WHERE firm_id = NEW.firm_id AND case_id = NEW.id ORDER BY created_at DESC LIMIT 1;
        IF answer IS DISTINCT FROM NEW.verdict THEN
            PERFORM moderation_refuse('A case is appealed and closed by its appeal.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER step BEFORE INSERT OR UPDATE ON moderation_case
    FOR EACH ROW EXECUTE FUNCTION moderation_case_step();
"""

DECISIONS = """
CREATE FUNCTION moderation_decision_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_case moderation_case;
    author uuid;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO of_case FROM moderation_case
            WHERE firm_id = NEW.firm_id AND id = NEW.case_id;
        IF of_case.state NOT IN ('open', 'claimed', 'appealed') THEN
            PERFORM moderation_refuse('This case has been decided.');
        END IF;
        SELECT person_id INTO author FROM firms_membership
            WHERE firm_id = NEW.firm_id AND id = of_case.author_id;
        IF author = NEW.person_id THEN
            PERFORM moderation_refuse('Nobody decides about their own words.');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.case_id, NEW.person_id, NEW.by_machine, NEW.outcome, NEW.rule, NEW.effect)
            IS DISTINCT FROM
            (OLD.case_id, OLD.person_id, OLD.by_machine, OLD.outcome, OLD.rule, OLD.effect)
            OR NEW.passage NOT IN (OLD.passage, '') OR NEW.message NOT IN (OLD.message, '')
            OR (OLD.undone_at IS NOT NULL AND NEW.undone_at IS DISTINCT FROM OLD.undone_at)
            OR (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)
    THEN
        PERFORM moderation_refuse('A decision stays as it was made.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER step BEFORE INSERT OR UPDATE ON moderation_decision
    FOR EACH ROW EXECUTE FUNCTION moderation_decision_step();
"""

APPEALS = """
CREATE FUNCTION moderation_appeal_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided moderation_decision;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.case_id, NEW.decision_id, NEW.author_person_id, NEW.created_at) IS DISTINCT FROM
                (OLD.case_id, OLD.decision_id, OLD.author_person_id, OLD.created_at)
                OR NEW.text NOT IN (OLD.text, '') THEN
            PERFORM moderation_refuse('An appeal stays as it was made.');
        END IF;
        IF OLD.outcome <> '' AND ((NEW.outcome, NEW.person_id, NEW.answered_at) IS DISTINCT FROM
                (OLD.outcome, OLD.person_id, OLD.answered_at)
                OR NEW.answer NOT IN (OLD.answer, '')) THEN
            PERFORM moderation_refuse('This appeal has been answered.');
        END IF;
    END IF;
    SELECT * INTO decided FROM moderation_decision
        WHERE firm_id = NEW.firm_id AND id = NEW.decision_id;
    NEW.first_person_id := decided.person_id;
    IF TG_OP = 'INSERT' THEN
        IF decided.case_id IS DISTINCT FROM NEW.case_id THEN
            PERFORM moderation_refuse('An appeal is against a decision of its own case.');
        END IF;
        IF decided.undone_at IS NOT NULL OR decided.replaced_at IS NOT NULL THEN
            PERFORM moderation_refuse('This decision no longer stands.');
        END IF;
        IF NEW.created_at > decided.created_at + interval '180 days' THEN
            PERFORM moderation_refuse('An appeal is possible for 180 days.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER step BEFORE INSERT OR UPDATE ON moderation_appeal
    FOR EACH ROW EXECUTE FUNCTION moderation_appeal_step();
"""

# A message is no strike, and nothing else follows from it.
STRIKES = """
CREATE FUNCTION moderation_strike_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text;
BEGIN
    SELECT effect INTO what FROM moderation_decision
        WHERE firm_id = NEW.firm_id AND id = NEW.decision_id;
    IF what IN ('none', 'message') THEN
        PERFORM moderation_refuse('A message to the author is not a strike.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER step BEFORE INSERT ON moderation_strike
    FOR EACH ROW EXECUTE FUNCTION moderation_strike_step();
CREATE TRIGGER step BEFORE INSERT ON moderation_penalty
    FOR EACH ROW EXECUTE FUNCTION moderation_strike_step();
"""

BOARD = ("board_offer", "board_ask", "board_lead", "board_target")


def upgrade():
    for functions in (REFUSE, CONTENT, CASES, DECISIONS, APPEALS, STRIKES):
        op.execute(functions)
    for table in BOARD:
        op.execute(
            f"CREATE TRIGGER content_step BEFORE UPDATE OF moderation ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION moderation_content_step()"
        )


def downgrade():
    for table in BOARD:
        op.execute(f"DROP TRIGGER content_step ON {table}")
    op.execute("DROP TRIGGER content_step ON moderation_content")
    for table in ("case", "decision", "appeal", "strike", "penalty"):
        op.execute(f"DROP TRIGGER step ON moderation_{table}")
    op.execute(
        "DROP FUNCTION moderation_content_may, moderation_content_step,"
        " moderation_content_row_step, moderation_case_step, moderation_decision_step,"
        " moderation_appeal_step, moderation_strike_step, moderation_refuse"
    )

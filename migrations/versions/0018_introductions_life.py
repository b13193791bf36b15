"""Introductions: no illegal step, no meeting without every consent, whoever writes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STEPS = """
CREATE FUNCTION introductions_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    needed integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation',
                MESSAGE = 'An introduction begins as proposed, not as ' || NEW.state || '.';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.giver_id, NEW.receiver_id, NEW.need_id, NEW.asset)
            IS DISTINCT FROM (OLD.giver_id, OLD.receiver_id, OLD.need_id, OLD.asset) THEN
        RAISE EXCEPTION 'An introduction never changes hands.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('proposed', 'giver_asked'),
        ('proposed', 'withdrawn'),
        ('proposed', 'stopped'),
        ('giver_asked', 'receiver_asked'),
        ('giver_asked', 'declined'),
        ('giver_asked', 'not_now'),
        ('giver_asked', 'expired'),
        ('giver_asked', 'withdrawn'),
        ('giver_asked', 'stopped'),
        ('receiver_asked', 'outsider_asked'),
        ('receiver_asked', 'introduced'),
        ('receiver_asked', 'declined'),
        ('receiver_asked', 'not_now'),
        ('receiver_asked', 'expired'),
        ('receiver_asked', 'withdrawn'),
        ('receiver_asked', 'stopped'),
        ('outsider_asked', 'introduced'),
        ('outsider_asked', 'declined'),
        ('outsider_asked', 'not_now'),
        ('outsider_asked', 'expired'),
        ('outsider_asked', 'withdrawn'),
        ('outsider_asked', 'stopped'),
        ('not_now', 'giver_asked'),
        ('not_now', 'receiver_asked'),
        ('not_now', 'outsider_asked'),
        ('not_now', 'expired'),
        ('not_now', 'withdrawn'),
        ('not_now', 'stopped'),
        ('introduced', 'kept'),
        ('introduced', 'let_go'),
        ('introduced', 'stopped')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = 'An introduction cannot go from ' || OLD.state || ' to ' || NEW.state || '.';
    END IF;
    needed := (CASE WHEN NEW.asset = 'door' THEN 3 ELSE 2 END);
    IF NEW.state = 'introduced' AND needed > (
        SELECT count(*) FROM introductions_consent AS consent
        WHERE consent.firm_id = NEW.firm_id AND consent.introduction_id = NEW.id
            AND consent.answer = 'yes'
            AND (consent.side IN ('giver', 'receiver') OR NEW.asset = 'door')
    ) THEN
        RAISE EXCEPTION 'Nobody is introduced before every side has said yes.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER steps BEFORE INSERT OR UPDATE ON introductions_introduction
    FOR EACH ROW EXECUTE FUNCTION introductions_steps();
"""


def upgrade():
    table = "introductions_introduction"
    op.add_column(table, sa.Column("origin", sa.Text(), nullable=False, server_default="round"))
    op.add_column(table, sa.Column("outcome_kind", sa.Text(), nullable=False, server_default=""))
    op.add_column(table, sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("giver_asked_at", "receiver_asked_at"):
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column(table, sa.Column("request_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_introductions_introduction_request_id"), table, ["request_id"])
    op.alter_column(table, "origin", server_default=None)
    op.alter_column(table, "outcome_kind", server_default=None)
    op.create_check_constraint(
        op.f("ck_introductions_introduction_origin"),
        table,
        "origin IN ('round', 'help', 'door', 'lead')",
    )
    op.create_check_constraint(
        op.f("ck_introductions_introduction_outcome_kind"),
        table,
        "outcome_kind IN ('', 'meeting', 'interview', 'offer', 'nothing_yet')",
    )
    op.execute(STEPS)


def downgrade():
    table = "introductions_introduction"
    op.execute(f"DROP TRIGGER steps ON {table}")
    op.execute("DROP FUNCTION introductions_steps")
    op.drop_constraint(op.f("ck_introductions_introduction_outcome_kind"), table)
    op.drop_constraint(op.f("ck_introductions_introduction_origin"), table)
    op.drop_index(op.f("ix_introductions_introduction_request_id"), table_name=table)
    op.drop_column(table, "request_id")
    op.drop_column(table, "receiver_asked_at")
    op.drop_column(table, "giver_asked_at")
    op.drop_column(table, "outcome_at")
    op.drop_column(table, "outcome_kind")
    op.drop_column(table, "origin")

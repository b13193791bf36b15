"""The table of steps, in code and in the database."""

import itertools

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from coachhub.core.tenancy import scope
from coachhub.introductions.models import STATES, Consent, Introduction
from coachhub.introductions.steps import TRANSITIONS, IllegalStepError, move

PAIRS = list(itertools.product(STATES, STATES))


def test_table_speaks_of_every_state():
    assert set(TRANSITIONS) == set(STATES)
    assert set().union(*TRANSITIONS.values()) | {"proposed"} == set(STATES)


@pytest.fixture
def introduction_in(session, firm, make_member, make_cohort, make_introduction):
    def make(state, asset="offer"):
        cohort = make_cohort()
        giver, receiver = make_member(cohorts=(cohort,)), make_member(cohorts=(cohort,))
        made = make_introduction(giver, receiver, cohort, asset=asset)
        with scope(firm.id):
            for side in ("giver", "receiver", "outsider"):
                session.add(Consent(introduction_id=made.id, side=side, answer="yes", way="page"))
            session.flush()
            for step in _shortest_way(state):
                move(made, step)
        return made

    return make


def _shortest_way(state):
    ways = {"proposed": []}
    while state not in ways:
        for known, way in list(ways.items()):
            for following in TRANSITIONS[known]:
                ways.setdefault(following, [*way, following])
    return ways[state]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_every_pair_of_states_in_code_and_by_bare_sql(session, firm, introduction_in, old, new):
    legal = new in TRANSITIONS[old]
    with scope(firm.id):
        row = introduction_in(old)
        if legal:
            move(row, new)
            assert row.state == new
        else:
            with pytest.raises(IllegalStepError):
                move(row, new)
            assert row.state == old
        row = introduction_in(old)
        update = text("UPDATE introductions_introduction SET state = :new WHERE id = :id")
        if legal or old == new:
            session.execute(update, {"new": new, "id": row.id})
        else:
            with pytest.raises(IntegrityError, match="cannot go from"), session.begin_nested():
                session.execute(update, {"new": new, "id": row.id})


@pytest.mark.parametrize("state", [state for state in STATES if state != "proposed"])
def test_nothing_begins_anywhere_but_as_proposed(
    session, firm, make_member, make_cohort, make_introduction, state
):
    cohort = make_cohort()
    made = make_introduction(make_member(), make_member(), cohort)
    copy = {column.key: getattr(made, column.key) for column in Introduction.__table__.columns} | {
        "state": state
    }
    del copy["id"]
    with (
        scope(firm.id),
        pytest.raises(IntegrityError, match="begins as proposed"),
        session.begin_nested(),
    ):
        session.add(Introduction(**copy))
        session.flush()


@pytest.mark.parametrize(
    ("asset", "missing"),
    [("offer", "giver"), ("offer", "receiver"), ("door", "outsider"), ("door", "giver")],
)
@pytest.mark.parametrize("answer", [None, "no", "not_now"])
def test_database_introduces_nobody_without_every_consent(
    session, firm, introduction_in, asset, missing, answer
):
    with scope(firm.id):
        row = introduction_in("receiver_asked", asset)
        if asset == "door":
            move(row, "outsider_asked")
        consent = session.query(Consent).filter_by(introduction_id=row.id, side=missing).one()
        if answer is None:
            session.delete(consent)
        else:
            consent.answer = answer
        session.flush()
        with pytest.raises(IntegrityError, match="every side"), session.begin_nested():
            session.execute(
                text("UPDATE introductions_introduction SET state = 'introduced' WHERE id = :id"),
                {"id": row.id},
            )


@pytest.mark.parametrize("column", ["giver_id", "receiver_id", "need_id", "asset"])
def test_an_introduction_never_changes_hands(session, firm, introduction_in, make_member, column):
    with scope(firm.id):
        row = introduction_in("giver_asked")
        value = "door" if column == "asset" else make_member().id
        with pytest.raises(IntegrityError, match="changes hands"), session.begin_nested():
            session.execute(
                text(f"UPDATE introductions_introduction SET {column} = :new WHERE id = :id"),
                {"new": value, "id": row.id},
            )

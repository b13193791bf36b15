"""The table of steps, in code and in the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.introductions.models import STATES, Consent, Introduction
from coachhub.introductions.steps import TRANSITIONS, IllegalStepError, move


@pytest.fixture
def cohort(make_cohort: Any) -> Any:
    return make_cohort()


def test_table_speaks_of_every_state() -> None:
    assert set(TRANSITIONS) == set(STATES)
    assert set().union(*TRANSITIONS.values()) | {"proposed"} == set(STATES)


@pytest.fixture
def introduction_in(
    session: Session, firm: Firm, make_member: Any, make_cohort: Any, make_introduction: Any
) -> Any:
    def make(state: str, asset: str = "offer") -> Any:
        cohort = make_cohort()
        giver, receiver = make_member(cohorts=(cohort,)), make_member(cohorts=(cohort,))
        made = make_introduction(giver, receiver, cohort, asset=asset)
        with scope(firm.id):
            for side in ("giver", "receiver", "outsider"):
                session.add(Consent(introduction_id=made.id, side=side, answer="yes", way="page"))
            session.flush()
            for step in _shortest_way(state):
                take_step(made, step)
        return made

    return make


FACTS = {
    "introduced": {"introduced_at": now(), "due_on": now().date()},
    "kept": {"kept_at": now()},
    "not_now": {"not_before": now().date()},
}


def take_step(introduction: Introduction, state: str) -> None:
    """Take one step with the facts that belong to it."""
    for column, value in FACTS.get(state, {}).items():
        setattr(introduction, column, value)
    move(introduction, state)


def _shortest_way(state: str) -> list[str]:
    ways = {"proposed": []}
    while state not in ways:
        for known, way in list(ways.items()):
            for following in TRANSITIONS[known]:
                ways.setdefault(following, [*way, following])
    return ways[state]


@pytest.mark.parametrize("old", STATES)
def test_every_pair_of_states_in_code_and_by_bare_sql(
    session: Session, firm: Firm, introduction_in: Any, old: str
) -> None:
    table = Introduction.__table__
    with scope(firm.id):
        stays = introduction_in(old)
        for new in STATES:
            if new in TRANSITIONS[old]:
                row = introduction_in(old)
                take_step(row, new)
                assert row.state == new
                update = table.update().where(table.c.id == introduction_in(old).id)
                session.execute(update.values(state=new, **FACTS.get(new, {})))
                continue
            with pytest.raises(IllegalStepError):
                move(stays, new)
            assert stays.state == old
            if new != old:
                update = table.update().where(table.c.id == stays.id)
                with pytest.raises(IntegrityError, match="cannot go from"), session.begin_nested():
                    session.execute(update.values(state=new, **FACTS.get(new, {})))


@pytest.mark.parametrize("state", [state for state in STATES if state != "proposed"])
def test_nothing_begins_anywhere_but_as_proposed(
    session: Session,
    firm: Firm,
    make_member: Any,
    make_cohort: Any,
    make_introduction: Any,
    state: str,
) -> None:
    cohort = make_cohort()
    made = make_introduction(make_member(), make_member(), cohort)
    copy = {column.key: getattr(made, column.key) for column in Introduction.__table__.columns} | {
        "state": state
    }
    del copy["id"]
    with scope(firm.id), session.begin_nested():
        session.add(Introduction(**copy))
        with pytest.raises(IntegrityError, match="begins as proposed"):
            session.flush()


@pytest.mark.parametrize(
    ("asset", "missing"),
    [("offer", "giver"), ("offer", "receiver"), ("door", "outsider"), ("door", "giver")],
)
@pytest.mark.parametrize("answer", [None, "no", "not_now"])
def test_database_introduces_nobody_without_every_consent(
    session: Session, firm: Firm, introduction_in: Any, asset: str, missing: str, answer: str | None
) -> None:
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
def test_an_introduction_never_changes_hands(
    session: Session, firm: Firm, introduction_in: Any, make_member: Any, column: str
) -> None:
    with scope(firm.id):
        row = introduction_in("giver_asked")
        table = Introduction.__table__
        value = "door" if column == "asset" else make_member().id
        with pytest.raises(IntegrityError, match="changes hands"), session.begin_nested():
            session.execute(
                table.update().where(table.c.id == row.id).values({column: value}),
            )


@pytest.mark.parametrize(
    ("state", "columns"),
    [
        ("giver_asked", {"introduced_at": now()}),
        ("receiver_asked", {"thanked_at": now()}),
        ("declined", {"outcome_at": now()}),
        ("introduced", {"kept_at": now()}),
        ("introduced", {"due_on": None}),
        ("kept", {"introduced_at": None}),
        ("kept", {"kept_at": None}),
        ("not_now", {"not_before": None}),
    ],
)
def test_facts_stand_only_where_they_belong(
    session: Session, firm: Firm, introduction_in: Any, state: str, columns: dict[str, Any]
) -> None:
    table = Introduction.__table__
    with scope(firm.id):
        update = table.update().where(table.c.id == introduction_in(state).id)
        with pytest.raises(IntegrityError, match="violates check"), session.begin_nested():
            session.execute(update.values(**columns))


def test_nobody_gives_to_themselves(make_introduction: Any, make_member: Any, cohort: Any) -> None:
    member = make_member(cohorts=(cohort,))
    with pytest.raises(IntegrityError, match="_two"):
        make_introduction(member, member, cohort)


def test_every_change_counts_and_a_write_that_saw_less_is_refused(
    session: Session, firm: Firm, introduction_in: Any
) -> None:
    table = Introduction.__table__
    with scope(firm.id):
        row = introduction_in("giver_asked")
        before = row.version
        session.execute(table.update().where(table.c.id == row.id).values(version=99, gift="Tea."))
        with pytest.raises(StaleDataError), session.begin_nested():
            row.blurb = "Written over what has changed."
        session.refresh(row)
        assert (row.version, row.gift, row.blurb) == (before + 1, "Tea.", "")
        row.blurb = "Seen, then written."
        session.flush()
        assert row.version == before + 2

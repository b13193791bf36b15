"""The whole life as a model: whatever people do, in whatever order, privacy holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.introductions import life, promises, queries, searches
from coachhub.introductions.answers import Answer
from coachhub.introductions.calendar import in_days
from coachhub.introductions.jobs import clock
from coachhub.introductions.models import OPEN_STATES, Consent, Introduction
from coachhub.introductions.rules import asked_in_person
from coachhub.introductions.steps import ASKED, TRANSITIONS, sides
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle, words_of

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
OUTSIDE = ("Corwin", "Contactworth", CONTACT_MAIL)
WORDS = st.sampled_from(["yes", "no", "not_now"])
LIKELY = st.sampled_from(["yes", "yes", "yes", "yes", "not_now", "no"])
ASSETS = st.sampled_from(["door", "insider", "offer", "buddy"])
PICK = st.integers(min_value=0, max_value=99)


class Life(RuleBasedStateMachine):
    """People answer, step back, stop, promise and thank; days go by; nothing leaks."""

    circle: Circle  # set by the test, the same for all runs
    session: Session
    met: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.exits = ExitStack()
        self.seen: dict[Any, str] = {}
        self.mails_read = 0

    @initialize()
    def begin(self) -> None:
        self.exits.enter_context(scope(self.circle.firm.id))
        self.exits.enter_context(_undone(self.session))
        self.traveller = self.exits.enter_context(time_machine.travel(START, tick=False))

    def teardown(self) -> None:
        self.exits.close()

    def rows(self) -> list[Introduction]:
        return list(self.session.scalars(select(Introduction).order_by(Introduction.id)))

    def one(self, pick: int) -> Introduction:
        rows = self.rows()
        return rows[pick % len(rows)]

    def asked(self) -> list[Introduction]:
        return [row for row in self.rows() if row.state in ASKED]

    @rule(asset=ASSETS)
    def propose(self, asset: str) -> None:
        with _may_be_refused(self.session):
            self.circle.asked(asset)

    @rule()
    def ask_for_door(self) -> None:
        with _may_be_refused(self.session):
            given = Answer("yes", gift="Marmalade.", blurb="Harbours.")
            searches.ask_for_door(self.circle.act("receiver"), self.circle.target.id, given)

    @precondition(lambda self: self.asked())
    @rule(pick=PICK, word=LIKELY, email=st.sampled_from([CONTACT_MAIL, ""]))
    def whoever_is_asked_answers(self, pick: int, word: str, email: str) -> None:
        rows = self.asked()
        row = rows[pick % len(rows)]
        self.say(row, row.state.removesuffix("_asked"), word, email)

    @precondition(lambda self: self.asked())
    @rule(pick=PICK, email=st.sampled_from([CONTACT_MAIL, ""]))
    def everybody_agrees(self, pick: int, email: str) -> None:
        rows = self.asked()
        row = rows[pick % len(rows)]
        while row.state in ASKED:
            self.say(row, row.state.removesuffix("_asked"), "yes", email)

    @precondition(lambda self: self.rows())
    @rule(pick=PICK, side=st.sampled_from(["giver", "receiver", "outsider"]), word=WORDS)
    def somebody_answers(self, pick: int, side: str, word: str) -> None:
        self.say(self.one(pick), side, word, CONTACT_MAIL)

    def say(self, row: Introduction, side: str, word: str, email: str) -> None:
        with _may_be_refused(self.session):
            if side == "giver" and word == "yes":
                self.circle.giver_yes(row, email)
            elif side == "outsider" and asked_in_person(row):
                given = Answer(word, until=in_days(9))  # type: ignore[arg-type]
                life.answer(self.circle.act("giver"), row, "outsider", given)
            elif side == "outsider":
                self.circle.outsider(row, Answer(word, "link", in_days(9)))  # type: ignore[arg-type]
            else:
                given = Answer(word, until=in_days(9))  # type: ignore[arg-type]
                life.answer(self.circle.act(side), row, side, given)  # type: ignore[arg-type]

    @precondition(lambda self: self.rows())
    @rule(pick=PICK, who=st.sampled_from(["giver", "receiver", "coach"]))
    def break_off(self, pick: int, who: str) -> None:
        with _may_be_refused(self.session):
            if who == "coach":
                life.stop(self.circle.act("coach"), self.one(pick))
            else:
                life.withdraw(self.circle.act(who), self.one(pick))

    @precondition(lambda self: self.rows())
    @rule(pick=PICK, what=st.sampled_from([promises.keep, promises.let_go]))
    def end_promise(self, pick: int, what: Any) -> None:
        with _may_be_refused(self.session):
            what(self.circle.act("giver"), self.one(pick))

    @rule(days=st.sampled_from([0.5, 1.5, 3.0, 7.5, 15.0]))
    def days_go_by(self, days: float) -> None:
        self.traveller.shift(dt.timedelta(days=days))
        clock.function(self.circle.firm.id)

    @invariant()
    def met_only_with_every_consent(self) -> None:
        if not self.circle_is_open():
            return
        for row in self.rows():
            if row.introduced_at is None:
                continue
            self.met.add(row.asset)
            said = self.session.scalars(
                select(Consent.answer).where(Consent.introduction_id == row.id)
            ).all()
            assert said == ["yes"] * len(sides(row))

    @invariant()
    def steps_are_legal(self) -> None:
        if not self.circle_is_open():
            return
        for row in self.rows():
            before = self.seen.get(row.id, "proposed")
            assert row.state == before or row.state in _within_reach(before)
            self.seen[row.id] = row.state

    @invariant()
    def one_open_introduction_for_a_pair_and_a_need(self) -> None:
        if not self.circle_is_open():
            return
        most = self.session.scalar(
            select(func.count())
            .where(Introduction.state.in_(OPEN_STATES[1:]))
            .group_by(Introduction.giver_id, Introduction.receiver_id, Introduction.need_id)
            .order_by(func.count().desc())
            .limit(1)
        )
        assert most in {None, 1}

    @invariant()
    def nobody_is_shown_a_name_too_early(self) -> None:
        if not self.circle_is_open():
            return
        for seen in queries.mine(self.circle.receiver.id):
            if not seen.met:
                names = [*OUTSIDE, *([GIVER] if seen.blind else [])]
                told = f"{seen} {seen.next_step} {seen.stages}"
                assert not [name for name in names if name in told]
        for seen in queries.mine(self.circle.giver.id):
            if not seen.met and seen.asset == "buddy":
                assert RECEIVER not in f"{seen} {seen.next_step}"

    @invariant()
    def no_mail_tells_a_name_too_early(self) -> None:
        if not self.circle_is_open():
            return
        mails = self.circle.mails()
        for mail in mails[self.mails_read :]:
            row = next(row for row in self.rows() if row.id == mail.introduction_id)
            if row.introduced_at is None and mail.membership_id == self.circle.receiver.id:
                names = [*OUTSIDE, *([GIVER] if row.asset in {"door", "buddy"} else [])]
                assert not [name for name in names if name in words_of(mail)]
        self.mails_read = len(mails)

    def circle_is_open(self) -> bool:
        return hasattr(self, "traveller")


def _within_reach(state: str) -> set[str]:
    """Return the states that one call may lead to: a call may take several legal steps."""
    found = {state}
    while more := set().union(*(TRANSITIONS[one] for one in found)) - found:
        found |= more
    return found


@contextmanager
def _may_be_refused(session: Session) -> Iterator[None]:
    try:
        with session.begin_nested():
            yield
    except DomainError:
        pass


@contextmanager
def _undone(session: Session) -> Iterator[None]:
    savepoint = session.begin_nested()
    yield
    savepoint.rollback()
    session.expire_all()


def test_the_whole_life(circle: Circle, session: Session) -> None:
    Life.circle, Life.session, Life.met = circle, session, set()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert "door" in Life.met  # the runs went all the way, more than once
    assert len(Life.met) > 1

"""Reminders, expiries, asking again, promises' days: the clock, with time turned by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from coachhub.introductions import life, promises
from coachhub.introductions.answers import Answer
from coachhub.introductions.calendar import in_days, today
from coachhub.introductions.jobs import clock
from fixtures_circle import Circle, words_of

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def traveller() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as made:
        yield made


@pytest.fixture
def turn(traveller: Any, here: Circle) -> Any:
    """Go to a day (and hour) after the start and let the clock run, twice."""

    def go(days: float) -> None:
        traveller.move_to(START + dt.timedelta(days=days))
        clock.function(here.firm.id)
        clock.function(here.firm.id)

    return go


def kinds(here: Circle) -> list[str]:
    return [row.kind for row in here.mails()]


def test_a_reminder_after_three_days_and_an_end_after_seven(here: Circle, turn: Any) -> None:
    made = here.asked()
    turn(2.9)
    assert kinds(here) == ["giver-asked"]
    turn(3)
    assert kinds(here) == ["giver-asked", "expired-reminder"]
    turn(6.9)
    assert made.state == "giver_asked"
    turn(7)
    assert made.state == "expired"
    turn(30)
    assert kinds(here) == ["giver-asked", "expired-reminder"]


def test_each_side_has_its_own_week(here: Circle, turn: Any) -> None:
    made = here.asked()
    turn(6)
    here.giver_yes(made)
    turn(12)
    assert made.state == "receiver_asked"
    assert kinds(here).count("expired-reminder") == 2
    turn(13)
    assert made.state == "expired"


def test_an_outside_contact_gets_one_mail_and_no_reminder(here: Circle, turn: Any) -> None:
    made = here.at("outsider_asked")
    before = kinds(here)
    turn(6)
    assert kinds(here) == before
    turn(7)
    assert made.state == "expired"
    assert kinds(here) == before


def test_a_giver_who_asks_in_person_is_reminded(here: Circle, turn: Any) -> None:
    here.at("outsider_asked", email="")
    turn(3)
    assert kinds(here).count("ask-in-person") == 2


@pytest.mark.parametrize("side", ["giver", "receiver"])
def test_not_now_is_asked_again_on_its_day(here: Circle, turn: Any, side: str) -> None:
    made = here.at(f"{side}_asked")
    life.answer(here.act(side), made, side, Answer("not_now", until=in_days(20)))
    assert made.state == "not_now"
    turn(19)
    assert made.state == "not_now"
    turn(20)
    assert made.state == f"{side}_asked"
    assert kinds(here).count(f"{side}-asked") == 2
    getattr(here, f"{side}_yes")(made)
    assert made.state == {"giver": "receiver_asked", "receiver": "outsider_asked"}[side]


def test_an_outside_contact_who_said_later_is_asked_again_then(here: Circle, turn: Any) -> None:
    made = here.at("outsider_asked")
    here.outsider(made, Answer("not_now", way="link", until=in_days(40)))
    turn(40)
    assert made.state == "outsider_asked"
    assert kinds(here).count("outsider-asked") == 2


def test_asking_again_gives_way_to_another_open_one(here: Circle, turn: Any) -> None:
    made = here.asked()
    life.answer(here.act("giver"), made, "giver", Answer("not_now", until=in_days(5)))
    other = here.asked()
    turn(5)
    assert (made.state, other.state) == ("expired", "giver_asked")


def test_promise_reminders_two_days_before_and_on_the_day(here: Circle, turn: Any) -> None:
    made = here.at("introduced", "insider")
    assert made.due_on == dt.date(2026, 3, 9)
    turn(4)
    assert kinds(here).count("promise-reminder") == 0
    turn(5)
    assert kinds(here).count("promise-reminder") == 1
    turn(6)
    assert kinds(here).count("promise-reminder") == 1
    turn(7)
    assert kinds(here).count("promise-reminder") == 2
    assert made.reminded == 2
    assert not promises.is_late(made)
    turn(8)
    assert promises.is_late(made)
    assert kinds(here).count("promise-reminder") == 2


def test_more_time_brings_new_reminders(here: Circle, turn: Any) -> None:
    made = here.at("introduced", "insider")
    turn(7)
    assert kinds(here).count("promise-reminder") == 1
    promises.more_time(here.act("giver"), made, in_days(10))
    assert not promises.is_late(made)
    turn(14)
    assert kinds(here).count("promise-reminder") == 1
    turn(15)
    assert kinds(here).count("promise-reminder") == 2
    turn(17)
    assert kinds(here).count("promise-reminder") == 3


def test_a_kept_promise_is_left_in_peace(here: Circle, turn: Any) -> None:
    made = here.at("introduced", "insider")
    promises.keep(here.act("giver"), made)
    turn(7)
    assert kinds(here).count("promise-reminder") == 0
    assert kinds(here)[-1] == "promise-kept"


@pytest.mark.usefixtures("traveller")
def test_days_are_the_firms_own(here: Circle) -> None:
    here.firm.timezone = "Pacific/Apia"
    here.session.flush()
    assert today() == dt.date(2026, 3, 3)
    here.firm.timezone = "Pacific/Pago_Pago"
    here.session.flush()
    assert today() == dt.date(2026, 3, 2)


def test_one_that_fails_does_not_hold_up_the_others(
    here: Circle, turn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = here.asked()
    good = here.asked("insider", giver_id=here.receiver.id, receiver_id=here.giver.id)
    expire = life.expire

    def fail(introduction: Any) -> None:
        if introduction.id == bad.id:
            raise RuntimeError("Something is wrong with this one.")
        expire(introduction)

    monkeypatch.setattr(life, "expire", fail)
    turn(7)
    assert (bad.state, good.state) == ("giver_asked", "expired")


def test_a_late_promise_says_so_in_the_reminder(here: Circle, turn: Any) -> None:
    made = here.at("introduced", "insider")
    turn(9)
    life.nudge(here.act("coach"), made)
    mail = words_of(here.mails("promise-reminder")[-1])
    assert "Your promise was due on 9 March 2026" in mail
    assert "Your coach asked us" in mail

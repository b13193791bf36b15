"""A door that a member asks for, without learning who has one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from coachhub.cohorts.models import Enrolment
from coachhub.contacts.models import Contact
from coachhub.core.errors import NotFoundError
from coachhub.introductions import life, queries, searches
from coachhub.introductions.answers import Answer
from coachhub.introductions.calendar import in_days
from coachhub.introductions.direct import DirectError
from coachhub.introductions.jobs import clock
from coachhub.introductions.models import Introduction
from fixtures_circle import CONTACT_MAIL, GIVER, Circle, words_of

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
YES = Answer("yes", gift="Marmalade.", blurb="I know harbours.")


@pytest.fixture
def traveller() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as made:
        yield made


@pytest.fixture
def second(here: Circle, make_member: Any) -> Any:
    """Somebody else with a weaker door at the same company."""
    member = make_member("Wanda Weaker")
    here.session.add_all(
        [
            Enrolment(cohort_id=here.cohort.id, membership_id=member.id),
            Contact(
                owner_id=member.id,
                fingerprint="f2",
                first_name="Noel",
                last_name="Nextdoor",
                company_id=here.company.id,
                strength=1,
            ),
        ]
    )
    here.session.flush()
    return member


def newest(here: Circle) -> Introduction:
    return here.session.query(Introduction).order_by(Introduction.created_at.desc()).limit(1).one()


def say_no(here: Circle, made: Introduction) -> None:
    life.answer(here.act("giver"), made, "giver", Answer("no"))


@pytest.mark.usefixtures("second")
def test_the_strongest_door_is_asked_and_its_owner_stays_unknown(here: Circle) -> None:
    made = searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    assert (made.state, made.giver_id) == ("giver_asked", here.giver.id)
    assert [row.kind for row in here.mails()] == ["giver-asked"]
    (seen,) = queries.mine(here.receiver.id)
    assert seen.other.name == ""
    assert GIVER not in f"{seen} {seen.next_step} {seen.stages}"
    assert "looking for the right person" in seen.next_step
    here.giver_yes(made)
    assert made.state == "outsider_asked"
    here.outsider(made, Answer("yes", way="link"))
    assert made.state == "introduced"
    assert queries.mine(here.receiver.id)[0].contact.email == CONTACT_MAIL


@pytest.mark.parametrize("how", ["no", "not_now", "silence"])
def test_after_a_quiet_no_the_next_one_is_asked_and_nothing_shows(
    here: Circle, second: Any, traveller: Any, how: str
) -> None:
    made = searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    before = queries.mine(here.receiver.id)
    if how == "no":
        say_no(here, made)
    elif how == "not_now":
        life.answer(here.act("giver"), made, "giver", Answer("not_now", until=in_days(30)))
    assert queries.mine(here.receiver.id) == before
    clock.function(here.firm.id)
    assert newest(here).id == made.id
    traveller.shift(dt.timedelta(days=7.5 if how == "silence" else 1.5))
    clock.function(here.firm.id)
    if how == "silence":
        traveller.shift(dt.timedelta(days=1.5))
    clock.function(here.firm.id)
    following = newest(here)
    assert (following.giver_id, following.state) == (second.id, "giver_asked")
    assert (following.gift, following.blurb) == ("Marmalade.", "I know harbours.")
    # The very same line, under the very same address, with nothing changed in it.
    assert queries.mine(here.receiver.id) == before
    assert queries.one(here.act("receiver"), made.id)[1] == before[0]
    with pytest.raises(NotFoundError):
        queries.one(here.act("receiver"), following.id)
    assert not here.mails_to(here.receiver)


def test_a_not_now_gives_way_once_somebody_else_is_asked(
    here: Circle, second: Any, traveller: Any
) -> None:
    made = searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    life.answer(here.act("giver"), made, "giver", Answer("not_now", until=in_days(3)))
    traveller.shift(dt.timedelta(days=1.5))
    clock.function(here.firm.id)
    assert newest(here).giver_id == second.id
    traveller.shift(dt.timedelta(days=3))
    clock.function(here.firm.id)
    assert made.state == "expired"


def test_a_search_rests_after_two_weeks_whoever_said_what(here: Circle, traveller: Any) -> None:
    made = searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    say_no(here, made)
    traveller.shift(dt.timedelta(days=13.9))
    clock.function(here.firm.id)
    assert queries.mine(here.receiver.id)[0].step == "wait"
    with pytest.raises(DirectError, match="already"):
        searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    traveller.shift(dt.timedelta(days=0.2))
    assert queries.mine(here.receiver.id)[0].step == "rest"
    with pytest.raises(DirectError, match="Nobody in your group"):
        searches.ask_for_door(here.act("receiver"), here.target.id, YES)


@pytest.mark.usefixtures("second")
def test_stepping_back_ends_the_whole_search(here: Circle, traveller: Any) -> None:
    made = searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    say_no(here, made)
    life.withdraw(here.act("receiver"), made)
    traveller.shift(dt.timedelta(days=2))
    clock.function(here.firm.id)
    assert newest(here).id == made.id
    assert queries.mine(here.receiver.id)[0].step == "said_no"


def test_only_for_ones_own_target_and_only_where_there_is_a_door(here: Circle) -> None:
    with pytest.raises(NotFoundError):
        searches.ask_for_door(here.act("giver"), here.target.id, YES)
    here.session.merge(here.contact).hidden = True
    here.session.flush()
    with pytest.raises(DirectError, match="Nobody in your group"):
        searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    assert here.mails() == []


def test_giver_of_a_search_reads_why(here: Circle) -> None:
    searches.ask_for_door(here.act("receiver"), here.target.id, YES)
    mail = " ".join(words_of(here.mails("giver-asked")[0]).split())
    assert "A door there was asked for, and you know somebody." in mail
    assert "Marmalade." in mail

"""Alumni doors: asked once, within limits that are theirs, for a year, ended with one click."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.core.access import Actor
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.firms.models import Firm
from coachhub.introductions import alumni, searches
from coachhub.introductions.calendar import today
from coachhub.introductions.matching.kept import NOTHING
from coachhub.introductions.matching.search import ground_of, keep_matches, matches_on
from coachhub.introductions.models import AlumniDoor, Introduction
from coachhub.introductions.rounds.market import RoundSettings, plan_of
from coachhub.permissions import Standing

A_YEAR = dt.timedelta(days=365)


@pytest.fixture
def alum(five: Any, make_member: Any, make_cohort: Any, session: Any) -> Any:
    """Somebody of an earlier cohort who has landed, and knows people at Shell, which Ada wants."""
    earlier = make_cohort(name="Earlier")
    made = make_member("Alma Example", cohorts=(earlier,))
    session.add(made)
    made.landed_on = today() - dt.timedelta(days=200)
    five.shell = five.board.company("Shell")
    five.board.target(five.ada, five.shell, roles="Planner")
    five.board.contact(made, five.shell, strength=3)
    session.flush()
    return made


def actor(member: Any) -> Actor:
    return Actor(member.name, member.person_id, member.id, frozenset({Standing.MEMBER}))


def opened(member: Any, asks: int = 2, about: str = "", until: dt.date | None = None) -> AlumniDoor:
    draft = alumni.DoorDraft(asks, until or today() + A_YEAR, about)
    return alumni.open_door(actor(member), draft)


def test_nobody_opens_doors_unasked(five: Any, alum: Any) -> None:
    assert five.matches() == []
    opened(alum)
    match = five.only()
    assert (match.asset, match.giver_id, match.receiver_id) == ("door", alum.id, five.ada.id)
    assert match.reason == "A strong door at Shell, which is wanted."


def test_what_is_kept_sees_an_alumnus_whose_cohort_is_another(
    five: Any, alum: Any, session: Any
) -> None:
    opened(alum)
    keep_matches(five.cohort.id)
    five.board.contact(alum, five.board.company("BP"))
    five.board.target(five.ben, five.board.company("BP two"))
    for contact_at in (five.shell,):
        five.board.target(five.ben, contact_at)
    session.flush()
    ground = ground_of(five.cohort, today())
    assert five.matches() == matches_on(five.cohort, ground, today(), kept=NOTHING)
    alumni.close_door(actor(alum))
    assert {match.giver_id for match in five.matches()} & {alum.id} == set()


@pytest.mark.parametrize(
    ("about", "found"), [("", 1), ("Shell", 1), ("planners", 1), ("Nursing, BP", 0)]
)
def test_about_what(five: Any, alum: Any, about: str, found: int) -> None:
    opened(alum, about=about)
    assert len(five.matches()) == found


def test_no_more_asks_a_month_than_they_said(
    five: Any, alum: Any, make_introduction: Any, session: Any
) -> None:
    opened(alum, asks=2)
    five.board.target(five.ben, five.shell)
    gives = lambda: [m for m in five.matches() if m.giver_id == alum.id]  # noqa: E731 - asked often
    assert len(gives()) == 2
    people = ground_of(five.cohort, today()).people
    settings = RoundSettings(max_chain=1, give_cap=5)
    turns = {one.id: one.give for one in plan_of(people, gives(), settings).market.members}
    assert turns[alum.id.hex] == 2
    step = make_introduction(alum, five.di, five.cohort, state="giver_asked")
    people = ground_of(five.cohort, today()).people
    turns = {one.id: one.give for one in plan_of(people, gives(), settings).market.members}
    assert turns[alum.id.hex] == 1
    make_introduction(alum, five.ed, five.cohort, state="giver_asked")
    assert gives() == []
    for row in session.scalars(select(Introduction)):
        row.giver_asked_at -= dt.timedelta(days=31)
    session.flush()
    assert len(gives()) == 2
    assert step.giver_id == alum.id


def test_it_ends_with_the_year_the_click_and_the_membership(
    five: Any, alum: Any, session: Any
) -> None:
    door = opened(alum)
    assert len(five.matches()) == 1
    door.until = today() - dt.timedelta(days=1)
    session.flush()
    assert five.matches() == []
    door.until = today()
    session.flush()
    assert len(five.matches()) == 1
    alumni.close_door(actor(alum))
    assert five.matches() == []
    opened(alum)
    alum.state = "left"
    session.flush()
    assert five.matches() == []


def test_their_limits_hold_in_their_own_cohort_too(
    five: Any, make_introduction: Any, session: Any
) -> None:
    shell = five.board.company("Shell")
    target = five.board.target(five.ada, shell, roles="Planner")
    five.board.contact(five.ben, shell, strength=3)
    five.ben.landed_on = today()
    session.flush()
    asked_for = lambda: searches._givers(target)  # noqa: E731 - asked often
    assert (len(five.matches()), asked_for()) == (1, [five.ben.id])
    opened(five.ben, asks=1, about="Nursing")
    assert (five.matches(), asked_for()) == ([], [])
    opened(five.ben, asks=1, about="planners")
    assert (len(five.matches()), asked_for()) == (1, [five.ben.id])
    make_introduction(five.ben, five.di, five.cohort, state="giver_asked")
    assert (five.matches(), asked_for()) == ([], [])
    opened(five.ben, asks=2)
    assert (len(five.matches()), asked_for()) == (1, [five.ben.id])
    alumni.close_door(actor(five.ben))
    assert (five.matches(), asked_for()) == ([], [])


@pytest.mark.parametrize(("asks", "days"), [(0, 30), (11, 30), (2, 0), (2, -1), (2, 400)])
def test_limits_of_the_limits(alum: Any, asks: int, days: int) -> None:
    with pytest.raises(DomainError):
        opened(alum, asks=asks, until=today() + dt.timedelta(days=days))


def test_only_who_has_landed_is_asked(five: Any, session: Any) -> None:
    with pytest.raises(NotFoundError):
        opened(five.ada)
    assert alumni.homes([actor(five.ada)])[0] == []
    target = five.board.target(five.ada, five.board.company("OMV"))
    target.stage = "landed"
    session.flush()
    assert len(alumni.homes([actor(five.ada)])[0]) == 1
    opened(five.ada)
    assert five.ada.landed_on == today()
    assert alumni.homes([actor(five.ada)])[0] == []


def test_asked_once_and_again_before_the_year_is_over(alum: Any, session: Any) -> None:
    assert [item.action for item in alumni.homes([actor(alum)])[0]] == ["Give an answer"]
    door = opened(alum)
    assert alumni.homes([actor(alum)])[0] == []
    door.until = today() + dt.timedelta(days=20)
    session.flush()
    (item,) = alumni.homes([actor(alum)])[0]
    assert "ends soon" in item.title
    door.until = today() - dt.timedelta(days=1)
    session.flush()
    (item,) = alumni.homes([actor(alum)])[0]
    assert "is over" in item.title
    alumni.close_door(actor(alum))
    assert alumni.homes([actor(alum)])[0] == []


def test_what_they_gave_is_told_and_thanked(
    five: Any,
    alum: Any,
    make_introduction: Any,
    client: Any,
    sign_in: Any,
    session: Any,
    firm: Firm,
) -> None:
    door = opened(alum)
    door.until = today() + dt.timedelta(days=3)
    for receiver in (five.ada, five.ben):
        met = make_introduction(alum, receiver, five.cohort, state="introduced")
        met.thanks, met.thanked_at = "Thank you", met.introduced_at
    session.flush()
    assert alumni.given(alum.id) == (2, 2)
    (item,) = alumni.homes([actor(alum)])[0]
    assert "You made 2 introductions: thank you." in item.text
    sign_in(client, alum)
    page = client.get(f"/f/{firm.slug}/alumni").text
    assert "You made 2 introductions since you landed, and were thanked for 2." in page


def test_a_no_is_remembered(alum: Any) -> None:
    alumni.close_door(actor(alum))
    assert alumni.homes([actor(alum)])[0] == []


def test_the_page(
    five: Any, alum: Any, client: Any, sign_in: Any, session: Any, firm: Firm
) -> None:
    session.commit()
    sign_in(client, alum)
    address = f"/f/{firm.slug}/alumni"
    page = client.get(address)
    assert "Open my doors" in page.text
    page = client.post(address, data={"asks_a_month": "99", "about": "Energy", "until": ""})
    assert page.status_code == 422
    assert 'value="99"' in page.text
    until = str(today() + A_YEAR)
    page = client.post(address, data={"asks_a_month": "3", "about": "Shell", "until": until})
    assert page.status_code == 303
    page = client.get(address)
    assert "You take up to 3 asks a month, about Shell" in page.text
    assert client.post(f"{address}/end").status_code == 303
    session.expire_all()
    assert five.matches() == []
    sign_in(client, five.ada)
    assert client.get(address).status_code == 404

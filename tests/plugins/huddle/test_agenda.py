"""The agenda: what the board brings, what is private never, the coach's own lines, who came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from coachhub.board.models import Ask
from coachhub.core.tenancy import scope
from coachhub.introductions.models import Introduction
from coachhub_huddle.agenda import agenda_of
from coachhub_huddle.models import Attendance, Huddle, Line
from fixtures_board_posts import Board
from plugins.huddle.weekly import Group

Introduce = Callable[[str], None]
SECRET = "Secretive Robotics"


@pytest.fixture
def board(group: Group) -> Board:
    """Put something of each kind on the board, some of it not for the room."""
    made = Board(group.session, group.cohort)
    with scope(group.firm.id):
        door = made.company("Harbour Foods")
        ada, ben = group.ada, group.ben
        made.offer(ada, kind="time", title="A mock interview on Thursdays")
        made.offer(ben, kind="skill", title="Held back by a moderator", moderation="quarantined")
        made.ask(ben, kind="research", title="Who runs the plant in Leuna?")
        made.ask(ada, kind="time", title="Answered already")
        made.target(ada, company=door, roles="Plant manager", learn="Whether they fire Jo")
        made.target(ben, company=door)
        made.contact(ada, made.company(SECRET))
        group.session.commit()
    return made


@pytest.fixture
def introduce(group: Group, make_introduction: Callable[..., Introduction]) -> Introduce:
    """Let an introduction answer Ada's ask, and go as far as a state."""

    def make(state: str) -> None:
        with scope(group.firm.id):
            asked = group.session.scalars(select(Ask).where(Ask.title == "Answered already")).one()
        given = {"need": "ask", "need_id": asked.id, "state": state}
        make_introduction(group.ben, group.ada, group.cohort, **given)
        group.session.commit()

    return make


def texts(group: Group, huddle: Huddle) -> dict[str, list[str]]:
    with scope(group.firm.id):
        drawn = agenda_of(group.cohort, group.again(huddle))
        return {
            one.key: [f"{item.text}|{item.note}" for item in one.shown] for one in drawn.sections
        }


@pytest.mark.usefixtures("board")
def test_the_board_fills_the_agenda_with_what_all_may_know(
    group: Group, introduce: Introduce
) -> None:
    [first, *_rest] = group.meets()
    introduce("kept")
    assert texts(group, first) == {
        "offers": ["A mock interview on Thursdays|Ada, time"],
        "asks": ["Who runs the plant in Leuna?|Ben"],
        "targets": ["Harbour Foods|2 members"],
        "kept": ["1 introduction made|", "1 promise kept|"],
    }
    page = group.as_(group.ada).get(group.page(str(first.id))).text
    for private in (
        "Held back",
        SECRET,
        "Quackenbush",
        "Plant manager",
        "fire Jo",
        "Ada Adler gives",
    ):
        assert private not in page


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize("state", ["proposed", "giver_asked", "declined"])
def test_an_ask_waits_until_people_met_and_nobody_sees_who_is_asked(
    group: Group, introduce: Introduce, state: str
) -> None:
    [first, *_rest] = group.meets()
    before = texts(group, first)
    introduce(state)
    assert texts(group, first) == before
    assert "Answered already|Ada" in before["asks"]


@pytest.mark.usefixtures("board")
def test_next_time_only_what_came_since_stands_there(group: Group) -> None:
    first, second, *_rest = group.meets()
    group.clock.move_to(first.ends_at + dt.timedelta(hours=1))
    assert texts(group, second)["offers"] == []
    assert texts(group, first)["offers"] == ["A mock interview on Thursdays|Ada, time"]
    assert (
        "No new offer since last time." in group.as_(group.ada).get(group.page(str(second.id))).text
    )


@pytest.mark.usefixtures("board")
def test_the_coach_leaves_out_one_line_or_a_whole_part(group: Group) -> None:
    [first, *_rest] = group.meets()
    coach = group.as_(group.coach)
    where = group.page(f"{first.id}/leave-out")
    for key in ("target:Harbour Foods", "offers", "no such key"):
        assert coach.post(where, data={"key": key}).status_code == 303
    seen = group.as_(group.ada).get(group.page(str(first.id))).text
    assert "Harbour Foods" not in seen
    assert "A mock interview" not in seen
    assert "Put it back" in coach.get(group.page(str(first.id))).text
    coach.post(where, data={"key": "offers"})
    assert "A mock interview" in group.as_(group.ada).get(group.page(str(first.id))).text
    with scope(group.firm.id):
        assert group.again(first).left_out == ["target:Harbour Foods"]


def test_the_coachs_own_lines_are_written_moved_changed_and_taken_off(group: Group) -> None:
    [first, *_rest] = group.meets()
    coach = group.as_(group.coach)
    lines = group.page(f"{first.id}/lines")
    assert coach.post(lines, data={"text": " "}).status_code == 422
    for text in ("How to ask for a small step", "A guest from the <b>bank</b>"):
        coach.post(lines, data={"text": text})
    with scope(group.firm.id):
        ids = [str(one.id) for one in group.session.scalars(select(Line).order_by(Line.position))]
    coach.post(f"{lines}/{ids[1]}/lift")
    shown = group.as_(group.ben).get(group.page(str(first.id))).text
    assert shown.index("&lt;b&gt;bank&lt;/b&gt;") < shown.index("How to ask for")
    coach.post(f"{lines}/{ids[0]}", data={"text": "How to thank"})
    coach.post(f"{lines}/{ids[1]}/drop")
    shown = group.as_(group.ben).get(group.page(str(first.id))).text
    assert "How to thank" in shown
    assert "bank" not in shown
    assert group.as_(group.ben).post(lines, data={"text": "Mine"}).status_code == 403


def test_a_line_of_another_huddle_is_not_there(group: Group) -> None:
    first, second, *_rest = group.meets()
    coach = group.as_(group.coach)
    coach.post(group.page(f"{first.id}/lines"), data={"text": "Welcome"})
    with scope(group.firm.id):
        line = group.session.scalars(select(Line.id)).one()
    assert coach.post(group.page(f"{second.id}/lines/{line}/drop")).status_code == 404


def marks(group: Group) -> dict[Any, str]:
    with scope(group.firm.id):
        rows = group.session.scalars(select(Attendance))
        return {row.membership_id: row.state for row in rows}


def test_who_is_there_is_marked_by_tapping(group: Group) -> None:
    [first, *_rest] = group.meets()
    coach = group.as_(group.coach)
    where = group.page(f"{first.id}/attendance")
    tapped = {"member": str(group.ada.id), "state": "away"}
    part = coach.post(where, data=tapped, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert 'aria-pressed="true" aria-label="Ada Adler is away"' in part.text
    coach.post(where, data={"member": "rest"})
    assert marks(group) == {group.ada.id: "away", group.ben.id: "there"}
    coach.post(where, data=tapped)
    assert marks(group) == {group.ben.id: "there"}


@pytest.mark.parametrize("given", ["nobody", "", "coach"])
def test_only_members_of_the_cohort_are_marked(group: Group, given: str) -> None:
    [first, *_rest] = group.meets()
    who = str(group.coach.id) if given == "coach" else given
    data = {"member": who, "state": "there"}
    group.as_(group.coach).post(group.page(f"{first.id}/attendance"), data=data)
    assert marks(group) == {}


def test_what_the_coach_marked_is_not_changed_by_a_member(group: Group) -> None:
    [first, *_rest] = group.meets()
    data = {"member": str(group.ada.id), "state": "there"}
    group.as_(group.coach).post(group.page(f"{first.id}/attendance"), data=data)
    assert group.as_(group.ada).post(group.page(f"{first.id}/away")).status_code == 409
    assert marks(group) == {group.ada.id: "there"}
    assert group.as_(group.ada).get(group.page(f"{first.id}/attendance")).status_code == 403


def test_a_held_line_is_the_coachs_alone(group: Group) -> None:
    [first, *_rest] = group.meets()
    coach = group.as_(group.coach)
    coach.post(group.page(f"{first.id}/lines"), data={"text": "Not nice"})
    with scope(group.firm.id):
        group.session.execute(update(Line).values(moderation="quarantined"))
        group.session.commit()
    assert "Not nice" in coach.get(group.page(str(first.id))).text
    assert "Not nice" not in group.as_(group.ada).get(group.page(str(first.id))).text


def test_without_a_series_the_pages_say_what_comes(group: Group) -> None:
    assert "Your coach sets the day" in group.as_(group.ada).get(group.page()).text
    assert "Set day and time" in group.as_(group.coach).get(group.page()).text

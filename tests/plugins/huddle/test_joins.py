"""Where the huddle joins in: home page, digest, dashboard, a member's page, reports, data."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from coachhub.board.models import Offer
from coachhub.cohorts.hooks import AHEAD, DASHBOARD, ENROLMENT_ENDED
from coachhub.cohorts.models import Enrolment
from coachhub.core import hooks
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.digests.news import Sitting
from coachhub.digests.readers import Due, readers_of
from coachhub.digests.sections import content_for
from coachhub.firms.hooks import MEMBER_LEFT
from coachhub.firms.plugins import disable_plugin
from coachhub.introductions.rounds.hooks import ROUND_RULES
from coachhub.moderation.hooks import GUARDS, Nudge, find_reportable
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_huddle import queries
from coachhub_huddle.models import Attendance, Comment, Draft, Feed, HandIn, Homework, Line
from coachhub_huddle.operations import homework as operations
from coachhub_huddle.operations import series
from plugins.huddle.weekly import DESK, Group

WEEK = dt.timedelta(weeks=1)


def set_homework(group: Group, title: str, due_on: dt.date, kind: str = "free") -> UUID:
    with scope(group.firm.id):
        made = operations.set_homework(
            group.actor(group.coach),
            group.cohort,
            operations.HomeworkDraft(kind, title, "Words", due_on),
        )
        made_id = made.id
        group.session.commit()
    return made_id


def digest(group: Group, member: Any) -> list[str]:
    with scope(group.firm.id):
        [reader] = readers_of([Due(member, now().date(), [group.cohort])], "a secret")
        items = content_for(replace(reader, since=now() - WEEK), Sitting()).items
        return [item.title for item in items]


def signals(group: Group) -> dict[str, set[Any]]:
    with scope(group.firm.id):
        found: dict[str, set[Any]] = {}
        for signal in (one for many in DASHBOARD.call(group.cohort) for one in many):
            found.setdefault(signal.kind, set()).add(signal.membership_id)
        return found


def test_the_home_page_tells_what_waits_and_when_it_is_near(group: Group) -> None:
    [first, *_rest] = group.meets()
    set_homework(group, "Ten things", first.starts_at.date())
    home = f"/f/{group.firm.slug}/"
    assert "Homework: Ten things" in group.as_(group.ada).get(home).text
    far = group.as_(group.ada).get(home).text
    assert "the huddle" not in far
    assert f"/f/{group.firm.slug}/huddle/" in far
    assert f'href="{group.page()}"' in group.as_(group.ada).get(group.page()).text
    group.clock.move_to(first.starts_at - dt.timedelta(hours=16))
    assert "Tomorrow at 09:30 Berlin time: the huddle" in group.as_(group.ada).get(home).text
    group.clock.move_to(first.starts_at - dt.timedelta(hours=2))
    shown = group.as_(group.ada).get(home).text
    assert "Today at 09:30 Berlin time: the huddle" in shown
    assert "Until today." in shown
    with scope(group.firm.id):
        row = group.session.scalars(select(Homework)).one()
        operations.hand_in(group.actor(group.ada), row, "Done")
        group.session.commit()
    assert "Ten things" not in group.as_(group.ada).get(home).text
    assert "Homework to read" in group.as_(group.coach).get(home).text


def test_the_digest_tells_each_thing_once(group: Group) -> None:
    [first, *_rest] = group.meets()
    set_homework(group, "Ten things", first.starts_at.date())
    told = digest(group, group.ada)
    assert [one for one in told if "huddle" in one] == [
        "The next huddle is on Monday, 19 October 2026, at 09:30 Berlin time"
    ]
    assert [one for one in told if "Ten things" in one] == ["Homework: Ten things"]
    group.clock.move_to(first.starts_at - dt.timedelta(hours=16))
    near = [one for one in digest(group, group.ada) if "huddle" in one]
    assert near == ["Tomorrow at 09:30 Berlin time: the huddle"]


def test_the_coach_hears_of_homework_missed_twice_and_of_two_huddles_away(group: Group) -> None:
    first, second, third, *_rest = group.meets()
    for number, huddle in enumerate((first, second), 1):
        one = set_homework(group, f"Task {number}", huddle.starts_at.date())
        with scope(group.firm.id):
            if number == 2:
                row = group.session.scalars(select(Homework).where(Homework.id == one)).one()
                operations.hand_in(group.actor(group.ben), row, "Done")
            marks = {group.ada.id: "there" if number == 1 else "away", group.ben.id: "away"}
            series.mark(group.actor(group.coach), group.cohort, group.again(huddle), marks)
            group.session.commit()
        assert "homework_missing" not in signals(group)
        group.clock.move_to(huddle.ends_at + dt.timedelta(hours=30))
    found = signals(group)
    assert found["homework_missing"] == {group.ada.id}
    assert found["huddle_away"] == {group.ben.id}
    page = group.as_(group.coach).get(f"/f/{group.firm.slug}/c/{group.cohort.slug}/").text
    assert "Has not handed in the last two homeworks" in page
    assert "Homework to read" in page
    assert third.starts_at > second.starts_at


def test_a_members_page_shows_it_to_themselves_and_the_coach_alone(group: Group) -> None:
    [first, *_rest] = group.meets()
    set_homework(group, "Ten things", first.starts_at.date())
    page = f"/f/{group.firm.slug}/c/{group.cohort.slug}/people/{group.ada.id}"
    assert "Huddle and homework" in group.as_(group.coach).get(page).text
    assert "Huddle and homework" in group.as_(group.ada).get(page).text
    assert "Huddle and homework" not in group.as_(group.ben).get(page).text


def fill(group: Group) -> dict[str, Any]:
    """Let Ada have something of each kind; return their ids by the kind that is reported."""
    [first, *_rest] = group.meets()
    homework = set_homework(group, "Ten things", first.starts_at.date(), "assets")
    ada = group.as_(group.ada)
    ada.post(f"/f/{group.firm.slug}/huddle/calendar/new-address")
    ada.post(group.page(f"{first.id}/away"))
    ada.post(group.page(f"homework/{homework}/hand-in"), data={"text": "Bread on Mondays"})
    coach = group.as_(group.coach)
    coach.post(group.page(f"{first.id}/lines"), data={"text": "Welcome"})
    with scope(group.firm.id):
        handed = group.session.scalars(select(HandIn.id)).one()
    said = {"text": "More of it", "verdict": "back"}
    coach.post(group.page(f"handed-in/{handed}"), data=said)
    with scope(group.firm.id):
        return {
            "huddle_line": group.session.scalars(select(Line.id)).one(),
            "huddle_homework": homework,
            "huddle_hand_in": handed,
            "huddle_comment": group.session.scalars(select(Comment.id)).one(),
        }


@pytest.mark.parametrize(
    ("kind", "text", "whose"),
    [
        ("huddle_line", "Welcome", "coach"),
        ("huddle_homework", "Ten things\nWords", "coach"),
        ("huddle_hand_in", "Bread on Mondays", "ada"),
        ("huddle_comment", "More of it", "coach"),
    ],
)
def test_words_that_others_read_can_be_reported_and_taken_down(
    group: Group, kind: str, text: str, whose: str
) -> None:
    things = fill(group)
    with scope(group.firm.id):
        found = find_reportable(kind, things[kind])
        assert found is not None
        assert (found.text, found.owner_id) == (text, getattr(group, whose).id)
        assert found.cohort_id == group.cohort.id
        found.move("quarantined")
        group.session.flush()
        found.move("removed")
        group.session.commit()
        again = find_reportable(kind, things[kind])
        assert again is not None
        assert again.state == "removed"
    assert text not in group.as_(group.ben).get(group.page()).text


def test_a_member_takes_all_of_it_with_them(group: Group) -> None:
    fill(group)
    with scope(group.firm.id):
        found, theirs = (
            {one.name: one.rows for many in EXPORT_SECTION.call(who) for one in many if one.rows}
            for who in (group.ada, group.coach)
        )
    assert found["huddle_homework"][0]["text"] == "Bread on Mondays"
    assert found["huddle_homework_lines"][0]["line"] == "Bread on Mondays"
    assert found["huddle_comments"][0]["text"] == "More of it"
    assert found["huddle_attendance"][0]["state"] == "excused"
    assert theirs["huddle_agenda_written"][0]["text"] == "Welcome"
    assert theirs["huddle_homework_set"][0]["title"] == "Ten things"
    assert "token" not in str(found["huddle_wishes"])
    assert not {"huddle_homework", "huddle_comments"} & theirs.keys()


def test_what_was_a_leavers_alone_goes(group: Group) -> None:
    fill(group)
    with scope(group.firm.id):
        group.ada.state = "left"
        MEMBER_LEFT.call(group.ada)
        group.session.commit()
        for model in (HandIn, Comment, Attendance, Feed):
            assert group.session.scalar(select(func.count()).select_from(model)) == 0
        assert group.session.scalar(select(func.count()).select_from(Homework)) == 1


def test_what_a_guard_finds_is_said_before_a_line_is_posted(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first, *_rest] = group.meets()
    homework = set_homework(group, "Ten things", first.starts_at.date(), "assets")
    page = group.page(f"homework/{homework}")
    ada = group.as_(group.ada)
    text = "I bring walnut bread on Mondays for whoever has an interview"
    ada.post(f"{page}/hand-in", data={"text": text})
    nudge = Nudge("manners", "selling", "title", "bread", "Not here.", "Elsewhere.")
    monkeypatch.setitem(hooks.ROOMS, GUARDS.name, [lambda _draft: [nudge]])
    with scope(group.firm.id):
        line = f"{page}/lines/{group.session.scalars(select(Draft.id)).one()}"
    told = ada.post(f"{line}/post")
    assert told.status_code == 422
    assert "Not here." in told.text
    with scope(group.firm.id):
        assert group.session.scalar(select(func.count()).select_from(Offer)) == 0
    typed = {"kind": "treat", "title": text, "all_the_same": "manners"}
    assert ada.post(line, data=typed).status_code == 303
    with scope(group.firm.id):
        assert group.session.scalars(select(Offer)).one().moderation == "quarantined"


def test_off_is_off(group: Group) -> None:
    [first, *_rest] = group.meets()
    with scope(group.firm.id):
        disable_plugin(DESK, registry().plugins["huddle"])
        group.session.commit()
    ada = group.as_(group.ada)
    assert ada.get(group.page(str(first.id))).status_code == 404
    assert "Huddle" not in ada.get(f"/f/{group.firm.slug}/").text


def test_what_is_ahead_is_told_without_its_place(group: Group) -> None:
    [first, *_rest] = group.meets()
    with scope(group.firm.id):
        [found] = [one for many in AHEAD.call(group.cohort) for one in many]
        assert (found.title, found.starts_at) == ("Monday huddle", first.starts_at)
        assert found.when == "Monday, 19 October 2026, at 09:30 Berlin time"
        assert "Room 4" not in str(found)
        later = first.starts_at + dt.timedelta(hours=2)
        draft = series.HuddleDraft(later, 60)
        series.move_huddle(group.actor(group.coach), group.again(first), draft)
        [moved] = [one for many in AHEAD.call(group.cohort) for one in many]
        assert moved.key != found.key
        series.cancel_huddle(group.actor(group.coach), group.again(first))
        assert [one for many in AHEAD.call(group.cohort) for one in many] == []


def test_a_link_of_a_mail_leads_whoever_is_signed_out_to_sign_in(group: Group) -> None:
    [first, *_rest] = group.meets()
    answer = group.client.application.test_client().get(group.page(str(first.id)))
    assert answer.status_code == 302
    assert "/account/login" in answer.location


def test_who_cannot_come_this_week_is_not_asked_to_give(group: Group) -> None:
    group.meets()
    huddle = group.huddles()[0]
    with scope(group.firm.id):
        series.excuse(group.actor(group.ada), group.again(huddle), comes=False)
        [rules] = ROUND_RULES.call(group.cohort)
        assert {who: gives for who, (gives, _receives) in rules.caps.items()} == {group.ada.id: 0}
        series.excuse(group.actor(group.ada), group.again(huddle), comes=True)
        [rules] = ROUND_RULES.call(group.cohort)
        assert rules.caps == {}


def test_who_leaves_the_cohort_has_said_nothing_about_its_huddles(group: Group) -> None:
    group.meets()
    huddle = group.huddles()[0]
    with scope(group.firm.id):
        series.excuse(group.actor(group.ada), group.again(huddle), comes=False)
        enrolment = group.session.scalars(
            select(Enrolment).where(Enrolment.membership_id == group.ada.id)
        ).one()
        ENROLMENT_ENDED.call(enrolment)
        assert queries.attendance_of(group.again(huddle)) == {}

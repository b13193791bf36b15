"""What is said, to whom it may be, and the pages on which a coach decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, update

from coachhub.board.models import Ask
from coachhub.board.operations import AskDraft, post_ask
from coachhub.cohorts.hooks import AHEAD, Ahead
from coachhub.core import audit, hooks
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import NotAllowedError, NotFoundError
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.hooks import MEMBER_LEFT
from coachhub.firms.models import Membership
from coachhub.firms.plugins import disable_plugin, enable_plugin
from coachhub.permissions import Standing
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_chat_notify import operations
from coachhub_chat_notify.jobs import deliver, look
from coachhub_chat_notify.models import EVENTS
from fixtures_board_posts import Board
from plugins.chat_notify.conftest import DESK, Group
from plugins.chat_notify.service import Reply, Service

FRIDAY = dt.datetime(2026, 10, 16, 20, 0, tzinfo=dt.UTC)
SLACK = "https://hooks.slack.com/services/T024BE7LH/B024BE7LJ/abcDEF0123456789"
TYPED = {"name": "#group", "address": SLACK, "events": ["round", "weekly"]}


def ask(group: Group) -> None:
    actor = Actor(label="Ada", person_id=group.ada.person_id, membership_id=group.ada.id)
    draft = AskDraft(
        kind="research",
        title="Who runs maintenance at Harbour Foods, Jo Quackenbush or somebody new?",
        company="Harbour Foods",
    )
    with scope(group.firm.id):
        post_ask(actor, group.cohort, draft)
        group.session.commit()


def allow(group: Group, **settings: bool) -> None:
    with scope(group.firm.id):
        enable_plugin(DESK, registry().plugins["chat_notify"], settings)
        group.session.commit()


def said(group: Group, service: Service) -> str:
    """Post what is due after a quarter of an hour; return all that was sent."""
    with time_machine.travel(now() + dt.timedelta(minutes=15), tick=False):
        for post in group.posts():
            # A worker begins anew each time, and so sees what is on.
            with group.client.application.app_context():
                deliver.run(group.firm.id, str(post.id))
    return str([sent for _path, sent in service.sent])


@pytest.mark.parametrize("coach", [False, True])
@pytest.mark.parametrize("allowed", [{}, {"names": True}, {"companies": True}])
def test_names_and_companies_only_where_both_allow_it(
    group: Group, service: Service, allowed: dict[str, bool], coach: bool
) -> None:
    group.channel(service.address(), names=coach)
    allow(group, **allowed)
    ask(group)
    text = said(group, service)
    assert "What would help: research" in text
    assert ("Ada asks" in text) == (coach and "names" in allowed)
    assert ("Harbour Foods" in text) == ("companies" in allowed)
    for private in ("Adler", "Quackenbush", "maintenance"):
        assert private not in text


@pytest.mark.parametrize("what", ["held", "closed", "left", "rests", "not chosen", "off"])
def test_what_may_not_be_known_any_more_is_not_said(
    group: Group, service: Service, what: str
) -> None:
    events = ["round"] if what == "not chosen" else ["ask"]
    group.channel(service.address(), events=events)
    ask(group)
    with scope(group.firm.id):
        if what == "held":
            group.session.execute(update(Ask).values(moderation="quarantined"))
        elif what == "closed":
            group.session.execute(update(Ask).values(closed_at=now()))
        elif what == "left":
            MEMBER_LEFT.call(group.session.merge(group.ada))
        elif what == "off":
            disable_plugin(DESK, registry().plugins["chat_notify"])
        group.session.commit()
    if what == "rests":
        [channel] = group.channels()
        group.as_(group.coach).post(group.page(f"{channel.id}/off"))
    assert said(group, service) == "[]"


def test_the_week_is_told_in_numbers_once_and_an_empty_one_is_not(
    group: Group, service: Service
) -> None:
    group.channel(service.address())
    with time_machine.travel(FRIDAY, tick=False) as clock:
        look.run(group.firm.id)
        assert said(group, service) == "[]"
        clock.shift(dt.timedelta(days=7))
        with scope(group.firm.id):
            board = Board(group.session, group.cohort)
            board.offer(group.ada, kind="time", title="An hour")
            group.session.commit()
        for _again in range(2):
            look.run(group.firm.id)
        text = said(group, service)
    assert text.count("This week in Energy") == 2
    assert "1 new offer" in text
    assert "An hour" not in text


def test_what_is_ahead_is_told_the_day_before(
    group: Group, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    group.channel(service.address())
    starts_at = now() + dt.timedelta(hours=30)

    def ahead(_cohort: Any) -> Sequence[Ahead]:
        return [Ahead("one", "Monday huddle", starts_at, "Monday at 09:30", "/f/x/")]

    monkeypatch.setitem(hooks.ROOMS, AHEAD.name, [ahead])
    look.run(group.firm.id)
    assert said(group, service) == "[]"
    with time_machine.travel(starts_at - dt.timedelta(hours=20), tick=False):
        for _again in range(2):
            look.run(group.firm.id)
        text = said(group, service)
    assert text.count("Monday at 09:30") == 1
    assert "http://hub.example.org/f/x/" in text


def test_a_coach_adds_a_channel_and_its_address_is_never_shown_whole(group: Group) -> None:
    coach = group.as_(group.coach)
    assert "No channel yet" in coach.get(group.page()).text
    shown = coach.post(group.page("new"), data=TYPED, follow_redirects=True).text
    assert "hooks.slack.com/…6789" in shown
    [channel] = group.channels()
    for page in (group.page(), group.page(str(channel.id))):
        assert "abcDEF" not in coach.get(page).text
    with scope(group.firm.id):
        raw = group.session.connection().exec_driver_sql("SELECT address FROM chat_notify_channel")
        assert all(b"slack" not in bytes(address) for (address,) in raw)
        entry = audit.entries()[0]
        assert entry.action == "chat_notify.channel_added"
        assert "abcDEF" not in str(entry.details)


def test_a_wrong_address_is_said_at_its_field_and_what_was_typed_is_kept(group: Group) -> None:
    coach = group.as_(group.coach)
    bad = TYPED | {"address": "https://example.org/hook"}
    answer = coach.post(group.page("new"), data=bad)
    assert answer.status_code == 422
    assert "none of their addresses" in " ".join(answer.text.split())
    assert 'value="#group"' in answer.text
    none = coach.post(group.page("new"), data=TYPED | {"address": ""})
    assert none.status_code == 422
    assert "Please enter the address" in none.text
    assert group.channels() == []


def test_an_empty_address_keeps_the_one_there_is(group: Group) -> None:
    channel_id = group.channel(SLACK)
    coach = group.as_(group.coach)
    coach.post(group.page(str(channel_id)), data=TYPED | {"address": "", "name": "#all"})
    [channel] = group.channels()
    assert (channel.name, channel.address, channel.events) == ("#all", SLACK, ["round", "weekly"])
    coach.post(group.page(f"{channel_id}/remove"))
    assert group.channels() == []


def test_the_page_has_a_word_for_everything_that_can_be_posted(group: Group) -> None:
    group.channel(SLACK, events=list(EVENTS))
    shown = " ".join(group.as_(group.coach).get(group.page()).text.split())
    said = shown.partition("<p> A round is out")[2].partition("</p>")[0]
    words = [one.strip() for one in said.partition(".")[0].split(",")]
    assert len(words) == len(EVENTS)
    assert all(words[1:])


def test_five_are_enough(group: Group) -> None:
    for _number in range(5):
        group.channel(SLACK)
    answer = group.as_(group.coach).post(group.page("new"), data=TYPED)
    assert answer.status_code == 422
    assert "Five channels are enough" in answer.text


def test_the_test_button_says_what_it_found_and_mends_a_stop(
    group: Group, service: Service
) -> None:
    channel_id = group.channel(service.address(), state="stopped", problem="Gone")
    coach = group.as_(group.coach)
    service.replies = [Reply(404), Reply(200)]
    failed = coach.post(group.page(f"{channel_id}/test"), follow_redirects=True).text
    assert "knows this address no more" in failed
    assert group.channels()[0].state == "stopped"
    worked = coach.post(group.page(f"{channel_id}/test"), follow_redirects=True).text
    assert "Have a look there." in worked
    [channel] = group.channels()
    assert (channel.state, channel.problem) == ("on", "")
    assert "This is a test from CoachHub" in str(service.sent[-1])


def test_members_have_no_such_pages_and_admins_see_every_cohort(
    group: Group, make_member: Callable[..., Membership]
) -> None:
    group.channel(SLACK)
    ada = group.as_(group.ada)
    overview = f"/f/{group.firm.slug}/chat_notify/"
    for page in (group.page(), group.page("new"), overview):
        assert ada.get(page).status_code == 403
    assert group.as_(group.coach).get(overview).status_code == 403
    admin = group.as_(make_member("Adele", role="admin"))
    assert "#group" in admin.get(overview).text
    assert admin.get(group.page()).status_code == 200


def test_a_coach_takes_along_what_they_set_up_but_no_address(group: Group) -> None:
    group.as_(group.coach).post(group.page("new"), data=TYPED)
    with scope(group.firm.id):
        coach = group.session.scalars(
            select(Membership).where(Membership.id == group.coach.id)
        ).one()
        found = {one.name: one.rows for many in EXPORT_SECTION.call(coach) for one in many}
    [row] = found["chat_notify_channels"]
    assert row["name"] == "#group"
    assert "slack.com" not in str(row)


def test_off_is_off(group: Group) -> None:
    with scope(group.firm.id):
        disable_plugin(DESK, registry().plugins["chat_notify"])
        group.session.commit()
    coach = group.as_(group.coach)
    assert coach.get(group.page()).status_code == 404
    home = f"/f/{group.firm.slug}/c/{group.cohort.slug}/"
    assert "Chat channels" not in coach.get(home).text


def test_channels_are_a_coachs_matter_and_of_one_cohort(group: Group, make_cohort: Any) -> None:
    ada = Actor(label="Ada", person_id=group.ada.person_id, membership_id=group.ada.id)
    coach = Actor(label="Cora", standings=frozenset({Standing.COHORT_COACH}))
    draft = operations.ChannelDraft("#group", SLACK, ("round",))
    with scope(group.firm.id):
        with pytest.raises(NotAllowedError):
            operations.add_channel(ada, group.cohort, draft)
        made = operations.add_channel(coach, group.cohort, draft)
        for act in (operations.remove_channel, lambda *who: operations.switch(*who, on=False)):
            with pytest.raises(NotAllowedError):
                act(ada, made)
        with pytest.raises(NotAllowedError):
            operations.change_channel(ada, made, draft)
        assert operations.channel_of(group.cohort, made.id) is made
        with pytest.raises(NotFoundError):
            operations.channel_of(make_cohort(firm=group.firm), made.id)
        with pytest.raises(NotFoundError):
            operations.channel_of(group.cohort, uuid4())

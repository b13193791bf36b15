"""A day to talk: one event in a calendar that reads the mails, then none."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from icalendar import Calendar, Event

from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.introductions import life, meetings
from coachhub.introductions.answers import Answer
from coachhub.introductions.meetings import MeetingDraft, MeetingError
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import suppress
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle, words_of

NOON = dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _early_in_march() -> Any:
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        yield


class Agenda:
    """What a calendar program makes of invitations: the event of a UID with the last sequence."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.sequences: dict[str, int] = {}

    def take(self, mail: FirmMail) -> None:
        message = message_from_bytes(mail.raw, policy=policy.default)
        (part,) = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
        (file,) = [one for one in message.walk() if one.get_content_type() == "application/ics"]
        text = part.get_content()
        assert file.get_content().decode() == text.replace("\r\n", "\n").replace("\n", "\r\n")
        calendar = Calendar.from_ical(text)
        assert not calendar.errors
        assert part.get_param("method") == str(calendar["METHOD"])
        (event,) = calendar.events
        uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
        if sequence < self.sequences.get(uid, -1):
            return
        self.sequences[uid] = sequence
        if calendar["METHOD"] == "CANCEL":
            assert event["STATUS"] == "CANCELLED"
            self.events.pop(uid, None)
        else:
            assert event["STATUS"] == "CONFIRMED"
            self.events[uid] = event


def agendas(here: Circle) -> dict[str, Agenda]:
    found: dict[str, Agenda] = {}
    for mail in here.mails("meeting"):
        found.setdefault(mail.to_address, Agenda()).take(mail)
    return found


def test_changed_twice_then_cancelled_one_event_then_none(here: Circle) -> None:
    made = here.at("introduced")
    who = here.act("receiver")
    for days, place in ((0, ""), (1, "Pier 4"), (3, "https://example.org/call")):
        draft = MeetingDraft(NOON + dt.timedelta(days=days), 45, place)
        meetings.set_meeting(who, made, draft)
    read = agendas(here)
    assert set(read) == {_address(here), CONTACT_MAIL}
    for agenda in read.values():
        (event,) = agenda.events.values()
        assert event["DTSTART"].dt == NOON + dt.timedelta(days=3)
        assert event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(minutes=45)
        assert str(event["LOCATION"]) == "https://example.org/call"
        assert list(agenda.sequences.values()) == [2]
        guests = {str(one).lower() for one in event["ATTENDEE"]}
        assert guests == {f"mailto:{_address(here)}", f"mailto:{CONTACT_MAIL}"}
    meetings.cancel_meeting(who, made)
    meetings.cancel_meeting(who, made)
    read = agendas(here)
    assert {len(agenda.events) for agenda in read.values()} == {0}
    assert len(here.mails("meeting")) == 8
    # Set once more, it is the same event again.
    meetings.set_meeting(who, made, MeetingDraft(NOON + dt.timedelta(days=9)))
    for agenda in agendas(here).values():
        assert len(agenda.events) == len(agenda.sequences) == 1


def _address(here: Circle) -> str:
    return next(row.to_address for row in here.mails() if row.membership_id == here.receiver.id)


def test_the_same_once_more_writes_to_nobody(here: Circle) -> None:
    made = here.at("introduced", "insider")
    for who in ("receiver", "giver"):
        meetings.set_meeting(here.act(who), made, MeetingDraft(NOON))
    assert len(here.mails("meeting")) == 2
    assert {row.membership_id for row in here.mails("meeting")} == {
        here.giver.id,
        here.receiver.id,
    }


def test_whoever_does_not_meet_sets_nothing(here: Circle) -> None:
    made = here.at("introduced")
    for who in ("giver", "coach"):
        with pytest.raises(NotFoundError):
            meetings.set_meeting(here.act(who), made, MeetingDraft(NOON))
    early = here.asked("insider", need_id=here.company.id)
    with pytest.raises(NotFoundError):
        meetings.set_meeting(here.act("giver"), early, MeetingDraft(NOON))
    assert not here.mails("meeting")


def test_a_contact_who_wants_no_mail_gets_none(here: Circle) -> None:
    made = here.at("introduced")
    suppress(CONTACT_MAIL, "never")
    meetings.set_meeting(here.act("receiver"), made, MeetingDraft(NOON))
    addresses = {row.to_address for row in here.mails("meeting")}
    assert CONTACT_MAIL not in addresses
    assert len(addresses) == 2


@pytest.mark.parametrize(
    "draft",
    [
        MeetingDraft(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)),
        MeetingDraft(dt.datetime(2027, 3, 12, 12, tzinfo=dt.UTC)),
        MeetingDraft(NOON, 17),
        MeetingDraft(NOON, 30, "x" * 301),
    ],
)
def test_what_cannot_be_is_said(here: Circle, draft: MeetingDraft) -> None:
    made = here.at("introduced", "insider")
    with pytest.raises(MeetingError, match="Please choose"):
        meetings.set_meeting(here.act("giver"), made, draft)


def test_a_place_writes_no_lines_into_the_calendar(here: Circle) -> None:
    made = here.at("introduced", "insider")
    place = "Pier 4\r\nATTENDEE:mailto:mallory@example.com\nEND:VEVENT; \\ , ü"
    meeting = meetings.set_meeting(here.act("giver"), made, MeetingDraft(NOON, 30, place))
    raw = meetings.as_calendar(meeting, meetings.guests(made))
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    (event,) = Calendar.from_ical(raw).events
    assert len(event["ATTENDEE"]) == 2
    assert "mallory" in str(event["LOCATION"])


def test_each_reads_the_time_where_they_are(here: Circle) -> None:
    made = here.at("introduced")
    meetings.set_meeting(here.act("receiver"), made, MeetingDraft(NOON))
    texts = [" ".join(words_of(row).split()) for row in here.mails("meeting")]
    assert all("12 March 2026, 08:00 (America/New York)" in text for text in texts)
    assert any(RECEIVER in text for text in texts)
    assert not any(GIVER in text for text in texts)


def test_either_of_the_two_can_cancel(here: Circle) -> None:
    made = here.at("receiver_asked", "insider")
    life.answer(here.act("receiver"), made, "receiver", Answer("yes"))
    meeting = meetings.set_meeting(here.act("giver"), made, MeetingDraft(NOON))
    assert meetings.meeting_of(made.id) is meeting
    meetings.cancel_meeting(here.act("receiver"), made)
    assert meetings.meeting_of(made.id) is None
    assert meeting.cancelled_at == now()

"""The day that the two of an introduction set: one event in everybody's calendar, then none.

Whoever meets gets an invitation by mail (RFC 5545 and 5546): the receiver, and the outside contact
of a door, or else the giver. A change is the same event with a higher sequence; a cancelled one
that is set again comes back as the same event.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from icalendar import Calendar, Event, vCalAddress
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext, listed
from coachhub.firms.models import Membership
from coachhub.introductions import letters, rules
from coachhub.introductions.models import Introduction, Meeting
from coachhub.introductions.steps import locked

LENGTHS = (15, 30, 45, 60, 90, 120)  # minutes
LONGEST_AHEAD = dt.timedelta(days=365)
LONGEST_PLACE = 300


class MeetingError(DomainError):
    """A meeting cannot be set like this; the message says why."""


@dataclass(frozen=True)
class MeetingDraft:
    """When and where: `starts_at` has a zone, `place` is a room, a telephone number or a link."""

    starts_at: dt.datetime
    minutes: int = 30
    place: str = ""


def meeting_of(introduction_id: UUID) -> Meeting | None:
    """Return the meeting that stands for an introduction; None without one, or a cancelled one."""
    return db.session.scalar(
        select(Meeting).where(
            Meeting.introduction_id == introduction_id, Meeting.cancelled_at.is_(None)
        )
    )


def guests(introduction: Introduction) -> list[letters.Guest]:
    """Return who meets: the receiver, and the outside contact or else the giver."""
    by_contact = introduction.asset == "door" and not rules.asked_in_person(introduction)
    members = [introduction.receiver_id, *([] if by_contact else [introduction.giver_id])]
    rows = db.session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id.in_(members))
    )
    found = {
        member.id: letters.Guest(
            member.name, person.email, member.id, person.timezone, person.language
        )
        for member, person in rows
    }
    contact = [letters.Guest(introduction.contact_name, introduction.contact_email)]
    return [found[one] for one in members] + (contact if by_contact else [])


def may_set(actor: Actor, introduction: Introduction) -> bool:
    """Say whether this member is one of those who meet, and all have agreed to know each other."""
    if introduction.introduced_at is None:
        return False
    return any(one.membership_id == actor.member_id() for one in guests(introduction))


def set_meeting(actor: Actor, introduction: Introduction, draft: MeetingDraft) -> Meeting:
    """Set the meeting, or move it; the same once more changes nothing and writes to nobody.

    Raises NotFoundError for whoever does not meet, MeetingError for a day that cannot be.
    """
    introduction = _of(actor, introduction)
    starts_at = draft.starts_at.astimezone(dt.UTC)
    if not now() < starts_at <= now() + LONGEST_AHEAD:
        raise MeetingError(gettext("Please choose a time ahead, within a year."))
    if draft.minutes not in LENGTHS or len(draft.place) > LONGEST_PLACE:
        raise MeetingError(gettext("Please choose how long it takes, and keep the place short."))
    meeting = db.session.scalar(
        select(Meeting).where(Meeting.introduction_id == introduction.id).with_for_update()
    )
    wanted = (starts_at, draft.minutes, draft.place)
    if meeting is None:
        domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
        meeting = Meeting(introduction_id=introduction.id, uid=f"{uuid7()}@{domain}", sequence=0)
        db.session.add(meeting)
    elif meeting.cancelled_at is None and wanted == (
        meeting.starts_at,
        meeting.minutes,
        meeting.place,
    ):
        return meeting
    else:
        meeting.sequence += 1
    meeting.starts_at, meeting.minutes, meeting.place = wanted
    meeting.cancelled_at, meeting.set_by_id = None, actor.member_id()
    db.session.flush()
    _tell(introduction, meeting)
    return meeting


def cancel_meeting(actor: Actor, introduction: Introduction) -> None:
    """Take the meeting out of everybody's calendar; nothing happens if there is none."""
    introduction = _of(actor, introduction)
    meeting = meeting_of(introduction.id)
    if meeting is None:
        return
    meeting.sequence += 1
    meeting.cancelled_at = now()
    db.session.flush()
    if meeting.starts_at > now():
        _tell(introduction, meeting)


def as_calendar(meeting: Meeting, people: list[letters.Guest]) -> bytes:
    """Return the invitation (or its cancellation) as an iCalendar file."""
    cancelled = meeting.cancelled_at is not None
    calendar = Calendar()
    calendar.add("prodid", "-//CoachHub//Introductions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now())
    starts_at = meeting.starts_at.astimezone(dt.UTC)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + dt.timedelta(minutes=meeting.minutes))
    event.add("summary", title(people))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if meeting.place:
        event.add("location", meeting.place)
    organizer = vCalAddress(f"mailto:{current_app.config['MAIL_DEFAULT_SENDER']}")
    organizer.params["CN"] = letters.firm_name()
    event["organizer"] = organizer
    for one in people:
        guest = vCalAddress(f"mailto:{one.email}")
        guest.params["CN"] = one.name
        guest.params["ROLE"] = "REQ-PARTICIPANT"
        guest.params["RSVP"] = "FALSE"
        event.add("attendee", guest, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def title(people: list[letters.Guest]) -> str:
    """Return what the event is called in every calendar."""
    return listed(one.name for one in people)


def _of(actor: Actor, introduction: Introduction) -> Introduction:
    introduction = locked(introduction.id)
    if not may_set(actor, introduction):
        raise NotFoundError
    return introduction


def _tell(introduction: Introduction, meeting: Meeting) -> None:
    people = guests(introduction)
    letters.meeting(introduction, meeting, people, as_calendar(meeting, people))

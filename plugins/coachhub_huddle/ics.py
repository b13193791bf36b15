"""A member's huddles and homework as a calendar that other programs follow (RFC 5545, 7986).

Each huddle is an event of its own with a lasting UID and a SEQUENCE that rises with every change;
a cancelled one stays in it as CANCELLED. Times are written in UTC, which every program shows on
its reader's own clock, on both sides of summer time.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import current_app
from icalendar import Calendar, Event
from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import cohorts_of
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.links import absolute
from coachhub.core.tokens import hashed
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub_huddle.models import Feed, Homework, Huddle, Series

BACK = dt.timedelta(days=90)
LOOK_AGAIN = dt.timedelta(hours=4)


def member_behind(token: str) -> Membership:
    """Return whose calendar address this is; raises NotFoundError if it is nobody's any more."""
    found = db.session.scalar(
        select(Membership)
        .join(Feed, Feed.owner_id == Membership.id)
        .where(Feed.token_hash == hashed(token), Membership.state == "active")
    )
    if found is None:
        raise NotFoundError(gettext("This calendar is no longer here."))
    return found


def calendar_of(membership: Membership) -> bytes:
    """Return the member's calendar: the huddles of their cohorts, and the days of homework."""
    calendar = Calendar()
    calendar.add("prodid", "-//CoachHub//Huddles//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", gettext("Huddles"))
    calendar.add("name", gettext("Huddles"))
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    for cohort in cohorts_of(membership.id):
        rows = db.session.execute(
            select(Huddle, Series.title)
            .join(Series, Series.id == Huddle.series_id)
            .where(Huddle.cohort_id == cohort.id, Huddle.starts_at > now() - BACK)
            .order_by(Huddle.starts_at)
        )
        for huddle, title in rows:
            calendar.add_component(_huddle(cohort, huddle, title))
        for homework in db.session.scalars(
            select(Homework)
            .where(
                Homework.cohort_id == cohort.id,
                Homework.due_on > (now() - BACK).date(),
                Homework.is_shown,
            )
            .order_by(Homework.due_on)
        ):
            calendar.add_component(_homework(cohort, homework))
    return bytes(calendar.to_ical())


def _huddle(cohort: Cohort, huddle: Huddle, title: str) -> Any:
    link = absolute("huddle.show", cohort=cohort.slug, huddle_id=huddle.id)
    event = _event(huddle.uid, huddle.sequence, huddle.changed_at, f"{title}, {cohort.name}", link)
    event.add("dtstart", huddle.starts_at.astimezone(dt.UTC))
    event.add("dtend", huddle.ends_at.astimezone(dt.UTC))
    event.add("status", "CANCELLED" if huddle.cancelled_at else "CONFIRMED")
    if huddle.place:
        event.add("location", huddle.place)
    return event


def _homework(cohort: Cohort, homework: Homework) -> Any:
    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    link = absolute("huddle.homework", cohort=cohort.slug, homework_id=homework.id)
    event = _event(
        f"homework-{homework.id}@{domain}",
        homework.revision,
        homework.withdrawn_at or homework.created_at,
        gettext("Homework: %(title)s", title=homework.title),
        link,
    )
    event.add("dtstart", homework.due_on)
    event.add("dtend", homework.due_on + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if homework.withdrawn_at else "CONFIRMED")
    return event


def _event(uid: str, sequence: int, changed_at: dt.datetime, summary: str, link: str) -> Any:
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", changed_at.astimezone(dt.UTC))
    event.add("last-modified", changed_at.astimezone(dt.UTC))
    event.add("summary", summary)
    event.add("url", link)
    event.add("description", link)
    return event

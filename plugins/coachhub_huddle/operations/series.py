"""Writing when a cohort meets: the series, and single huddles that differ from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from flask import current_app
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import members_of
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_huddle import letters, weeks
from coachhub_huddle.models import Attendance, Huddle, Series

AHEAD_WEEKS = 6
LENGTHS = (30, 45, 60, 75, 90, 120, 150, 180)  # minutes
LONGEST_PLACE = 300
TOLD_BEFORE = dt.timedelta(days=8)
FARTHEST = dt.timedelta(days=120)


@dataclass(frozen=True)
class SeriesDraft:
    """When a cohort meets; `at` is what the clock shows in `timezone`, `weekday` 0 for Monday."""

    title: str
    weekday: int
    at: dt.time
    timezone: str
    minutes: int
    place: str = ""


@dataclass(frozen=True)
class HuddleDraft:
    """When and where one huddle is; `starts_at` has a zone."""

    starts_at: dt.datetime
    minutes: int
    place: str = ""


def set_series(actor: Actor, cohort: Cohort, draft: SeriesDraft) -> Series:
    """Say when a cohort meets; huddles ahead that were not moved by hand follow.

    Raises DomainError for a time that cannot be.
    """
    require_coach(actor)
    if cohort.state != "running":
        raise DomainError(gettext("This cohort is closed, so it has no more huddles."))
    if draft.timezone not in available_timezones() or draft.minutes not in LENGTHS:
        raise DomainError(gettext("Please choose the time zone and the length from the lists."))
    series = db.session.scalar(
        select(Series).where(Series.cohort_id == cohort.id).with_for_update()
    ) or Series(cohort_id=cohort.id)
    for name in SeriesDraft.__dataclass_fields__:
        setattr(series, name, getattr(draft, name))
    began = series.ended_at is not None
    series.ended_at = None
    db.session.add(series)
    db.session.flush()
    for huddle in _ahead(series):
        if began and huddle.ended:
            huddle.cancelled_at, huddle.ended, huddle.why = None, False, ""
            _count(huddle)
        _follow(series, huddle)
    fill(series)
    audit.record(actor, "huddle.series_set", kind="cohort", subject=cohort.id, label=cohort.name)
    return series


def end_series(actor: Actor, series: Series) -> None:
    """End a series: the huddles ahead are cancelled, those behind stay."""
    require_coach(actor)
    if series.ended_at is not None:
        return
    series.ended_at = now()
    for huddle in _ahead(series):
        if huddle.cancelled_at is None:
            huddle.cancelled_at, huddle.ended = now(), True
            _count(huddle)
    db.session.flush()
    audit.record(actor, "huddle.series_ended", kind="huddle_series", subject=series.id)


def fill(series: Series) -> int:
    """Make the huddles of the coming weeks that are not there yet; return how many."""
    today = weeks.local_day(now(), series.timezone)
    first = weeks.monday_of(today)
    there = set(
        db.session.scalars(
            select(Huddle.week_of).where(Huddle.series_id == series.id, Huddle.week_of >= first)
        )
    )
    made = 0
    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    for number in range(AHEAD_WEEKS + 1):
        week = first + dt.timedelta(weeks=number)
        starts_at = weeks.starts_at(week, series.weekday, series.at, series.timezone)
        if week in there or starts_at <= now():
            continue
        db.session.add(
            Huddle(
                series_id=series.id,
                cohort_id=series.cohort_id,
                week_of=week,
                starts_at=starts_at,
                minutes=series.minutes,
                place=series.place,
                uid=f"{uuid7()}@{domain}",
                changed_at=now(),
            )
        )
        made += 1
    db.session.flush()
    return made


def move_huddle(actor: Actor, huddle: Huddle, draft: HuddleDraft) -> None:
    """Hold one huddle at another time or place; the same once more changes nothing.

    Raises DomainError for a time that is over, or too far ahead.
    """
    require_coach(actor)
    _open(huddle)
    starts_at = draft.starts_at.astimezone(dt.UTC)
    if not now() < starts_at <= now() + FARTHEST:
        raise DomainError(gettext("Please choose a time ahead, within four months."))
    if draft.minutes not in LENGTHS:
        raise DomainError(gettext("Please choose the length from the list."))
    if (starts_at, draft.minutes, draft.place) == (huddle.starts_at, huddle.minutes, huddle.place):
        return
    later = starts_at != huddle.starts_at
    huddle.starts_at, huddle.minutes, huddle.place = starts_at, draft.minutes, draft.place
    huddle.moved = True
    if later:
        huddle.reminded_at = None
    _count(huddle)
    db.session.flush()
    _tell(huddle, "moved")


def cancel_huddle(actor: Actor, huddle: Huddle, why: str = "") -> None:
    """Cancel one huddle; calendars show it as cancelled."""
    require_coach(actor)
    _open(huddle)
    huddle.cancelled_at, huddle.why = now(), why
    _count(huddle)
    db.session.flush()
    _tell(huddle, "cancelled")


def hold_huddle(actor: Actor, huddle: Huddle) -> None:
    """Hold a cancelled huddle after all."""
    require_coach(actor)
    if huddle.cancelled_at is None:
        return
    series = db.session.scalars(select(Series).where(Series.id == huddle.series_id)).one()
    if series.ended_at is not None:
        raise DomainError(gettext("The series has ended. Set its day and time again first."))
    if huddle.starts_at <= now():
        raise DomainError(gettext("Its day is over."))
    huddle.cancelled_at, huddle.why, huddle.ended = None, "", False
    huddle.reminded_at = None
    _count(huddle)
    db.session.flush()
    _tell(huddle, "on")


def mark(actor: Actor, cohort: Cohort, huddle: Huddle, marks: Mapping[UUID, str]) -> None:
    """Keep who was there, by membership; an empty state forgets what was marked.

    Raises NotFoundError for somebody who is not a member of the cohort.
    """
    require_coach(actor)
    if marks.keys() - {one.membership.id for one in members_of(cohort)}:
        raise NotFoundError
    rows = {
        row.membership_id: row
        for row in db.session.scalars(select(Attendance).where(Attendance.huddle_id == huddle.id))
    }
    for membership_id, state in marks.items():
        row = rows.get(membership_id)
        if row is not None and not state:
            db.session.delete(row)
        elif row is not None:
            row.state = state
        elif state:
            db.session.add(
                Attendance(huddle_id=huddle.id, membership_id=membership_id, state=state)
            )
    db.session.flush()


def excuse(actor: Actor, huddle: Huddle, *, comes: bool) -> None:
    """Let a member say beforehand that they cannot come, or that they can after all."""
    _open(huddle)
    mine = db.session.scalar(
        select(Attendance).where(
            Attendance.huddle_id == huddle.id, Attendance.membership_id == actor.member_id()
        )
    )
    if mine is not None and mine.state != "excused":
        raise DomainError(gettext("Your coach has marked this huddle already."))
    if comes and mine is not None:
        db.session.delete(mine)
    elif not comes and mine is None:
        db.session.add(
            Attendance(huddle_id=huddle.id, membership_id=actor.member_id(), state="excused")
        )
    db.session.flush()


def show_step(actor: Actor, huddle: Huddle, step: int) -> None:
    """Put a step on the room's screen, and on every screen that follows it."""
    require_coach(actor)
    huddle.step, huddle.presenting_at = step, now()
    db.session.flush()


def require_coach(actor: Actor) -> None:
    """Raise NotAllowedError for whoever does not lead the cohort."""
    if not actor.may(Permission.RUN_ROUND):
        raise NotAllowedError


def _ahead(series: Series) -> list[Huddle]:
    return list(
        db.session.scalars(
            select(Huddle)
            .where(Huddle.series_id == series.id, Huddle.starts_at > now())
            .order_by(Huddle.starts_at)
            .with_for_update()
        )
    )


def _follow(series: Series, huddle: Huddle) -> None:
    """Let a huddle ahead follow its series, unless moved by hand, or the time would be over."""
    starts_at = weeks.starts_at(huddle.week_of, series.weekday, series.at, series.timezone)
    wanted = (starts_at, series.minutes, series.place)
    is_as_wanted = wanted == (huddle.starts_at, huddle.minutes, huddle.place)
    if huddle.moved or is_as_wanted or starts_at <= now():
        return
    huddle.starts_at, huddle.minutes, huddle.place = wanted
    _count(huddle)


def _count(huddle: Huddle) -> None:
    huddle.sequence = (huddle.sequence or 0) + 1
    huddle.changed_at = now()


def _open(huddle: Huddle) -> None:
    if huddle.cancelled_at is not None:
        raise DomainError(gettext("This huddle is cancelled. Hold it after all first."))
    if huddle.ends_at <= now():
        raise DomainError(gettext("This huddle is over."))


def _tell(huddle: Huddle, what: str) -> None:
    if now() < huddle.starts_at <= now() + TOLD_BEFORE or what == "moved":
        letters.changed(huddle, what)

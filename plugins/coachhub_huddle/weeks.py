"""Weeks, days and clocks of a series: pure."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from coachhub.core.words import clock as written_clock
from coachhub.core.words import day as written
from coachhub.core.words import gettext

_A_MONDAY = dt.date(2024, 1, 1)


def weekdays() -> tuple[str, ...]:
    """Return the names of the days of a week, from Monday."""
    return tuple(weekday(_A_MONDAY + dt.timedelta(days=one)) for one in range(7))


def weekday(date: dt.date) -> str:
    """Return the name of a date's day of the week."""
    return written(date, "EEEE")


def whole_day(date: dt.date) -> str:
    """Write a date with its day of the week, as in Monday, 4 March 2026."""
    return gettext("%(weekday)s, %(day)s", weekday=weekday(date), day=written(date))


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def starts_at(week_of: dt.date, weekday: int, at: dt.time, timezone: str) -> dt.datetime:
    """Return the moment, in UTC, at which a huddle of a week begins.

    The clock of `timezone` says it, so the moment moves with summer time. A time that the clock
    skips that night is the same distance after the skip; one that comes twice is the first.
    """
    day = week_of + dt.timedelta(days=weekday)
    return dt.datetime.combine(day, at, ZoneInfo(timezone)).astimezone(dt.UTC)


def local_day(moment: dt.datetime, timezone: str) -> dt.date:
    """Return a moment's date where the series is."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def clock(moment: dt.datetime, timezone: str) -> str:
    """Return a moment's time where the series is, as in 09:30."""
    return written_clock(moment.astimezone(ZoneInfo(timezone)).time())


def zone_name(timezone: str) -> str:
    """Return a zone as people say it, as in Berlin time."""
    return gettext("%(place)s time", place=timezone.rpartition("/")[2].replace("_", " "))


def local_time(moment: dt.datetime, timezone: str) -> dt.time:
    """Return a moment's time where the series is, for a form."""
    return moment.astimezone(ZoneInfo(timezone)).time()

"""Weeks, days and clocks of a series: pure."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    return f"{moment.astimezone(ZoneInfo(timezone)):%H:%M}"


def zone_name(timezone: str) -> str:
    """Return a zone as people say it, as in Berlin time."""
    return f"{timezone.rpartition('/')[2].replace('_', ' ')} time"


def local_time(moment: dt.datetime, timezone: str) -> dt.time:
    """Return a moment's time where the series is, for a form."""
    return moment.astimezone(ZoneInfo(timezone)).time()

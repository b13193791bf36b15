"""Quarters of a year as whole numbers, so that they can be counted and compared."""

from __future__ import annotations

import datetime as dt

from coachhub.core.words import gettext, gettext_noop


def quarter_of(day: dt.date) -> int:
    """Return the number of a day's quarter: four times the year, and 0 to 3."""
    return day.year * 4 + (day.month - 1) // 3


def words(quarter: int) -> str:
    """Name a quarter for people, as in 2026, January to March."""
    months = (
        gettext_noop("January to March"),
        gettext_noop("April to June"),
        gettext_noop("July to September"),
        gettext_noop("October to December"),
    )
    return gettext("%(year)s, %(months)s", year=quarter // 4, months=gettext(months[quarter % 4]))


def first_day(quarter: int) -> dt.date:
    """Return the day on which a quarter begins."""
    return dt.date(quarter // 4, quarter % 4 * 3 + 1, 1)


def last_day(quarter: int) -> dt.date:
    """Return the day on which a quarter ends."""
    return first_day(quarter + 1) - dt.timedelta(days=1)

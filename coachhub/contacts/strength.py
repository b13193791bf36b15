"""How strong a door is: the owner's word or "worked together", and how recent it is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, case, func, or_

from coachhub.contacts.models import Contact

# "Somewhat" counts nearly as much as "well": moderately weak ties bring most jobs (Rajkumar,
# Saint-Jacques, Bojinov, Brynjolfsson, Aral: A causal test of the strength of weak ties,
# Science 377, 2022).
HARDLY, SOMEWHAT, WELL = 0.5, 0.9, 1.0
UNRATED = 0.65
WORKED_TOGETHER = 0.95
RECENT_YEARS = 3
OLD_YEARS = 10
RECENT, MIDDLE, OLD, UNKNOWN = 1.0, 0.92, 0.85, 0.92
STRONG = 0.8
"""From here on a door is strong: known well, worked together, or known somewhat and connected
within ten years. What nobody has rated is never strong."""


def strength_of(today: dt.date) -> ColumnElement[float]:
    """Return the strength of a contact as SQL, between 0 and 1."""
    rated = case(
        (Contact.strength == 3, WELL),  # noqa: PLR2004 - the owner's words are 1, 2, 3
        (Contact.worked_together, WORKED_TOGETHER),
        (Contact.strength == 2, SOMEWHAT),  # noqa: PLR2004 - the same
        (Contact.strength == 1, HARDLY),
        else_=UNRATED,
    )
    recent = case(
        (Contact.connected_on.is_(None), UNKNOWN),
        (Contact.connected_on >= _years_before(today, RECENT_YEARS), RECENT),
        (Contact.connected_on >= _years_before(today, OLD_YEARS), MIDDLE),
        else_=OLD,
    )
    return rated * recent


def is_strong(today: dt.date) -> ColumnElement[bool]:
    """Say in SQL whether a contact is a strong door."""
    return func.coalesce(strength_of(today), 0.0) >= STRONG


def turns_between(one: dt.date, other: dt.date) -> ColumnElement[bool]:
    """Say in SQL whether a contact grows weaker, by age alone, between two days."""
    first, last = sorted((one, other))
    return or_(
        *(
            (Contact.connected_on >= _years_before(first, years))
            & (Contact.connected_on < _years_before(last, years))
            for years in (RECENT_YEARS, OLD_YEARS)
        )
    )


def _years_before(day: dt.date, years: int) -> dt.date:
    return day - dt.timedelta(days=round(365.25 * years))

"""Doors: who knows somebody at the companies that are wanted, and how well.

The one read that goes over every contact of a cohort: a join on the company, grouped in the
database, without a name, an address or a contact's id in what comes back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, case, func, literal, or_, select

from coachhub.companies.models import Company
from coachhub.contacts.models import Contact
from coachhub.core.db import db

# "Somewhat" counts nearly as much as "well": moderately weak ties bring most jobs (Rajkumar,
# Saint-Jacques, Bojinov, Brynjolfsson, Aral: A causal test of the strength of weak ties,
# Science 377, 2022).
HARDLY, SOMEWHAT, WELL = 0.5, 0.9, 1.0
UNRATED = 0.65
WORKED_TOGETHER = 0.95
STRONG = 0.9
_RECENT_YEARS = 3
_OLD_YEARS = 10
_RECENT, _MIDDLE, _OLD, _UNKNOWN = 1.0, 0.92, 0.85, 0.92


@dataclass(frozen=True, slots=True)
class Door:
    """That a member knows people with one position at one company, and how well the best."""

    giver_id: UUID
    company_id: UUID
    position: str
    strength: float


def doors_of(givers: Collection[UUID], companies: Collection[UUID], today: dt.date) -> list[Door]:
    """Return the givers' doors at these companies, one for each position that is known there."""
    if not givers or not companies:
        return []
    wanted = any_(literal(sorted(companies), ARRAY(Uuid())))
    owners = any_(literal(sorted(givers), ARRAY(Uuid())))
    root = func.coalesce(Company.merged_into_id, Company.id)
    rows = db.session.execute(
        select(
            Contact.owner_id,
            root,
            Contact.position,
            func.max(_strength(today)),
        )
        .join(Company, Company.id == Contact.company_id)
        .where(
            or_(Company.id == wanted, Company.merged_into_id == wanted),
            Contact.owner_id == owners,
            Contact.hidden.is_(False),
        )
        .group_by(Contact.owner_id, root, Contact.position)
    )
    kept = frozenset(companies)
    return [Door(*row) for row in rows if row[1] in kept]


def _strength(today: dt.date) -> ColumnElement[float]:
    """Strength of one contact: the owner's word or "worked together", times how recent it is."""
    rated = case(
        (Contact.worked_together & (func.coalesce(Contact.strength, 0) < 3), WORKED_TOGETHER),  # noqa: PLR2004 - "well", the strongest word
        (Contact.strength == 3, WELL),  # noqa: PLR2004 - the owner's words are 1, 2, 3
        (Contact.strength == 2, SOMEWHAT),  # noqa: PLR2004 - the same
        (Contact.strength == 1, HARDLY),
        else_=UNRATED,
    )
    recent = case(
        (Contact.connected_on.is_(None), _UNKNOWN),
        (Contact.connected_on >= _years_before(today, _RECENT_YEARS), _RECENT),
        (Contact.connected_on >= _years_before(today, _OLD_YEARS), _MIDDLE),
        else_=_OLD,
    )
    return rated * recent


def _years_before(day: dt.date, years: int) -> dt.date:
    return day - dt.timedelta(days=round(365.25 * years))

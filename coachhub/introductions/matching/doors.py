"""Doors: who knows somebody at the companies that are wanted, and how well.

The one read that goes over every contact of a cohort: a join on the company, grouped in the
database, without a name, an address or a contact's id in what comes back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, func, literal, or_, select

from coachhub.companies.models import Company
from coachhub.contacts.models import Contact
from coachhub.contacts.strength import STRONG, strength_of
from coachhub.core.db import db
from coachhub.mail.models import Suppression

__all__ = ["STRONG", "Door", "doors_of"]

# Who asked to be left alone is no door from that moment on.
_LEFT_ALONE = select(Suppression.address_hash).where(Suppression.reason == "never")


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
            func.max(strength_of(today)),
        )
        .join(Company, Company.id == Contact.company_id)
        .where(
            or_(Company.id == wanted, Company.merged_into_id == wanted),
            Contact.owner_id == owners,
            Contact.hidden.is_(False),
            or_(Contact.email_hash == "", Contact.email_hash.not_in(_LEFT_ALONE)),
        )
        .group_by(Contact.owner_id, root, Contact.position)
    )
    kept = frozenset(companies)
    return [Door(*row) for row in rows if row[1] in kept]

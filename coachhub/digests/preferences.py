"""How each member wants digests, and when that makes one due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db, now
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed, keyed_hash
from coachhub.digests.models import DigestPreference
from coachhub.digests.schedule import STEP, Rhythm
from coachhub.firms.models import Membership

TOKEN = 32  # hexadecimal digits: 128 bits


def preference_of(membership: Membership, secret: str) -> DigestPreference:
    """Return how a member wants digests; the cohort's rhythm, Monday at eight, if never said.

    The link that ends the digests carries a token made from `secret`, so that it need not be
    stored to be written into each mail.
    """
    query = select(DigestPreference).where(DigestPreference.membership_id == membership.id)
    found = db.session.scalar(query)
    if found is not None:
        return found
    zone = db.session.scalar(select(Person.timezone).where(Person.id == membership.person_id))
    db.session.execute(
        insert(DigestPreference)
        .values(
            id=uuid7(),
            firm_id=current_firm_id(),
            created_at=now(),
            membership_id=membership.id,
            cadence="cohort",
            weekday=0,
            hour=8,
            timezone=zone or "UTC",
            leave_token_hash=hashed(leave_token(membership, secret)),
        )
        .on_conflict_do_nothing()
    )
    return db.session.scalars(query).one()


def leave_token(membership: Membership, secret: str) -> str:
    """Return the token of a member's link that ends the digests."""
    about = f"{membership.firm_id}/{membership.id}"
    return keyed_hash(secret, "leave digests", about)[:TOKEN]


def preferences_of(
    memberships: Collection[Membership], secret: str
) -> dict[UUID, DigestPreference]:
    """Return how each of some members wants digests, by membership."""
    ids = [one.id for one in memberships]
    found = {
        one.membership_id: one
        for one in db.session.scalars(
            select(DigestPreference).where(DigestPreference.membership_id.in_(ids))
        )
    }
    for membership in memberships:
        if membership.id not in found:
            found[membership.id] = preference_of(membership, secret)
    return found


def rhythms_of(membership: Membership, preference: DigestPreference) -> list[tuple[Rhythm, Cohort]]:
    """Return when each of a member's cohorts is due: as its coach set it, or as they wish."""
    return rhythms_among({membership.id: preference})[membership.id]


def rhythms_among(
    preferences: Mapping[UUID, DigestPreference],
) -> dict[UUID, list[tuple[Rhythm, Cohort]]]:
    """Return the same for many members, by membership."""
    rows = db.session.execute(
        select(Enrolment.membership_id, Cohort)
        .join(Cohort, Enrolment.cohort_id == Cohort.id)
        .where(
            Enrolment.membership_id.in_(preferences),
            Enrolment.state == "active",
            Cohort.state == "running",
        )
        .order_by(Cohort.name, Cohort.id)
    )
    found: dict[UUID, list[tuple[Rhythm, Cohort]]] = {key: [] for key in preferences}
    for key, cohort in rows:
        wish = preferences[key]
        cadence = cohort.cadence if wish.cadence == "cohort" else wish.cadence
        if cadence in STEP:
            rhythm = Rhythm(cadence, wish.weekday, wish.hour, wish.timezone)
            found[key].append((rhythm, cohort))
    return found

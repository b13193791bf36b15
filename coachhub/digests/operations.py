"""Writing digests: who deserves one → what → the letter, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db, now
from coachhub.core.links import absolute, on_site
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed, keyed_hash
from coachhub.digests.hooks import DigestItem
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.schedule import STEP, Rhythm
from coachhub.digests.sections import items_for
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter

FIRST_LOOK_BACK = dt.timedelta(days=14)


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
    return keyed_hash(secret, "leave digests", f"{membership.firm_id}/{membership.id}")


def rhythm_of(membership: Membership, preference: DigestPreference) -> Rhythm:
    """Return when a member's digest is due; of several cohorts the most frequent one counts."""
    cadence = preference.cadence
    if cadence == "cohort":
        cadences = db.session.scalars(
            select(Cohort.cadence)
            .join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .where(
                Enrolment.membership_id == membership.id,
                Enrolment.state == "active",
                Cohort.state == "running",
            )
        )
        cadence = min(
            (one for one in cadences if one in STEP), key=lambda one: STEP[one], default="off"
        )
    return Rhythm(cadence, preference.weekday, preference.hour, preference.timezone)


def write_digest(membership: Membership, period: dt.date, secret: str) -> Digest | None:
    """Write one member's digest for a period; None if somebody else just did.

    The row and its mail stand in one transaction: either both are there or neither.
    """
    taken = db.session.scalar(
        insert(Digest)
        .values(
            id=uuid7(),
            firm_id=current_firm_id(),
            created_at=now(),
            membership_id=membership.id,
            period=period,
            items=[],
            skipped="",
        )
        .on_conflict_do_nothing()
        .returning(Digest.id)
    )
    if taken is None:
        return None
    digest = db.session.scalars(
        select(Digest).where(Digest.membership_id == membership.id, Digest.period == period)
    ).one()
    items = items_for(membership, _last_told(membership, period))
    if not items:
        digest.skipped = "Nothing to say this time."
        return digest
    digest.items = [_plain(item) for item in items]
    mail = queue_letter(digest_letter(membership, period, items, secret))
    digest.mail_id = mail.id if mail else None
    if mail is not None and mail.state == "withheld":
        digest.skipped = f"The address is suppressed: {mail.reason}."
    db.session.flush()
    return digest


def digest_letter(
    membership: Membership, period: dt.date, items: list[DigestItem], secret: str
) -> Letter:
    """Return the letter for a member's items."""
    firm = db.session.get_one(Firm, current_firm_id())
    person = db.session.get_one(Person, membership.person_id)
    return Letter(
        kind="digest",
        to_address=person.email,
        to_name=membership.name,
        once=f"digest/{membership.id}/{period}",
        context={
            "firm": firm,
            "name": membership.name.split()[0],
            "items": [{**asdict(item), "url": on_site(item.url)} for item in items],
            "landed": _landed_lately(),
            "settings_url": absolute("digests.settings"),
            "leave_url": absolute("digests.leave", token=leave_token(membership, secret)),
        },
        from_name=firm.sender_name or firm.name,
        membership_id=membership.id,
        leave_url=absolute("digests.leave_at_once", token=leave_token(membership, secret)),
    )


def _plain(item: DigestItem) -> dict[str, object]:
    return {**asdict(item), "due": item.due.isoformat() if item.due else None}


def _last_told(membership: Membership, period: dt.date) -> dt.datetime:
    last = db.session.scalar(
        select(func.max(Digest.created_at)).where(
            Digest.membership_id == membership.id, Digest.period < period
        )
    )
    return last or now() - FIRST_LOOK_BACK


def _landed_lately() -> int:
    """Count who found work in the last fortnight: how a digest ends, with nobody named."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(Membership.landed_on >= now().date() - dt.timedelta(days=14))
        )
        or 0
    )

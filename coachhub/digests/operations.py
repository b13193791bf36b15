"""Writing digests: who deserves one → what → the letter, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db, now
from coachhub.core.links import absolute, on_site
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed, keyed_hash
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.news import Sitting
from coachhub.digests.schedule import STEP, Rhythm, due_moment, due_period
from coachhub.digests.sections import IN_TEN_MINUTES, Content, content_for
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter

FIRST_LOOK_BACK = dt.timedelta(days=14)
FARTHEST = 60  # days in which the next digest is looked for
LEAVE = "leave-digest"
NOTHING = "Nothing to say this time."
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


def due_at(
    rhythms: Iterable[tuple[Rhythm, Cohort]], at: dt.datetime
) -> tuple[dt.date | None, list[Cohort]]:
    """Return the local date whose digest is due, and of which cohorts: one mail for all of them."""
    due = [
        (period, cohort)
        for rhythm, cohort in rhythms
        if (period := due_period(rhythm, at)) is not None
    ]
    return (due[0][0] if due else None), [cohort for _, cohort in due]


def next_due(
    membership: Membership, preference: DigestPreference, at: dt.datetime
) -> tuple[dt.date | None, list[Cohort]]:
    """Return the same for the next digest that is not written yet."""
    rhythms = rhythms_of(membership, preference)
    if not rhythms:
        return None, []
    for days in range(FARTHEST):
        # Late on that day: every hour of it is over.
        moments = {due_moment(rhythm, at.date() + dt.timedelta(days=days)) for rhythm, _ in rhythms}
        period, cohorts = due_at(rhythms, max(*moments, at))
        if period is not None and not is_written(membership, period):
            return period, cohorts
    return None, []


def is_written(membership: Membership, period: dt.date) -> bool:
    """Say whether a member's digest of a period stands already."""
    return (membership.id, period) in written({membership.id: period})


def written(due: Mapping[UUID, dt.date]) -> set[tuple[UUID, dt.date]]:
    """Return those members and periods, of some, whose digest stands already."""
    rows = db.session.execute(
        select(Digest.membership_id, Digest.period).where(
            Digest.membership_id.in_(due), Digest.period.in_(set(due.values()))
        )
    )
    return {(row.membership_id, row.period) for row in rows}


def write_digest(
    membership: Membership,
    period: dt.date,
    secret: str,
    cohorts: Collection[Cohort] | None = None,
    sitting: Sitting | None = None,
) -> Digest | None:
    """Write one member's digest for a period; None if somebody else just did.

    The row and its mail stand in one transaction: either both are there or neither. Without
    `cohorts` all of the member's cohorts have their say.
    """
    digest_id = db.session.scalar(
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
    if digest_id is None:
        return None
    digest = db.session.scalars(select(Digest).where(Digest.id == digest_id)).one()
    content = content_of(membership, period, secret, cohorts, sitting)
    if not content.items:
        digest.skipped = NOTHING
        return digest
    digest.items = [
        {**asdict(item), "due": item.due.isoformat() if item.due else None}
        for item in content.items
    ]
    mail = queue_letter(digest_letter(membership, period, content, secret))
    digest.mail_id = mail.id if mail else None
    db.session.flush()
    return digest


def content_of(
    membership: Membership,
    period: dt.date,
    secret: str,
    cohorts: Collection[Cohort] | None = None,
    sitting: Sitting | None = None,
) -> Content:
    """Return what a member's digest of a period says, or would say."""
    if cohorts is None:
        preference = preference_of(membership, secret)
        cohorts = [cohort for _, cohort in rhythms_of(membership, preference)]
    since = _last_told(membership, period)
    return content_for(membership, cohorts, since, sitting or Sitting())


def digest_letter(
    membership: Membership, period: dt.date, content: Content, secret: str, again: str = ""
) -> Letter:
    """Return the letter with a member's items; its date is the moment it was due.

    `again` names a second letter for the same period, after something was taken down.
    """
    firm = db.session.get_one(Firm, current_firm_id())
    person = db.session.get_one(Person, membership.person_id)
    preference = preference_of(membership, secret)
    rhythm = Rhythm("daily", preference.weekday, preference.hour, preference.timezone)
    token = leave_token(membership, secret)
    items = [{**asdict(item), "url": on_site(item.url)} for item in content.items]
    return Letter(
        kind="digest",
        to_address=person.email,
        to_name=membership.name,
        once=f"digest/{membership.id}/{period}{again}",
        context={
            "firm": firm,
            "name": membership.name.split()[0],
            "items": items[:IN_TEN_MINUTES],
            "more": items[IN_TEN_MINUTES:],
            "progress": content.progress,
            "settings_url": absolute("digests.settings"),
            "leave_url": absolute("digests.leave", token=token),
        },
        from_name=firm.sender_name or firm.name,
        membership_id=membership.id,
        leave_url=absolute("digests.leave_at_once", token=token),
        leave_kind=LEAVE,
        due_at=now(),  # handed over with the others of its run, not by a job of its own
        written_at=due_moment(rhythm, period),
    )


def _last_told(membership: Membership, period: dt.date) -> dt.datetime:
    last = db.session.scalar(
        select(func.max(Digest.created_at)).where(
            Digest.membership_id == membership.id, Digest.period < period
        )
    )
    return last or now() - FIRST_LOOK_BACK

"""Writing digests: who deserves one → what → the letter, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext_noop, in_language
from coachhub.digests.letters import digest_letter
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.news import Sitting
from coachhub.digests.preferences import rhythms_of
from coachhub.digests.readers import Due, readers_of
from coachhub.digests.schedule import Rhythm, due_moment, due_period
from coachhub.digests.sections import Content, content_for
from coachhub.firms.models import Membership
from coachhub.mail.outbox import Letter, queue_letters

FARTHEST = 60  # days in which the next digest is looked for
NOTHING = gettext_noop("Nothing to say this time.")


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

    Without `cohorts` all of the member's cohorts have their say.
    """
    return write_digests([Due(membership, period, cohorts)], secret, sitting or Sitting())[0]


def write_digests(due: Sequence[Due], secret: str, sitting: Sitting) -> list[Digest | None]:
    """Write some members' digests, one for each member; None where somebody else just did.

    Each row and its mail stand in one transaction: either both are there or neither.
    """
    claimed = _claimed(due)
    mine = [one for one in due if one.membership.id in claimed]
    letters: list[tuple[Digest, Content, Letter]] = []
    for reader in readers_of(mine, secret) if mine else ():
        digest = claimed[reader.membership.id]
        with in_language(reader.language):
            content = content_for(reader, sitting)
            letter = digest_letter(reader, content, secret, sitting) if content.items else None
        if letter is None:
            digest.skipped = NOTHING
            continue
        letters.append((digest, content, letter))
    mails = queue_letters([letter for *_, letter in letters])
    # All that is new of a row at once, in one statement for all rows.
    for (digest, content, _), mail_id in zip(letters, mails, strict=True):
        digest.mail_id = mail_id
        digest.items = [
            {**vars(item), "due": item.due.isoformat() if item.due else None}
            for item in content.items
        ]
    db.session.flush()
    return [claimed.get(one.membership.id) for one in due]


def _claimed(due: Sequence[Due]) -> dict[UUID, Digest]:
    """Begin those of some digests that nobody else has begun, by membership."""
    rows = [
        {
            "id": uuid7(),
            "firm_id": current_firm_id(),
            "created_at": now(),
            "membership_id": one.membership.id,
            "period": one.period,
            "items": [],
            "skipped": "",
        }
        # Two workers that wait for each other do so in one order.
        for one in sorted(due, key=lambda one: one.membership.id)
    ]
    begun = db.session.scalars(insert(Digest).on_conflict_do_nothing().returning(Digest), rows)
    return {digest.membership_id: digest for digest in begun}

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
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext_noop, in_language
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.news import Sitting
from coachhub.digests.preferences import leave_token, rhythms_of
from coachhub.digests.readers import Due, Reader, readers_of
from coachhub.digests.schedule import Rhythm, due_moment, due_period
from coachhub.digests.sections import IN_TEN_MINUTES, Content, content_for
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letters

FARTHEST = 60  # days in which the next digest is looked for
LEAVE = "leave-digest"
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
    letters = []
    for reader in readers_of(mine, secret) if mine else ():
        digest = claimed[reader.membership.id]
        with in_language(reader.language):
            content = content_for(reader, sitting)
            letter = digest_letter(reader, content, secret, sitting) if content.items else None
        if letter is None:
            digest.skipped = NOTHING
            continue
        digest.items = [
            {**vars(item), "due": item.due.isoformat() if item.due else None}
            for item in content.items
        ]
        letters.append((digest, letter))
    mails = queue_letters([letter for _, letter in letters])
    for (digest, _), mail in zip(letters, mails, strict=True):
        digest.mail_id = mail.id if mail else None
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
    begun = db.session.scalars(
        insert(Digest).values(rows).on_conflict_do_nothing().returning(Digest)
    )
    return {digest.membership_id: digest for digest in begun}


def digest_letter(
    reader: Reader, content: Content, secret: str, sitting: Sitting, again: str = ""
) -> Letter:
    """Return the letter with a reader's items; its date is the moment it was due.

    `again` names a second letter for the same period, after something was taken down.
    """
    firm = db.session.get_one(Firm, current_firm_id())
    membership, wish = reader.membership, reader.preference
    rhythm = Rhythm("daily", wish.weekday, wish.hour, wish.timezone)
    token = leave_token(membership, secret)
    items = [sitting.part(item) for item in content.items]
    return Letter(
        kind="digest",
        to_address=reader.email,
        to_name=membership.name,
        once=f"digest/{membership.id}/{reader.period}{again}",
        context={
            "firm": firm,
            "name": membership.name.split()[0],
            "first": content.items[0].title,
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
        written_at=due_moment(rhythm, reader.period),
    )

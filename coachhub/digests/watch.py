"""What was due while nobody was there to write it: told as missed, never made up for later.

A digest is due until the end of its local day. Where the worker was away for all of that time, the
member's row for the day says so, and the sum over all who were due stays whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core.db import db, now
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext_noop
from coachhub.digests.models import Digest, DigestWatch
from coachhub.digests.schedule import Rhythm, due_moment, due_period
from coachhub.firms.models import Membership

MISSED = gettext_noop("We were away on the day it was due.")
SHORTEST_DAY = dt.timedelta(minutes=30)  # from the latest hour there is to the end of its day
FARTHEST = 60  # days


def watched_until() -> dt.datetime | None:
    """Return until when the open firm's digests have been looked after; None for never."""
    return db.session.scalar(select(DigestWatch.until))


def watched(moment: dt.datetime) -> None:
    """Write down that everything due before a moment has been looked after."""
    fresh = insert(DigestWatch).values(
        id=uuid7(), firm_id=current_firm_id(), created_at=now(), until=moment
    )
    db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[DigestWatch.firm_id],
            set_={"until": moment},
            where=DigestWatch.until < moment,
        )
    )


def note_missed(
    membership: Membership, rhythms: Iterable[Rhythm], since: dt.datetime, until: dt.datetime
) -> None:
    """Write a row for each of a member's digests whose whole day fell into a gap."""
    periods = sorted(set(missed(rhythms, max(since, membership.created_at), until)))
    if not periods:
        return
    db.session.execute(
        insert(Digest)
        .values(
            [
                {
                    "id": uuid7(),
                    "firm_id": current_firm_id(),
                    "created_at": now(),
                    "membership_id": membership.id,
                    "period": period,
                    "items": [],
                    "skipped": MISSED,
                }
                for period in periods
            ]
        )
        .on_conflict_do_nothing()
    )


def missed(rhythms: Iterable[Rhythm], since: dt.datetime, until: dt.datetime) -> Iterator[dt.date]:
    """Yield the local dates whose digests came due after `since` and were over before `until`."""
    first = max(since, until - dt.timedelta(days=FARTHEST)).date() - dt.timedelta(days=1)
    days = [first + dt.timedelta(days=number) for number in range((until.date() - first).days + 2)]
    for rhythm in rhythms:
        if rhythm.cadence == "off" or until - since < SHORTEST_DAY:
            continue
        for day in days:
            moment, end = due_moment(rhythm, day), day_end(rhythm, day)
            if since < moment and end <= until and due_period(rhythm, moment) == day:
                yield day


def day_end(rhythm: Rhythm, day: dt.date) -> dt.datetime:
    """Return when a local date is over, in UTC."""
    midnight = Rhythm("daily", 0, 0, rhythm.zone)
    return due_moment(midnight, day + dt.timedelta(days=1))

"""Digests by the clock."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from coachhub.cohorts.models import Enrolment
from coachhub.core.db import db, now
from coachhub.core.jobs import job, later
from coachhub.core.words import in_language
from coachhub.digests.checks import STOPPED, what_is_gone
from coachhub.digests.hooks import DigestItem
from coachhub.digests.letters import digest_letter
from coachhub.digests.models import Digest
from coachhub.digests.news import Progress, Sitting
from coachhub.digests.operations import NOTHING, due_at, write_digests, written
from coachhub.digests.preferences import preferences_of, rhythms_among
from coachhub.digests.readers import Due, readers_of
from coachhub.digests.sections import Content
from coachhub.digests.watch import SHORTEST_DAY, note_missed, watched, watched_until
from coachhub.firms.models import Membership
from coachhub.mail.outbox import queue_letter

log = logging.getLogger(__name__)
AT_A_TIME = 64  # members in one commit
_LOCK_BITS = (1 << 62) - 1  # of an id, those that chance has made


@job("digests.write", every_minutes=5)
def write_due(firm_id: UUID) -> None:
    """Write every digest of a firm that is due and not yet there, some members at a time.

    A digest that cannot be written keeps nobody else from theirs; the next run tries it again.
    """
    sitting, begun, since = Sitting(), now(), watched_until()
    batches = _batches()
    # Two workers that write for the same firm begin in different places, and leave alone what the
    # other is at; after that they look whether it came to an end.
    random.shuffle(batches)
    for leave_alone in (True, False):
        for batch in list(batches):
            if leave_alone and not _is_free(batch):
                continue
            batches.remove(batch)
            if _write_some(batch, sitting, begun, since):
                later("mail.deliver", firm_id)
            db.session.commit()
    watched(begun)


def _batches() -> list[list[UUID]]:
    """Return who may be due, some at a time; those of one cohort together, who share its news."""
    rows = db.session.execute(
        select(Membership.id, Enrolment.cohort_id)
        .outerjoin(
            Enrolment,
            (Enrolment.membership_id == Membership.id) & (Enrolment.state == "active"),
        )
        .where(Membership.state == "active")
        .order_by(Enrolment.cohort_id, Membership.id)
    )
    cohort_of: dict[UUID, UUID | None] = {}
    for member_id, cohort_id in rows:
        cohort_of.setdefault(member_id, cohort_id)
    batches: list[list[UUID]] = [[]]
    for _cohort_id, some in groupby(cohort_of, cohort_of.__getitem__):
        together = list(some)
        if len(batches[-1]) + len(together) > AT_A_TIME:
            batches.append([])
        for member_id in together:
            if len(batches[-1]) == AT_A_TIME:
                batches.append([])
            batches[-1].append(member_id)
    return [batch for batch in batches if batch]


def _is_free(batch: Sequence[UUID]) -> bool:
    """Take some members for this transaction; False if somebody else is at them."""
    key = batch[0].int & _LOCK_BITS
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(key))))


def _write_some(
    ids: Sequence[UUID], sitting: Sitting, begun: dt.datetime, since: dt.datetime | None
) -> bool:
    """Write what is due of some members; say whether there was any."""
    secret = current_app.config["SECRET_KEY"]
    rows = select(Membership).where(Membership.id.in_(ids), Membership.state == "active")
    members = {one.id: one for one in db.session.scalars(rows.order_by(Membership.id))}
    rhythms = rhythms_among(preferences_of(members.values(), secret))
    if since is not None and begun - since > SHORTEST_DAY:
        for key, one in members.items():
            note_missed(one, [rhythm for rhythm, _ in rhythms[key]], since, begun)
    # As of the beginning: a run that lasts past midnight still writes what was due before.
    all_due = {key: due_at(rhythms[key], begun) for key in members}
    due = {key: period for key, (period, _) in all_due.items() if period is not None}
    there = written(due)
    wanted = [
        Due(members[key], period, all_due[key][1])
        for key, period in due.items()
        if (key, period) not in there
    ]
    if wanted and not _written_together(wanted, secret, sitting):
        for alone in wanted:
            _written_together([alone], secret, sitting)
    return bool(due)


def _written_together(due: Sequence[Due], secret: str, sitting: Sitting) -> bool:
    """Write some digests, or none of them if one cannot be written."""
    try:
        with db.session.begin_nested():
            write_digests(due, secret, sitting)
    except Exception:
        if len(due) == 1:
            key, period = due[0].membership.id, due[0].period
            log.exception("The digest of %s for %s could not be written.", key, period)
        return False
    return True


@job("digests.again")
def write_again(firm_id: UUID, digest_id: str) -> None:
    """Write a digest anew with what is left of it, after something in it was taken down."""
    row = select(Digest).where(Digest.id == UUID(digest_id))
    digest = db.session.scalar(row.with_for_update())
    if digest is None or digest.skipped == STOPPED:
        return
    gone = what_is_gone(digest.items)
    left = [item for item in digest.items if item["key"] not in gone]
    if not gone:
        return
    digest.items, digest.skipped = left, "" if left else NOTHING
    if not left:
        digest.mail_id = None
        return
    membership = db.session.scalars(
        select(Membership).where(Membership.id == digest.membership_id)
    ).one()
    secret = current_app.config["SECRET_KEY"]
    [reader] = readers_of([Due(membership, digest.period)], secret)
    sitting = Sitting()
    progress = sum((sitting.news(one).progress for one in reader.cohorts), Progress())
    content = Content([_as_item(item) for item in left], progress)
    again = f"/without {len(gone)} of {len(left) + len(gone)}"
    with in_language(reader.language):
        letter = digest_letter(reader, content, secret, sitting, again)
    mail = queue_letter(letter)
    if mail is not None:
        digest.mail_id = mail.id
        later("mail.deliver", firm_id)


def _as_item(stored: dict[str, object]) -> DigestItem:
    due = stored.get("due")
    day = dt.date.fromisoformat(str(due)) if due else None
    return DigestItem(**{**stored, "due": day})  # type: ignore[arg-type]  # as it was written down

"""Digests by the clock."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Sequence
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from coachhub.core.db import db, now
from coachhub.core.jobs import job, later
from coachhub.core.words import in_language
from coachhub.digests.checks import what_is_gone
from coachhub.digests.hooks import DigestItem
from coachhub.digests.models import Digest
from coachhub.digests.news import Progress, Sitting
from coachhub.digests.operations import (
    NOTHING,
    digest_letter,
    due_at,
    write_digests,
    written,
)
from coachhub.digests.preferences import preferences_of, rhythms_among
from coachhub.digests.readers import Due, readers_of
from coachhub.digests.sections import Content
from coachhub.digests.watch import SHORTEST_DAY, note_missed, watched, watched_until
from coachhub.firms.models import Membership
from coachhub.mail.outbox import queue_letter

log = logging.getLogger(__name__)
AT_A_TIME = 32  # members in one commit


@job("digests.write", every_minutes=5)
def write_due(firm_id: UUID) -> None:
    """Write every digest of a firm that is due and not yet there, some members at a time.

    A digest that cannot be written keeps nobody else from theirs; the next run tries it again.
    """
    sitting, begun, since = Sitting(), now(), watched_until()
    ids = db.session.scalars(
        select(Membership.id).where(Membership.state == "active").order_by(Membership.id)
    ).all()
    batches = [ids[first : first + AT_A_TIME] for first in range(0, len(ids), AT_A_TIME)]
    # Two workers that write for the same firm begin in different places.
    random.shuffle(batches)
    for batch in batches:
        if _write_some(batch, sitting, begun, since):
            later("mail.deliver", firm_id)
        db.session.commit()
    watched(begun)


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
    digest = db.session.scalar(select(Digest).where(Digest.id == UUID(digest_id)))
    if digest is None:
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

"""Digests by the clock."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.digests.checks import what_is_gone
from coachhub.digests.hooks import DigestItem
from coachhub.digests.models import Digest
from coachhub.digests.news import Progress, Sitting
from coachhub.digests.operations import (
    NOTHING,
    digest_letter,
    due_now,
    is_written,
    preference_of,
    rhythms_of,
    write_digest,
)
from coachhub.digests.sections import Content
from coachhub.digests.watch import SHORTEST_DAY, note_missed, watched, watched_until
from coachhub.firms.models import Membership
from coachhub.mail.outbox import queue_letter


@job("digests.write", every_minutes=5)
def write_due(firm_id: UUID) -> None:
    """Write every digest of a firm that is due and not yet there, one commit for each."""
    del firm_id
    secret, sitting = current_app.config["SECRET_KEY"], Sitting()
    begun, since = now(), watched_until()
    ids = db.session.scalars(
        select(Membership.id).where(Membership.state == "active").order_by(Membership.id)
    ).all()
    for membership_id in ids:
        membership = db.session.scalar(select(Membership).where(Membership.id == membership_id))
        if membership is None or membership.state != "active":
            continue
        preference = preference_of(membership, secret)
        if since is not None and begun - since > SHORTEST_DAY:
            rhythms = [rhythm for rhythm, _ in rhythms_of(membership, preference)]
            note_missed(membership, rhythms, since, begun)
        # As of the beginning: a run that lasts past midnight still writes what was due before.
        period, cohorts = due_now(membership, preference, begun)
        if period is not None and not is_written(membership, period):
            write_digest(membership, period, secret, cohorts, sitting)
        db.session.commit()
    watched(begun)


@job("digests.again")
def write_again(_firm_id: UUID, digest_id: str) -> None:
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
    content = Content([_as_item(item) for item in left], _progress(membership, secret))
    again = f"/without {len(gone)} of {len(left) + len(gone)}"
    mail = queue_letter(digest_letter(membership, digest.period, content, secret, again))
    if mail is not None:
        digest.mail_id = mail.id


def _progress(membership: Membership, secret: str) -> Progress:
    cohorts = [cohort for _, cohort in rhythms_of(membership, preference_of(membership, secret))]
    sitting = Sitting()
    return sum((sitting.news(one).progress for one in cohorts), Progress())


def _as_item(stored: dict[str, object]) -> DigestItem:
    due = stored.get("due")
    day = dt.date.fromisoformat(str(due)) if due else None
    return DigestItem(**{**stored, "due": day})  # type: ignore[arg-type]  # as it was written down

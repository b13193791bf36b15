"""Digests by the clock."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from sqlalchemy import select

from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.digests.models import Digest
from coachhub.digests.operations import preference_of, rhythm_of, write_digest
from coachhub.digests.schedule import due_period
from coachhub.firms.models import Membership


@job("digests.write", every_minutes=5)
def write_due(firm_id: UUID) -> None:
    """Write every digest of a firm that is due and not yet there, one commit for each."""
    del firm_id
    secret = current_app.config["SECRET_KEY"]
    ids = db.session.scalars(
        select(Membership.id).where(Membership.state == "active").order_by(Membership.id)
    ).all()
    for membership_id in ids:
        membership = db.session.scalar(select(Membership).where(Membership.id == membership_id))
        if membership is None or membership.state != "active":
            continue
        period = due_period(rhythm_of(membership, preference_of(membership, secret)), now())
        if period is None or _is_written(membership_id, period):
            db.session.commit()
            continue
        write_digest(membership, period, secret)
        db.session.commit()


def _is_written(membership_id: UUID, period: object) -> bool:
    query = select(Digest.id).where(Digest.membership_id == membership_id, Digest.period == period)
    return db.session.scalar(query) is not None

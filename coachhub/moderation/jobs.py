"""Work of moderation that happens by itself: telling people, and ending suspensions."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.moderation import operations
from coachhub.moderation.models import Notice


def _letters() -> Select[UUID]:
    return select(Notice.id).where(Notice.told_at.is_(None), Notice.due_at <= now())


@job("moderation.tell", every_minutes=1, waits=_letters)
def tell(_firm_id: UUID) -> None:
    """Write what is due into the outbox, a few letters in each transaction."""
    while operations.tell_due():
        db.session.commit()


@job("moderation.end_suspensions", every_minutes=15)
def end_suspensions(_firm_id: UUID) -> None:
    """Open the firm again to those whose suspension is over."""
    operations.end_suspensions()

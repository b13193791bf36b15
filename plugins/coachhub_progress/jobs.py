"""Writing the mails of an update, while no page waits."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from coachhub.core.db import db
from coachhub.core.jobs import job
from coachhub_progress import operations
from coachhub_progress.models import Update


def _unwritten() -> Select[UUID]:
    return select(Update.id).where(Update.state == "sending")


@job("progress.write", every_minutes=5, waits=_unwritten)
def write_mails(firm_id: UUID, progress_id: str = "") -> None:
    """Put the mails of one update, or of all that wait, into the outbox."""
    del firm_id
    waiting = select(Update).where(Update.state == "sending").with_for_update(skip_locked=True)
    if progress_id:
        waiting = waiting.where(Update.id == UUID(progress_id))
    for update in db.session.scalars(waiting).all():
        operations.write_mails(update)

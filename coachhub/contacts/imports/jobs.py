"""Imports in the background: taking large ones, carrying on after a crash, forgetting."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from coachhub.contacts.imports import parts
from coachhub.contacts.imports.taking import CancelledError, lock, take
from coachhub.contacts.imports.undoing import UNDO_DAYS
from coachhub.contacts.models import Contact, ContactImport, ImportPart
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.core.words import gettext, gettext_noop
from coachhub.mail.models import Suppression

log = logging.getLogger(__name__)

PREVIEW_DAYS = 7
_FAILED = gettext_noop(
    "Something went wrong on our side, and nothing was taken in. Your file is still here: "
    "please try again in a moment."
)


@job("contacts.take")
def TAKE(firm_id: UUID, import_id: str) -> None:  # noqa: N802 - a job is a constant of its room
    """Take an import whose owner does not wait for it."""
    del firm_id
    row_id = UUID(import_id)
    if not lock(row_id):
        return  # Another worker has it.
    row = db.session.scalar(select(ContactImport).where(ContactImport.id == row_id))
    if row is None or row.state != "running":
        _tidy_up(row)
        return
    try:
        take(row, lambda done: _tell(row_id, done))
    except CancelledError:
        db.session.rollback()
        parts.drop(row_id)
    except Exception:
        db.session.rollback()
        log.exception("Import %s failed.", row_id)
        db.session.execute(
            update(ContactImport)
            .where(ContactImport.id == row_id, ContactImport.state == "running")
            .values(state="failed", error=_FAILED, done=0)
        )


def _running() -> Select[UUID]:
    return select(ContactImport.id).where(ContactImport.state == "running")


@job("contacts.carry_on", every_minutes=5, waits=_running)
def CARRY_ON(firm_id: UUID) -> None:  # noqa: N802 - the same
    """Take up imports whose worker died: nothing of theirs was saved, so they begin again."""
    for row_id in db.session.scalars(_running()):
        TAKE.later(firm_id, str(row_id))


@job("contacts.forget", every_minutes=30)
def FORGET(firm_id: UUID) -> None:  # noqa: N802 - the same
    """Drop what nobody needs any more, and everybody who asked not to be kept."""
    del firm_id
    old_preview = now() - dt.timedelta(days=PREVIEW_DAYS)
    db.session.execute(
        delete(ContactImport).where(
            ContactImport.state.in_(("columns", "preview", "failed")),
            ContactImport.created_at < old_preview,
        )
    )
    old = select(ContactImport.id).where(
        ContactImport.ended_at < now() - dt.timedelta(days=UNDO_DAYS)
    )
    db.session.execute(delete(ImportPart).where(ImportPart.import_id.in_(old)))
    unwanted = select(Suppression.address_hash).where(Suppression.reason == "never")
    db.session.execute(
        delete(Contact).where(Contact.email_hash != "", Contact.email_hash.in_(unwanted))
    )


def _tidy_up(row: ContactImport | None) -> None:
    if row is not None and row.state == "cancelled":
        parts.drop(row.id)


def _tell(import_id: UUID, done: int) -> None:
    """Write how far an import has come where the page sees it, and hear whether to go on."""
    with Session(db.engine) as own, own.begin():
        state = own.scalar(
            update(ContactImport)
            .where(ContactImport.id == import_id)
            .values(done=done)
            .returning(ContactImport.state)
        )
    # Where no such row is seen yet, nobody can have cancelled it.
    if state not in {None, "running"}:
        raise CancelledError(gettext("This import was cancelled."))

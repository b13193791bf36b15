"""Writing notes: the only place. Operations flush and never commit."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub_outcomes.models import Note


def write_note(actor: Actor, text: str) -> Note:
    """Keep a note of the actor's."""
    note = Note(owner_id=actor.member_id(), text=text)
    db.session.add(note)
    db.session.flush()
    return note


def drop_note(actor: Actor, note_id: UUID) -> None:
    """Delete a note; only its owner does, to everybody else it does not exist."""
    note = db.session.scalar(
        select(Note).where(Note.id == note_id, Note.owner_id == actor.member_id())
    )
    if note is None:
        raise NotFoundError
    db.session.delete(note)
    db.session.flush()

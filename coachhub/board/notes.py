"""What members keep in mind about companies: each for their own eyes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from coachhub.board.models import CompanyNote
from coachhub.companies.models import Company
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError


def notes_on(actor: Actor, company_id: UUID) -> list[CompanyNote]:
    """Return the actor's own notes on a company, newest first."""
    return list(
        db.session.scalars(
            select(CompanyNote)
            .where(CompanyNote.owner_id == actor.member_id(), CompanyNote.company_id == company_id)
            .order_by(CompanyNote.created_at.desc(), CompanyNote.id)
        )
    )


def add_note(actor: Actor, company: Company, text: str) -> CompanyNote:
    """Keep a note on a company."""
    made = CompanyNote(owner_id=actor.member_id(), company_id=company.id, text=text)
    db.session.add(made)
    db.session.flush()
    return made


def drop_note(actor: Actor, company: Company, note_id: UUID) -> None:
    """Delete one of one's own notes; raises NotFoundError for another's."""
    found = db.session.scalar(
        select(CompanyNote).where(
            CompanyNote.id == note_id,
            CompanyNote.company_id == company.id,
            CompanyNote.owner_id == actor.member_id(),
        )
    )
    if found is None:
        raise NotFoundError
    db.session.delete(found)
    db.session.flush()

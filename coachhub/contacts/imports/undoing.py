"""Undoing: a whole import goes back out, and contacts that it changed are as they were."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, select

from coachhub.companies.operations import identify_many
from coachhub.contacts.identity import hash_of, reindexed
from coachhub.contacts.imports import parts
from coachhub.contacts.imports.parts import Before
from coachhub.contacts.models import Contact, ContactImport
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext

UNDO_DAYS = 30


def may_undo(row: ContactImport) -> bool:
    """Say whether an import can still be undone: not too long ago, and none after it."""
    return row.state == "done" and _in_time(row) and not _later(row)


def undo(row: ContactImport) -> tuple[int, int]:
    """Take an import back; return how many contacts went and how many are as they were.

    A field that its owner changed since stays as it is. Raises DomainError where it is too late.
    """
    locked = db.session.scalars(
        select(ContactImport)
        .where(ContactImport.id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if locked.state != "done":
        raise DomainError(gettext("This import has been undone already."))
    if _later(locked):
        raise DomainError(gettext("You imported again after this. Undo the newer import first."))
    if not _in_time(locked):
        raise DomainError(
            gettext(
                "An import can be undone for %(UNDO_DAYS)s days. This one is older.",
                UNDO_DAYS=UNDO_DAYS,
            )
        )
    restored = 0
    for number in parts.numbers_of(row.id, "before"):
        restored += _restore(parts.before_of(row.id, number))
    gone = db.session.execute(
        delete(Contact)
        .where(Contact.import_id == row.id, Contact.owner_id == row.owner_id)
        .returning(Contact.id)
    ).all()
    parts.drop(row.id)
    locked.state, locked.ended_at = "undone", now()
    db.session.flush()
    return len(gone), restored


def _in_time(row: ContactImport) -> bool:
    return row.ended_at is not None and now() - row.ended_at < dt.timedelta(days=UNDO_DAYS)


def _later(row: ContactImport) -> bool:
    newer = select(ContactImport.id).where(
        ContactImport.owner_id == row.owner_id,
        ContactImport.ended_at > row.ended_at,
        ContactImport.state == "done",
    )
    return db.session.scalar(newer.limit(1)) is not None


def _restore(changes: list[Before]) -> int:
    by_id = {one.contact_id: one.fields for one in changes}
    contacts = list(db.session.scalars(select(Contact).where(Contact.id.in_(by_id))))
    names = {fields["company_name"][0] for fields in by_id.values() if "company_name" in fields} - {
        ""
    }
    companies = identify_many(sorted(names)) if names else {}
    restored = 0
    for contact in contacts:
        back = {
            name: _value(name, before)
            for name, (before, after) in by_id[contact.id].items()
            if getattr(contact, name) == _value(name, after)
        }
        for name, value in back.items():
            setattr(contact, name, value)
        if "company_name" in back:
            contact.company_id = companies.get(back["company_name"])
        if back:
            contact.fingerprint, contact.namesake = reindexed(vars(contact)).values()
        if "email" in back:
            contact.email_hash = hash_of(back["email"])
        restored += bool(back)
    db.session.flush()
    db.session.expire_all()
    return restored


def _value(name: str, told: Any) -> Any:
    return dt.date.fromisoformat(told) if name == "connected_on" and told else told

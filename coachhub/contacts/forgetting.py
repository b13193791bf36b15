"""Somebody outside asks to be forgotten: out of every book, and out of what was read into one."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, select

from coachhub.contacts.identity import hash_of, plain_link
from coachhub.contacts.models import Contact, ContactImport, ImportPart
from coachhub.core.db import db
from coachhub.privacy.hooks import FORGET, STRANGERS, Stranger
from coachhub.privacy.strangers import name_told

_READ = 500


@FORGET.from_room
def forget(stranger: Stranger) -> list[str]:
    """Delete somebody from the firm's books; return the names and links they stood there with."""
    found = list(_rows_of(stranger))
    links = [link for one in found for link in (one.url, plain_link(one.url)) if link]
    known = [*links, *(one.full_name() for one in found)]
    db.session.execute(delete(Contact).where(Contact.id.in_([one.id for one in found])))
    _out_of_imports([stranger.address, *known] if stranger.address else [stranger.name, *known])
    # A name alone may be another's elsewhere: only with an address is it this person's for sure.
    return known if stranger.address else links


@STRANGERS.from_room
def strangers() -> list[Stranger]:
    """Tell who stands in the firm's books."""
    rows = db.session.execute(
        select(Contact.email, Contact.first_name, Contact.last_name, Contact.company_name),
        execution_options={"yield_per": _READ},
    )
    return [
        Stranger(email.strip().casefold(), f"{first} {last}".strip(), company)
        for email, first, last, company in rows
    ]


def _rows_of(stranger: Stranger) -> Iterator[Contact]:
    if stranger.address:
        yield from db.session.scalars(
            select(Contact).where(Contact.email_hash == hash_of(stranger.address))
        )
        return
    wanted = name_told(stranger.name, stranger.company)
    rows = db.session.scalars(select(Contact).where(Contact.company_name != ""))
    yield from (one for one in rows if name_told(one.full_name(), one.company_name) == wanted)


def _out_of_imports(words: list[str]) -> None:
    """Drop what was kept of address books that hold somebody: a preview, or the way to undo.

    The owner of a preview reads their file again; the one who asked is left out by then.
    """
    sought = [word.casefold() for word in words if word]
    holding = set()
    rows = db.session.execute(
        select(ImportPart.import_id, ImportPart.kind, ImportPart.content),
        execution_options={"yield_per": 20},
    )
    for import_id, kind, content in rows:
        text = content.casefold()
        if kind == "file":
            # The file's own bytes stand there one for each character.
            text = text.encode("latin-1", "replace").decode("utf-8", "replace")
        if any(word in text for word in sought):
            holding.add(import_id)
    for row in db.session.scalars(select(ContactImport)).all():
        if any(word in row.filename.casefold() for word in sought):
            row.filename = "An address book"
    unfinished = ("columns", "preview", "running", "failed")
    db.session.execute(
        delete(ContactImport).where(
            ContactImport.id.in_(holding), ContactImport.state.in_(unfinished)
        )
    )
    db.session.execute(delete(ImportPart).where(ImportPart.import_id.in_(holding)))

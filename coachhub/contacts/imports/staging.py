"""Staging: an uploaded file is read once, row by row, into parts that can be looked at."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Text, any_, delete, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from coachhub.companies.identities import tidy
from coachhub.contacts.formats import AddressBook, BadRow, Entry, Mapping, open_address_book
from coachhub.contacts.formats.kinds import shown
from coachhub.contacts.identity import fingerprint_of, hash_of, namesake_of
from coachhub.contacts.imports import parts
from coachhub.contacts.imports.known import Acquaintances
from coachhub.contacts.imports.parts import ROWS, Bad, Staged, Status
from coachhub.contacts.models import ContactImport
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.mail.models import Suppression
from coachhub.privacy.strangers import unwanted_names

_UNFINISHED = ("columns", "preview", "failed")


def stage(actor: Actor, stream: BinaryIO, filename: str) -> ContactImport:
    """Read an uploaded address book into a preview; an older unfinished one is dropped.

    Its state is ``columns`` where the owner must first say which column holds what.

    Raises:
        UnreadableAddressBook: a sentence that says what is wrong and how to mend it.
    """
    book = open_address_book(stream, filename)
    owner_id = actor.member_id()
    db.session.execute(
        delete(ContactImport).where(
            ContactImport.owner_id == owner_id, ContactImport.state.in_(_UNFINISHED)
        )
    )
    name = shown(filename).strip("“”")
    made = ContactImport(owner_id=owner_id, filename=name, format=book.format, state="columns")
    db.session.add(made)
    db.session.flush()
    parts.write_file(made.id, parts.chunks_of(stream))
    if not book.needs_mapping:
        _read(made, book)
    db.session.flush()
    return made


def book_of(row: ContactImport) -> AddressBook:
    """Open an import's stored file once more, to ask for its columns."""
    return open_address_book(io.BytesIO(parts.file_of(row.id)), row.filename)


def choose_columns(row: ContactImport, mapping: Mapping) -> None:
    """Read the file again with the columns that the owner chose.

    Raises:
        UnreadableAddressBook: the columns can't be meant.
        DomainError: it was taken or dropped meanwhile.
    """
    if row.state not in _UNFINISHED:
        raise DomainError(gettext("This address book has been taken in already."))
    stream = io.BytesIO(parts.file_of(row.id))
    book = open_address_book(stream, row.filename, mapping=mapping)
    parts.drop(row.id, "rows", "bad", "companies")
    row.mapping = {which: at for which, at in asdict(mapping).items() if at is not None}
    row.format = book.format
    _read(row, book)
    db.session.flush()


def unwanted_of(rows: Sequence[Staged]) -> set[int]:
    """Return the lines of people who asked not to be kept: by address, or by name and company."""
    hashes = sorted({one.email_hash for one in rows if one.email_hash})
    found = select(Suppression.address_hash).where(
        Suppression.reason == "never",
        Suppression.address_hash == any_(literal(hashes, ARRAY(Text))),
    )
    asked = set(db.session.scalars(found)) if hashes else set()
    names = unwanted_names({(one.name, one.company) for one in rows})
    return {one.line for one in rows if one.email_hash in asked or (one.name, one.company) in names}


def _read(row: ContactImport, book: AddressBook) -> None:
    """Write the book's rows into parts, a thousand at a time, and count them."""
    known, seen = Acquaintances(row.owner_id), set[bytes]()
    companies: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    bad: list[Bad] = []
    for number, entries in enumerate(_batches(iter(book), bad)):
        staged = _staged(row.owner_id, entries, known, seen)
        counts.update(one.status for one in staged)
        companies.update(
            one.company for one in staged if one.company and one.status in {"new", "known"}
        )
        parts.write(row.id, "rows", number, staged)
    for number in range(0, len(bad), ROWS):
        parts.write(row.id, "bad", number // ROWS, bad[number : number + ROWS])
    parts.write(row.id, "companies", 0, companies.most_common())
    row.total, row.done, row.bad = counts.total(), 0, len(bad)
    row.added, row.updated, row.unchanged = counts["new"], counts["known"], 0
    row.twice, row.unwanted = counts["twice"], counts["unwanted"]
    row.left_out, row.error, row.state = {}, "", "preview"


def _batches(rows: Iterator[Entry | BadRow], bad: list[Bad]) -> Iterator[list[Entry]]:
    def good() -> Iterator[Entry]:
        for row in rows:
            if isinstance(row, Entry):
                yield row
            else:
                bad.append(Bad(row.line, row.what, row.text))

    entries = good()
    while batch := list(islice(entries, ROWS)):
        yield batch


def _staged(
    owner_id: UUID, entries: list[Entry], known: Acquaintances, seen: set[bytes]
) -> list[Staged]:
    staged = [_one(owner_id, entry) for entry in entries]
    unwanted = unwanted_of(staged)
    told = []
    for one in staged:
        short = bytes.fromhex(one.fingerprint)
        if one.line in unwanted:
            # What is known of somebody who asked not to be kept ends here.
            told.append(_nobody(one.line))
            continue
        status: Status = "twice"
        if short not in seen:
            status = "new" if known.find(one) is None else "known"
        seen.add(short)
        told.append(one._replace(status=status))
    return told


def _nobody(line: int) -> Staged:
    return Staged(line, "", "", "", "", "", "", "", "", "", "", "unwanted")


def _one(owner_id: UUID, entry: Entry) -> Staged:
    return Staged(
        line=entry.line,
        first_name=entry.first_name,
        last_name=entry.last_name,
        email=entry.email,
        url=entry.url,
        company=tidy(entry.company),
        position=entry.position,
        connected_on=entry.connected_on.isoformat() if entry.connected_on else "",
        note=entry.note,
        fingerprint=fingerprint_of(
            owner_id,
            url=entry.url,
            email=entry.email,
            name=f"{entry.first_name} {entry.last_name}",
            company=entry.company,
        ),
        namesake=namesake_of(
            owner_id, name=f"{entry.first_name} {entry.last_name}", company=entry.company
        ),
        email_hash=hash_of(entry.email),
        status="new",
    )

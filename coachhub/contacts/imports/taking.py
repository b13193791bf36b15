"""Taking: what was staged becomes contacts, all of it or nothing.

Everything is written in one transaction. How far it has come is told over a connection of its
own, so that the page can show it; whether it was cancelled is asked there too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Uuid, any_, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from coachhub.companies.operations import identify_many
from coachhub.contacts.identity import fingerprint_of, namesake_of
from coachhub.contacts.imports import parts
from coachhub.contacts.imports.known import Acquaintances
from coachhub.contacts.imports.parts import Staged
from coachhub.contacts.imports.staging import unwanted_of
from coachhub.contacts.models import Contact, ContactImport
from coachhub.core.bulk import insert_many
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext

FROM_FILE = (
    "first_name",
    "last_name",
    "email",
    "url",
    "note",
    "company_name",
    "position",
    "connected_on",
)
_CONTACTS = cast("Table", Contact.__table__)
_HASHES = ("fingerprint", "namesake")
_WRITTEN = (*FROM_FILE, *_HASHES, "email_hash", "company_id")
_UPDATE = (
    update(_CONTACTS)
    .where(_CONTACTS.c.id == bindparam("contact_id"))
    .values({_CONTACTS.c[name]: bindparam(f"new_{name}") for name in _WRITTEN})
)


class CancelledError(DomainError):
    """The owner cancelled the import while it ran."""


@dataclass
class _Count:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    unwanted: int = 0
    changes: list[list[Any]] = field(default_factory=list)


def wanted_rows(row: ContactImport, staged: list[Staged]) -> list[Staged]:
    """Return the rows that the owner did not leave out, each person once."""
    lines = {int(line) for line in row.left_out.get("lines", {})}
    companies = set(row.left_out.get("companies", ()))
    return [
        one
        for one in staged
        if one.status in {"new", "known"} and one.line not in lines and one.company not in companies
    ]


def take(row: ContactImport, tell: Callable[[int], None] = lambda _done: None) -> None:
    """Turn an import's rows into contacts, and keep what they were before for an undo.

    `tell` is called after each part with the rows done so far. The statements are a handful for
    each part of a thousand rows. Raises CancelledError where the import was cancelled meanwhile.
    """
    import_id, state = row.id, row.state
    numbers = parts.numbers_of(import_id, "rows")
    names = {
        one.company
        for number in numbers
        for one in wanted_rows(row, parts.rows_of(import_id, number))
        if one.company
    }
    companies = identify_many(sorted(names)) if names else {}
    known = Acquaintances(row.owner_id)
    count, done = _Count(), 0
    for number in numbers:
        staged = parts.rows_of(import_id, number)
        _take_part(row, wanted_rows(row, staged), companies, known, count)
        if count.changes:
            parts.write(import_id, "before", number, count.changes)
            count.changes = []
        done += len(staged)
        tell(done)
    parts.drop(import_id, "file", "rows", "companies")
    ended = db.session.execute(
        update(ContactImport)
        .where(ContactImport.id == import_id, ContactImport.state == state)
        .values(
            state="done",
            done=done,
            added=count.added,
            updated=count.updated,
            unchanged=count.unchanged,
            unwanted=ContactImport.unwanted + count.unwanted,
            left_out={},
            error="",
            ended_at=now(),
        )
        .returning(ContactImport.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not ended:
        raise CancelledError(gettext("This import was cancelled."))
    db.session.expire(row)


def _take_part(
    row: ContactImport,
    staged: list[Staged],
    companies: dict[str, UUID | None],
    known: Acquaintances,
    count: _Count,
) -> None:
    unwanted = unwanted_of(staged)
    wanted = [one for one in staged if one.line not in unwanted]
    count.unwanted += len(staged) - len(wanted)
    if not wanted:
        return
    ids = [known.find(one) for one in wanted]
    there = _there([one for one in ids if one is not None])
    fresh, changed = [], []
    signed = _signed_now(row.owner_id, wanted)
    for one, sign, contact_id in zip(wanted, signed, ids, strict=True):
        given = _fields(one) | {"company_id": companies.get(one.company)}
        before = there.get(contact_id) if contact_id else None
        if before is None:
            fresh.append(
                given
                | {
                    "owner_id": row.owner_id,
                    "import_id": row.id,
                    "fingerprint": sign.fingerprint,
                    "namesake": sign.namesake,
                    "email_hash": one.email_hash,
                    "worked_together": False,
                    "hidden": False,
                }
            )
        elif change := _change(before, given, one.email_hash):
            changed.append(change)
            count.changes.append([str(before.id), _told(before, change)])
        else:
            count.unchanged += 1
    if fresh:
        # Somebody typed by hand a moment ago stays as typed.
        db.session.execute(
            insert_many(_CONTACTS, fresh).on_conflict_do_nothing(
                index_elements=["firm_id", "owner_id", "fingerprint"]
            )
        )
    if changed:
        db.session.connection().execute(_UPDATE, changed)
    count.added += len(fresh)
    count.updated += len(changed)


def _signed_now(owner_id: UUID, rows: list[Staged]) -> list[Staged]:
    """Return the rows with hashes under the key of now: it may be another than at the staging."""

    def anew(one: Staged) -> Staged:
        name, company = one.name, one.company
        sign = fingerprint_of(owner_id, url=one.url, email=one.email, name=name, company=company)
        return one._replace(
            fingerprint=sign, namesake=namesake_of(owner_id, name=name, company=company)
        )

    return rows if rows[0] == anew(rows[0]) else [anew(one) for one in rows]


def _there(ids: list[UUID]) -> dict[UUID, Any]:
    if not ids:
        return {}
    columns = [_CONTACTS.c[name] for name in _WRITTEN]
    rows = db.session.execute(
        select(_CONTACTS.c.id, _CONTACTS.c.owner_id, *columns).where(
            _CONTACTS.c.id == any_(literal(ids, ARRAY(Uuid())))
        )
    )
    return {row.id: row for row in rows}


def _fields(one: Staged) -> dict[str, Any]:
    return {
        "first_name": one.first_name,
        "last_name": one.last_name,
        "email": one.email,
        "url": one.url,
        "note": one.note,
        "company_name": one.company,
        "position": one.position,
        "connected_on": one.day,
    }


def _change(before: Any, given: dict[str, Any], email_hash: str) -> dict[str, Any]:
    """Return the update that brings a contact up to date, or nothing.

    What the file doesn't tell stays; the owner's own note is never overwritten.
    """
    after = {name: getattr(before, name) for name in _WRITTEN}
    for name in FROM_FILE:
        if given[name] and not (name == "note" and before.note):
            after[name] = given[name]
    if all(after[name] == getattr(before, name) for name in FROM_FILE):
        return {}
    if after["email"] != before.email:
        after["email_hash"] = email_hash
    if after["company_name"] != before.company_name:
        after["company_id"] = given["company_id"]
    name = f"{after['first_name']} {after['last_name']}"
    owner_id, company = before.owner_id, after["company_name"]
    after["namesake"] = namesake_of(owner_id, name=name, company=company)
    after["fingerprint"] = fingerprint_of(
        owner_id, url=after["url"], email=after["email"], name=name, company=company
    )
    return {"contact_id": before.id} | {f"new_{name}": value for name, value in after.items()}


def _told(before: Any, change: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        name: [_plain(getattr(before, name)), _plain(change[f"new_{name}"])]
        for name in (*FROM_FILE, *_HASHES)
        if getattr(before, name) != change[f"new_{name}"]
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def lock(import_id: UUID) -> bool:
    """Hold an import for this transaction; False where somebody else works on it."""
    number = int.from_bytes(import_id.bytes[8:], "big", signed=True)
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(number))))

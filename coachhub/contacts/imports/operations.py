"""What an owner does with an import: choose, take, cancel, undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from coachhub.contacts.imports import jobs, parts
from coachhub.contacts.imports.taking import take
from coachhub.contacts.models import ContactImport
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext

AT_ONCE = 2_000
"""Up to so many rows are taken while the page waits; more are a job."""

_OPEN = ("columns", "preview", "running", "failed")


def find(actor: Actor, import_id: UUID, *, lock: bool = False) -> ContactImport:
    """Return one of the actor's own imports; raises NotFoundError for anybody else's."""
    query = select(ContactImport).where(
        ContactImport.id == import_id, ContactImport.owner_id == actor.member_id()
    )
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def leave_out_lines(row: ContactImport, shown: Mapping[int, str], out: Iterable[int]) -> None:
    """Remember which of the lines shown are left out; what other pages chose stays.

    `shown` maps each line to its company, so that the rest can be counted.
    """
    _still_open(row)
    chosen = set(out)
    lines: dict[str, str] = {
        line: company
        for line, company in row.left_out.get("lines", {}).items()
        if int(line) not in shown
    }
    lines |= {str(line): company for line, company in shown.items() if line in chosen}
    row.left_out = row.left_out | {"lines": lines}
    db.session.flush()


def leave_out_companies(row: ContactImport, shown: Iterable[str], out: Iterable[str]) -> None:
    """Remember which of the companies shown are left out whole."""
    _still_open(row)
    names = set(row.left_out.get("companies", ())) - set(shown) | set(out) & set(shown)
    row.left_out = row.left_out | {"companies": sorted(names)}
    db.session.flush()


def left(row: ContactImport) -> int:
    """Return how many people a preview would take in, after what is left out."""
    companies = set(row.left_out.get("companies", ()))
    out = sum(company not in companies for company in row.left_out.get("lines", {}).values())
    if companies:
        out += sum(rows for name, rows in parts.companies_of(row.id) if name in companies)
    return row.added + row.updated - out


def start(actor: Actor, import_id: UUID) -> ContactImport:
    """Take an import: at once if it is small, else by a job; its `state` tells which.

    Raises DomainError where there is nothing to take, or it was taken already.
    """
    row = find(actor, import_id, lock=True)
    _still_open(row)
    if left(row) <= 0:
        raise DomainError(
            gettext("Everybody in this file is left out, so there is nobody to take in.")
        )
    row.error, row.done = "", 0
    if row.total > AT_ONCE:
        row.state = "running"
        db.session.flush()
        jobs.TAKE.later(current_firm_id(), str(row.id))
    else:
        take(row)
    return row


def cancel(actor: Actor, import_id: UUID) -> ContactImport:
    """Stop an import, or drop its preview: nothing of it is kept."""
    row = find(actor, import_id, lock=True)
    if row.state not in _OPEN:
        raise DomainError(gettext("This import has ended already. You can still undo it."))
    # While a job reads the parts, they stay; the job's end drops them.
    if row.state != "running":
        parts.drop(row.id)
    row.state, row.ended_at = "cancelled", now()
    db.session.flush()
    return row


def _still_open(row: ContactImport) -> None:
    if row.state not in {"preview", "failed"}:
        raise DomainError(gettext("This import has been taken in or dropped already."))

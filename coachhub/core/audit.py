"""The record nobody can change: one entry for each act that moderates, administers or shows.

`record` is the only writer. The database numbers and chains the entries (a trigger computes each
hash over the one before), and the application's role may insert and read, never update or delete.
Names are copied, nothing is a foreign key but the firm, so an entry outlives what it speaks of.
Each firm has its own trail; what staff do outside of every firm stands in the desk's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.access import Actor
from coachhub.core.db import FirmScoped, Row, db
from coachhub.core.tenancy import open_firm_id


class Entry:
    """One act: who, what, on which thing, with the details as they were then."""

    # The trigger writes these two: nobody numbers or chains by hand.
    number: Mapped[int] = mapped_column(BigInteger, server_default="0")
    chain: Mapped[str] = mapped_column(server_default="")
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    subject_label: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AuditEntry(Entry, FirmScoped):
    """An act in a firm."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("firm_id", "number"),)

    actor_membership_id: Mapped[UUID | None]


class DeskEntry(Entry, Row):
    """An act of the platform's desk that concerns no firm, or all of them."""

    __tablename__ = "audit_desk_entry"
    __table_args__ = (UniqueConstraint("number"),)

    actor_person_id: Mapped[UUID | None]


def record(
    actor: Actor,
    action: str,
    *,
    kind: str,
    subject: UUID | None = None,
    label: str = "",
    **details: Any,
) -> AuditEntry | DeskEntry:
    """Write one entry into the present transaction, for the firm whose scope is open.

    Where no scope is open, the entry is the desk's.

    Args:
        actor: who did it; name and membership are copied.
        action: past tense with dots, as in ``round.released``.
        kind: what it was done to, as in ``round``.
        subject: its id.
        label: what people call it.
        details: JSON values worth keeping; never a private text.
    """
    told = {
        "actor_name": actor.label,
        "action": action,
        "subject_kind": kind,
        "subject_id": subject,
        "subject_label": label,
        "details": details,
    }
    entry: AuditEntry | DeskEntry
    if open_firm_id() is None:
        entry = DeskEntry(actor_person_id=actor.person_id, **told)
    else:
        entry = AuditEntry(actor_membership_id=actor.membership_id, **told)
    db.session.add(entry)
    db.session.flush()
    return entry


def entries(*, action: str = "", limit: int = 200) -> list[AuditEntry]:
    """Return the firm's newest entries first, optionally of actions that begin with `action`."""
    query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    return list(db.session.scalars(query))

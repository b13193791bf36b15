"""The record nobody can change: one entry for each act that moderates, administers or shows.

`record` is the only writer. The database numbers and chains the entries (a trigger computes each
hash over the one before), and the application's role may insert and read, never update or delete.
Names are copied, nothing is a foreign key but the firm, so an entry outlives what it speaks of.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, UniqueConstraint, func, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.access import Actor
from coachhub.core.db import FirmScoped, db
from coachhub.core.tenancy import current_firm_id


class AuditEntry(FirmScoped):
    """One act: who, what, on which thing, with the details as they were then."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("firm_id", "number"),)

    # The trigger `audit_chain` writes these two: nobody numbers or chains by hand.
    number: Mapped[int] = mapped_column(BigInteger, server_default="0")
    chain: Mapped[str] = mapped_column(server_default="")
    actor_name: Mapped[str]
    actor_membership_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    subject_label: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def take_turn() -> None:
    """Wait until no other transaction writes this firm's record; keep the turn until the end.

    `record` does so by itself. Whoever locks rows before they write takes the turn first: then two
    never wait for each other.
    """
    turn = func.hashtextextended("audit" + str(current_firm_id()), literal(0))
    db.session.execute(select(func.pg_advisory_xact_lock(turn)))


def record(
    actor: Actor,
    action: str,
    *,
    kind: str,
    subject: UUID | None = None,
    label: str = "",
    **details: Any,
) -> AuditEntry:
    """Write one entry into the present transaction, for the firm whose scope is open.

    Args:
        actor: who did it; name and membership are copied.
        action: past tense with dots, as in ``round.released``.
        kind: what it was done to, as in ``round``.
        subject: its id.
        label: what people call it.
        details: JSON values worth keeping; never a private text.
    """
    entry = AuditEntry(
        actor_name=actor.label,
        actor_membership_id=actor.membership_id,
        action=action,
        subject_kind=kind,
        subject_id=subject,
        subject_label=label,
        details=details,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def entries(*, action: str = "", limit: int = 200) -> list[AuditEntry]:
    """Return the firm's newest entries first, optionally of actions that begin with `action`."""
    query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    return list(db.session.scalars(query))


def first_broken() -> int | None:
    """Return the number of the firm's first entry that does not fit the chain; None if whole."""
    return db.session.scalar(select(func.audit_first_broken(current_firm_id())))

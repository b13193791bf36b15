"""The record nobody can change: one entry for each act that moderates, administers or shows.

`record` is the only writer. The database numbers and chains the entries (a trigger computes each
hash over the one before), and the application's role may insert and read, never update or delete.
Names are copied, nothing is a foreign key but the firm, so an entry outlives what it speaks of.
Each firm has its own trail; what staff do outside of every firm stands in the desk's.

The chain covers salted marks of the texts, not the texts: names, label and details of somebody who
was erased can be taken out (`forget`), and every entry still fits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.access import Actor
from coachhub.core.db import FirmScoped, Row, db, now
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext_noop
from coachhub.permissions import Standing

_LISTENERS: list[Callable[[AuditEntry], None]] = []
# The same reader of the same thing is written down once in this time.
_SEEN_AGAIN = dt.timedelta(hours=1)
# What a member is told of who read something of theirs; never a name.
_ROLES = (
    (Standing.STAFF, gettext_noop("CoachHub's desk")),
    (Standing.ADMIN, gettext_noop("a firm admin")),
    (Standing.COACH, gettext_noop("a coach")),
    (Standing.COHORT_COACH, gettext_noop("a coach")),
    (Standing.MEMBER, gettext_noop("a member")),
)


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


@dataclass(frozen=True)
class Act:
    """What an entry is to say: see `record`, whose words these are."""

    action: str
    kind: str
    subject: UUID | None = None
    label: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class AuditEntry(Entry, FirmScoped):
    """An act in a firm."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("firm_id", "number"),)

    actor_membership_id: Mapped[UUID | None]
    # Written by the trigger too: see `forget`.
    marks: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    salts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class DeskEntry(Entry, Row):
    """An act of the platform's desk that concerns no firm, or all of them."""

    __tablename__ = "audit_desk_entry"
    __table_args__ = (UniqueConstraint("number"),)

    actor_person_id: Mapped[UUID | None]


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
    return record_all(actor, [Act(action, kind, subject, label, details)])[0]


def record_all(actor: Actor, acts: Sequence[Act]) -> list[AuditEntry]:
    """Write an entry for each act of one go, in their order; as `record` does, in one statement."""
    made = [
        AuditEntry(
            actor_name=actor.label,
            actor_membership_id=actor.membership_id,
            action=act.action,
            subject_kind=act.kind,
            subject_id=act.subject,
            subject_label=act.label,
            details=act.details,
        )
        for act in acts
    ]
    db.session.add_all(made)
    db.session.flush()
    for entry in made:
        for listener in _LISTENERS:
            listener(entry)
    return made


def listen(listener: Callable[[AuditEntry], None]) -> Callable[[AuditEntry], None]:
    """Let a room above hear of each entry, in the transaction that it is written in."""
    _LISTENERS.append(listener)
    return listener


def record_at_desk(
    actor: Actor,
    action: str,
    *,
    kind: str,
    subject: UUID | None = None,
    label: str = "",
    **details: Any,
) -> DeskEntry:
    """Write one entry into the desk's own trail: for what concerns no firm, or all of them."""
    entry = DeskEntry(
        actor_name=actor.label,
        actor_person_id=actor.person_id,
        action=action,
        subject_kind=kind,
        subject_id=subject,
        subject_label=label,
        details=details,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def seen(
    actor: Actor,
    what: str,
    *,
    kind: str,
    whose: Collection[UUID],
    subject: UUID | None = None,
    **details: Any,
) -> AuditEntry | None:
    """Write that private data was read, for those whose it is; one's own reading is not written.

    The same reader of the same thing is written down once an hour; None for what is not written.

    Args:
        actor: who read it.
        what: as in ``reporter`` or ``private_note``; the action is ``seen.<what>``.
        kind: what it belongs to, as in ``case``.
        whose: the memberships that are told about it on their page.
        subject: the id of what it belongs to.
        details: as for `record`.
    """
    told = [str(one) for one in whose if one != actor.membership_id]
    if not told:
        return None
    action = f"seen.{what}"
    before = select(AuditEntry.id).where(
        AuditEntry.action == action,
        AuditEntry.subject_id == subject,
        AuditEntry.actor_membership_id == actor.membership_id,
        AuditEntry.actor_name == actor.label,
        AuditEntry.created_at > now() - _SEEN_AGAIN,
        AuditEntry.details["whose"] == func.to_jsonb(literal(told, ARRAY(Text()))),
    )
    if db.session.scalar(before.limit(1)) is not None:
        return None
    return record(
        actor, action, kind=kind, subject=subject, whose=told, role=role_of(actor), **details
    )


def role_of(actor: Actor) -> str:
    """Return in which role somebody acts, as a member may be told it."""
    return next((word for standing, word in _ROLES if standing in actor.standings), "CoachHub")


def readings_of(
    membership_id: UUID, *, since: dt.date | None = None, until: dt.date | None = None
) -> Select[AuditEntry]:
    """Return the select of who read what of a member's, newest first; days are whole, in UTC.

    What is ``…shown`` of a membership is about that member, unless they looked themselves.
    """
    theirs = (
        AuditEntry.action.endswith(".shown", autoescape=True)
        & (AuditEntry.subject_kind == "membership")
        & (AuditEntry.subject_id == membership_id)
        & AuditEntry.actor_membership_id.is_distinct_from(membership_id)
    )
    query = (
        select(AuditEntry)
        .where(AuditEntry.details["whose"].contains([str(membership_id)]) | theirs)
        .order_by(AuditEntry.number.desc())
    )
    if since:
        query = query.where(AuditEntry.created_at >= _start_of(since))
    if until:
        query = query.where(AuditEntry.created_at < _start_of(until) + dt.timedelta(days=1))
    return query


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def forget(membership_id: UUID, words: Collection[str], things: Collection[UUID]) -> int:
    """Take an erased member out of the firm's record; return how many entries spoke of them.

    Their name as an actor goes, the labels of `things` that were theirs, and `words` (names,
    addresses) wherever they stand. The entries stay, and still fit the chain. The database
    refuses it unless ``member.erased`` stands in the record.
    """
    return int(
        db.session.scalar(
            select(
                func.audit_forget(
                    membership_id,
                    literal([one for one in words if one], ARRAY(Text())),
                    literal(list(things), ARRAY(Uuid())),
                )
            )
        )
        or 0
    )


def entries(*, action: str = "", limit: int = 200) -> list[AuditEntry]:
    """Return the firm's newest entries first, optionally of actions that begin with `action`."""
    query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(limit)
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    return list(db.session.scalars(query))


def first_broken() -> int | None:
    """Return the number of the firm's first entry that does not fit; None if whole.

    `core.chain` says what is wrong, and with which entry.
    """
    return db.session.scalar(select(func.audit_first_broken(current_firm_id())))

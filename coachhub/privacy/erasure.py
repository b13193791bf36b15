"""Erasing a member: everything of theirs goes, and what others' books need stays without a name.

Which rows go is told by the keys themselves: what points at a membership with CASCADE is theirs
and is deleted, what points with SET NULL is somebody else's and forgets them. Rooms and plugins
say in `ERASE` what must go on pointing at the nameless membership, and why, and blank the words in
it. Then the last look of `sweep`, the record, the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, delete, func, or_, select, update

from coachhub.accounts.models import Person
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.tenancy import current_firm_id, scope
from coachhub.firms.models import Firm, Invitation, Membership, Seat
from coachhub.firms.operations import end_membership
from coachhub.mail.models import (
    AccountMail,
    FirmIncoming,
    FirmMail,
    StrayMail,
    Thread,
)
from coachhub.mail.suppression import address_hash
from coachhub.privacy import ledger
from coachhub.privacy.hooks import ERASE
from coachhub.privacy.sweep import blank_mails, firm_tables, sweep, telling

NAME = "Somebody who has left"
MEMBERS = Membership.__tablename__
_PROFILE = {
    "headline": "",
    "titles": [],
    "fields": [],
    "places": [],
    "profile_url": "",
    "resume_url": "",
    "interests": "",
    "keep_from": [],
}


@dataclass(frozen=True)
class Fate:
    """What becomes of the rows that point at somebody who is erased: one for each column."""

    table: str
    column: str
    what: str  # deleted, emptied or kept
    why: str = ""


@dataclass
class Gone:
    """What an erasure did: the fate of each column, and the ids of the rows that are no more."""

    fates: list[Fate] = field(default_factory=list)
    things: list[UUID] = field(default_factory=list)


def erase(actor: Actor, membership: Membership) -> Gone:
    """Erase a member from the firm, and their account if they are in no other firm.

    Raises DomainError for a firm's only admin. What stands in the record and in others' books
    stays without their name.
    """
    membership = db.session.scalars(
        select(Membership).where(Membership.id == membership.id).with_for_update()
    ).one()
    person = db.session.get_one(Person, membership.person_id)
    member_id, person_id, address = membership.id, person.id, person.email
    words = telling([*_names(membership, person), address, *_links(membership)])
    if membership.state != "left":
        end_membership(actor, membership, "erased")
    gone = _rows_of(membership)
    _mails_of(member_id, address)
    for name, value in _PROFILE.items():
        setattr(membership, name, value)
    membership.name, membership.person_id, membership.erased_at = NAME, None, now()  # type: ignore[assignment]  # see the model
    membership.welcomed_at = membership.seen_at = None
    db.session.flush()
    db.session.execute(
        delete(Seat).where(Seat.firm_id == current_firm_id(), Seat.person_id == person_id)
    )
    sweep(words)
    # Whoever erases oneself is nobody by now.
    who = Actor(label=NAME) if actor.membership_id == member_id else actor
    audit.record(who, "member.erased", kind="membership", subject=member_id)
    audit.forget(member_id, words, gone.things)
    ledger.write("membership", str(member_id))
    if not _seats(person_id):
        erase_account(person_id)
    return gone


def erase_account(person_id: UUID) -> None:
    """Delete a person who is in no firm: how they sign in, and every mail about it.

    The platform's own staff keep their account.
    """
    person = db.session.get(Person, person_id)
    if person is None or person.is_staff:
        return
    address = person.email
    ledger.write("person", str(person_id))
    db.session.execute(delete(AccountMail).where(func.lower(AccountMail.to_address) == address))
    db.session.execute(
        delete(StrayMail).where(
            or_(
                StrayMail.sender_hash == address_hash(address),
                func.lower(StrayMail.sender) == address,
            )
        )
    )
    db.session.delete(person)
    db.session.flush()


def erase_everywhere(actor: Actor, person: Person) -> None:
    """Erase a person from every firm they were ever in, and their account. No scope may be open."""
    person_id = person.id
    for firm_id in _seats(person_id):
        with scope(firm_id):
            membership = db.session.scalar(
                select(Membership).where(Membership.person_id == person_id)
            )
            if membership is not None:
                erase(actor, membership)
    erase_account(person_id)


def pointing() -> list[tuple[Table, Column[UUID], str]]:
    """Return (table, column, what its key does) for each column that points at a membership."""
    return [
        (table, column, column.info["ondelete"])
        for table in firm_tables()
        for column in table.columns
        if column.info.get("points_to") == MEMBERS
    ]


def _rows_of(membership: Membership) -> Gone:
    member_id = membership.id
    kept = {
        (one.column.class_.__tablename__, one.column.key): one.why
        for given in ERASE.ask_everybody(membership)
        for one in given
    }
    db.session.flush()
    gone = Gone()
    for table, column, ondelete in pointing():
        whose: ColumnElement[bool] = column == member_id
        why = kept.pop((table.name, column.name), "")
        if why:
            gone.fates.append(Fate(table.name, column.name, "kept", why))
        elif ondelete == "CASCADE":
            rows = db.session.execute(delete(table).where(whose).returning(table.c.id))
            gone.things += rows.scalars().all()
            gone.fates.append(Fate(table.name, column.name, "deleted"))
        else:
            db.session.execute(update(table).where(whose).values({column: None}))
            gone.fates.append(Fate(table.name, column.name, "emptied"))
    gone.fates += [Fate(table, column, "kept", why) for (table, column), why in kept.items()]
    db.session.expire_all()
    return gone


def _mails_of(member_id: UUID, address: str) -> None:
    theirs = db.session.scalars(select(FirmMail.id).where(FirmMail.membership_id == member_id))
    blank_mails(theirs.all(), address=True)
    db.session.execute(delete(Thread).where(Thread.membership_id == member_id))
    db.session.execute(
        delete(FirmIncoming).where(
            or_(
                FirmIncoming.sender_hash == address_hash(address),
                func.lower(FirmIncoming.sender) == address,
            )
        )
    )
    db.session.execute(delete(Invitation).where(func.lower(Invitation.email) == address))


def _names(membership: Membership, person: Person) -> list[str]:
    """Return what somebody is called, unless another in the firm is called the same."""
    names = {membership.name, person.name}
    others = select(Membership.name).where(
        Membership.id != membership.id, Membership.name.in_(names)
    )
    return sorted(names - set(db.session.scalars(others)))


def _links(membership: Membership) -> list[str]:
    return [link for link in (membership.profile_url, membership.resume_url) if link]


def _seats(person_id: UUID) -> list[UUID]:
    return list(
        db.session.scalars(
            select(Seat.firm_id)
            .join(Firm, Firm.id == Seat.firm_id)
            .where(Seat.person_id == person_id)
        )
    )

"""Writing contacts: by hand, one or many, and letting go of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from coachhub.companies.hooks import COMPANIES_PARTED
from coachhub.companies.identities import tidy
from coachhub.companies.operations import identify
from coachhub.contacts.identity import fingerprint_of, fingerprints_of, hash_of, namesake_of
from coachhub.contacts.models import STRENGTHS, Contact, ContactImport
from coachhub.contacts.queries import Wanted, find, matching
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.firms.hooks import MEMBER_LEFT
from coachhub.firms.models import Membership
from coachhub.mail.outbox import suppressed
from coachhub.privacy.strangers import unwanted_names


class KnownAlreadyError(DomainError):
    """The owner has this person already."""

    def __init__(self, contact: Contact) -> None:
        """Say so; `contact` is the one there is."""
        super().__init__(gettext("You have this person already."))
        self.contact = contact


@dataclass(frozen=True)
class ContactDraft:
    """What an owner writes about somebody they know. A name or a mail address is needed."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    url: str = ""
    company: str = ""
    position: str = ""
    connected_on: dt.date | None = None
    strength: int | None = None
    worked_together: bool = False
    hidden: bool = False
    note: str = ""


@dataclass(frozen=True)
class Rating:
    """What is said of many contacts at once; None leaves a thing as it is."""

    strength: int | None = None
    worked_together: bool | None = None
    hidden: bool | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns to set."""
        told = {
            "strength": self.strength,
            "worked_together": self.worked_together,
            "hidden": self.hidden,
        }
        return {name: value for name, value in told.items() if value is not None}


def add_contact(actor: Actor, draft: ContactDraft) -> Contact:
    """Write somebody into the actor's own address book.

    Raises KnownAlreadyError, or DomainError for somebody who asked not to be kept.
    """
    contact = Contact(owner_id=actor.member_id())
    _write(contact, draft)
    db.session.add(contact)
    db.session.flush()
    return contact


def edit_contact(actor: Actor, contact: Contact, draft: ContactDraft) -> None:
    """Change one of the actor's own contacts; raises as `add_contact` does."""
    _write(find(actor, contact.id), draft)
    db.session.flush()


def delete_contacts(actor: Actor, ids: Collection[UUID]) -> int:
    """Delete contacts of the actor's own; return how many there were."""
    gone = db.session.execute(
        delete(Contact)
        .where(Contact.owner_id == actor.member_id(), Contact.id.in_(ids))
        .returning(Contact.id)
    ).all()
    return len(gone)


def delete_everything(actor: Actor) -> int:
    """Delete all of the actor's contacts and imports; return how many contacts there were."""
    owner_id = actor.member_id()
    gone = db.session.execute(
        delete(Contact).where(Contact.owner_id == owner_id).returning(Contact.id)
    ).all()
    db.session.execute(delete(ContactImport).where(ContactImport.owner_id == owner_id))
    return len(gone)


def rate(actor: Actor, ids: Collection[UUID], rating: Rating) -> int:
    """Say the same of many of the actor's own contacts; return how many."""
    return _rate_where(actor, rating, Contact.id.in_(ids))


def rate_all(actor: Actor, wanted: Wanted, rating: Rating) -> int:
    """Say the same of all of the actor's own contacts that match; return how many."""
    query = matching(actor, wanted).with_only_columns(Contact.id)
    return _rate_where(actor, rating, Contact.id.in_(query))


def rate_each(actor: Actor, said: Mapping[UUID, Rating]) -> int:
    """Say of each contact what the owner said of it; return how many were rated."""
    by_rating: dict[Rating, list[UUID]] = {}
    for contact_id, rating in said.items():
        by_rating.setdefault(rating, []).append(contact_id)
    return sum(rate(actor, ids, rating) for rating, ids in by_rating.items())


@MEMBER_LEFT.from_room
def let_go(membership: Membership) -> None:
    """Delete a leaver's contacts and imports at once; somebody suspended may come back."""
    if membership.state != "left":
        return
    for model in (Contact, ContactImport):
        db.session.execute(delete(model).where(model.owner_id == membership.id))


@COMPANIES_PARTED.from_room
def follow(before: UUID, after: UUID, written: Sequence[str]) -> None:
    """Move contacts whose company's name now stands for another company."""
    db.session.execute(
        update(Contact)
        .where(Contact.company_id == before, Contact.company_name.in_(written))
        .values(company_id=after)
    )


def _rate_where(actor: Actor, rating: Rating, condition: Any) -> int:
    values = rating.values()
    if rating.strength not in {None, *STRENGTHS}:
        raise DomainError(gettext("Please say hardly, somewhat or well."))
    if not values:
        return 0
    rated = db.session.execute(
        update(Contact)
        .where(Contact.owner_id == actor.member_id(), condition)
        .values(**values)
        .returning(Contact.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.expire_all()
    return len(rated)


def _write(contact: Contact, draft: ContactDraft) -> None:
    name = f"{draft.first_name} {draft.last_name}".strip()
    if not name and not draft.email:
        raise DomainError(gettext("Please write a name or a mail address."))
    company = tidy(draft.company)
    left_alone = draft.email and suppressed(draft.email) == "never"
    if left_alone or unwanted_names({(name, company)}):
        raise DomainError(gettext("This person asked not to be kept here, so we can't save them."))
    fingerprint = fingerprint_of(
        contact.owner_id, url=draft.url, email=draft.email, name=name, company=company
    )
    namesake = namesake_of(contact.owner_id, name=name, company=company)
    with db.session.no_autoflush:
        same = _same(contact, draft, name, company)
    if same is not None:
        raise KnownAlreadyError(same)
    if company != contact.company_name or contact.company_id is None:
        found = identify(company) if company else None
        contact.company_id = found.id if found else None
    contact.fingerprint, contact.namesake = fingerprint, namesake
    contact.email_hash = hash_of(draft.email)
    contact.first_name, contact.last_name = draft.first_name, draft.last_name
    contact.email, contact.url, contact.note = draft.email, draft.url, draft.note
    contact.company_name, contact.position = company, draft.position
    contact.connected_on, contact.strength = draft.connected_on, draft.strength
    contact.worked_together, contact.hidden = draft.worked_together, draft.hidden


def _same(contact: Contact, draft: ContactDraft, name: str, company: str) -> Contact | None:
    """Return the owner's other contact that this is: by its own sign, or one typed with less."""
    owner_id, typed = contact.owner_id, bool(draft.url or draft.email)
    signs = fingerprints_of(owner_id, url=draft.url, email=draft.email, name=name, company=company)
    own = select(Contact).where(Contact.owner_id == contact.owner_id)
    same = db.session.scalar(own.where(Contact.fingerprint.in_(signs)).limit(1))
    if same is None and name and company and not typed:
        # Typed with a name and a company only, and there already with a link or an address.
        found = list(db.session.scalars(own.where(Contact.namesake.in_(signs)).limit(2)))
        same = found[0] if len(found) == 1 else None
    return None if same is contact else same

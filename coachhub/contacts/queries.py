"""Reading contacts: always one owner's own, whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ARRAY, Select, Uuid, any_, func, literal, or_, select

from coachhub.companies.queries import ids_written
from coachhub.contacts.identity import folded
from coachhub.contacts.models import Contact, ContactImport
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError

PER_PAGE = 25
_MOST_COMPANIES = 100
_LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Wanted:
    """Which contacts to show.

    Attributes:
        words: part of a company's or a person's name, or of a position.
        company: a company's name as it stands with the contact, or empty.
        strength: "1", "2", "3", "none" for not rated, "together", "hidden", or empty.
    """

    words: str = ""
    company: str = ""
    strength: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Wanted:
        """Read it from an address or a form."""
        return cls(
            str(values.get("q", "")).strip()[:_LONGEST_SEARCH],
            str(values.get("company", "")),
            str(values.get("strength", "")),
        )

    def address(self) -> dict[str, str]:
        """Return it as it stands in an address."""
        told = {"q": self.words, "company": self.company, "strength": self.strength}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Counts:
    """How many contacts an owner has, and how many are rated."""

    total: int
    rated: int
    companies: int

    @property
    def unrated(self) -> int:
        """Return how many are not rated."""
        return self.total - self.rated


def find(actor: Actor, contact_id: UUID) -> Contact:
    """Return one of the actor's own contacts; raises NotFoundError for anybody else's."""
    found = db.session.scalar(_own(actor).where(Contact.id == contact_id))
    if found is None:
        raise NotFoundError
    return found


def page_of(actor: Actor, wanted: Wanted, page: int) -> Pagination:
    """Return one page of the actor's contacts, by company, the newest connections first."""
    query = matching(actor, wanted).order_by(
        Contact.company_name == "",
        func.lower(Contact.company_name),
        Contact.connected_on.desc().nulls_last(),
        Contact.id,
    )
    return db.paginate(query, page=max(page, 1), per_page=PER_PAGE, error_out=False)


def matching(actor: Actor, wanted: Wanted) -> Select[Contact]:
    """Return the select of the actor's contacts that are wanted."""
    query: Select[Contact] = _filtered(_own(actor), wanted)
    if not wanted.words:
        return query
    return query.where(
        or_(
            Contact.company_name.icontains(wanted.words, autoescape=True),
            Contact.position.icontains(wanted.words, autoescape=True),
            Contact.company_id == any_(literal(ids_written(wanted.words), ARRAY(Uuid()))),
            Contact.id == any_(literal(_named(actor, wanted), ARRAY(Uuid()))),
        )
    )


def counts(actor: Actor) -> Counts:
    """Count the actor's contacts."""
    return counts_among([actor.member_id()])[actor.member_id()]


def counts_among(owner_ids: Collection[UUID]) -> dict[UUID, Counts]:
    """Count the contacts of each of some members."""
    rows = db.session.execute(
        select(
            Contact.owner_id,
            func.count(),
            func.count().filter(or_(Contact.strength.is_not(None), Contact.worked_together)),
            func.count(Contact.company_id.distinct()),
        )
        .where(Contact.owner_id.in_(owner_ids))
        .group_by(Contact.owner_id)
    )
    return dict.fromkeys(owner_ids, Counts(0, 0, 0)) | {
        owner: Counts(*numbers) for owner, *numbers in rows
    }


def companies_of(actor: Actor) -> list[tuple[str, int]]:
    """Return the companies where the actor knows most people, with how many, by name."""
    number = func.count()
    rows = db.session.execute(
        select(Contact.company_name, number)
        .where(Contact.owner_id == actor.member_id(), Contact.company_name != "")
        .group_by(Contact.company_name)
        .order_by(number.desc(), Contact.company_name)
        .limit(_MOST_COMPANIES)
    )
    return sorted(((name, many) for name, many in rows), key=lambda one: one[0].casefold())


def to_rate(actor: Actor, limit: int, offset: int = 0) -> list[Contact]:
    """Return contacts that are not rated: those at a company first, newest connections first."""
    query = _filtered(_own(actor), Wanted(strength="none")).where(Contact.hidden.is_(False))
    return list(
        db.session.scalars(
            query.order_by(
                Contact.company_id.is_(None),
                Contact.connected_on.desc().nulls_last(),
                Contact.id,
            )
            .limit(limit)
            .offset(offset)
        )
    )


def imports_of(actor: Actor) -> list[ContactImport]:
    """Return the actor's imports, newest first."""
    return list(
        db.session.scalars(
            select(ContactImport)
            .where(ContactImport.owner_id == actor.member_id())
            .order_by(ContactImport.created_at.desc())
        )
    )


def unfinished_imports(owner_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the newest import of each of some members that waits for their yes, by member."""
    rows = db.session.execute(
        select(ContactImport.owner_id, ContactImport.id)
        .where(
            ContactImport.owner_id.in_(owner_ids), ContactImport.state.in_(("columns", "preview"))
        )
        .order_by(ContactImport.created_at)
    )
    return {owner: key for owner, key in rows if owner is not None}


def _own(actor: Actor) -> Select[Contact]:
    return select(Contact).where(Contact.owner_id == actor.member_id())


def _filtered(query: Any, wanted: Wanted) -> Any:
    if wanted.company:
        query = query.where(Contact.company_name == wanted.company)
    if wanted.strength in {"1", "2", "3"}:
        query = query.where(Contact.strength == int(wanted.strength))
    elif wanted.strength == "none":
        query = query.where(Contact.strength.is_(None), Contact.worked_together.is_(False))
    elif wanted.strength == "together":
        query = query.where(Contact.worked_together)
    elif wanted.strength == "hidden":
        query = query.where(Contact.hidden)
    return query


def _named(actor: Actor, wanted: Wanted) -> list[UUID]:
    """Return the ids of the actor's contacts whose names hold every word: decrypted to look."""
    words = folded(wanted.words).split()
    names = select(Contact.id, Contact.first_name, Contact.last_name)
    rows = db.session.execute(
        _filtered(names, wanted).where(Contact.owner_id == actor.member_id()),
        execution_options={"yield_per": 1000},
    )
    found = []
    for contact_id, first, last in rows:
        name = folded(f"{first} {last}")
        if all(word in name for word in words):
            found.append(contact_id)
    return found

"""What must not be matched: what was settled between two people, and companies to keep clear of."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, exists, func, literal, or_, select

from coachhub.companies.models import Company, CompanyName
from coachhub.companies.names import company_key
from coachhub.core.db import db
from coachhub.introductions.matching.people import Person
from coachhub.introductions.models import OPEN_STATES, Consent, Introduction

# A giver who did not answer in time is left in peace for a while.
QUIET_AFTER_SILENCE = dt.timedelta(days=28)
_OPEN = frozenset(OPEN_STATES[1:])
_NEVER_HAPPENED = ("proposed", "withdrawn", "expired")


@dataclass(frozen=True)
class Past:
    """What introductions have settled already.

    Attributes:
        pairs: (giver, receiver, need) that was declined, put off, stopped, or introduced.
        open_needs: needs that an open introduction is about.
        uses: by need, how many members it has been given to, or is about to be.
        buddies: (one, other, company), the two in order of id, who were to look together.
    """

    pairs: frozenset[tuple[UUID, UUID, UUID]] = frozenset()
    open_needs: frozenset[UUID] = frozenset()
    uses: Mapping[UUID, int] = field(default_factory=dict)
    buddies: frozenset[tuple[UUID, UUID, UUID | None]] = frozenset()

    def were_buddies(self, one: UUID, other: UUID, company_id: UUID | None) -> bool:
        """Say whether two members were to look at a company together, whoever was asked first."""
        return (*pair_of(one, other), company_id) in self.buddies


def past_of(people: Collection[UUID], now: dt.datetime) -> Past:
    """Return what is settled for these people as receivers or givers."""
    ids = any_(literal(sorted(people), ARRAY(Uuid())))
    said_no = exists().where(Consent.introduction_id == Introduction.id, Consent.answer == "no")
    rows = db.session.execute(
        select(
            Introduction.giver_id,
            Introduction.receiver_id,
            Introduction.need_id,
            Introduction.asset,
            Introduction.company_id,
            Introduction.state,
        ).where(
            Introduction.receiver_id == ids,
            or_(
                Introduction.state.not_in(_NEVER_HAPPENED),
                (Introduction.state == "withdrawn") & said_no,
                (Introduction.state == "expired")
                & (Introduction.state_since > now - QUIET_AFTER_SILENCE),
            ),
        )
    ).all()
    happened = [row for row in rows if row.state in {*_OPEN, "kept", "let_go"}]
    return Past(
        pairs=frozenset((row.giver_id, row.receiver_id, row.need_id) for row in rows),
        open_needs=frozenset(row.need_id for row in rows if row.state in _OPEN),
        uses=Counter(row.need_id for row in happened),
        buddies=frozenset(
            (*pair_of(row.giver_id, row.receiver_id), row.company_id)
            for row in rows
            if row.asset == "buddy"
        ),
    )


def pair_of(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Return two people in one order, whoever is named first."""
    return (one, other) if one < other else (other, one)


def kept_from(people: Mapping[UUID, Person]) -> frozenset[tuple[UUID, UUID]]:
    """Return (member, company) for every company that must not hear of the member's search.

    Careful on purpose: a company that may be the one named, though nobody has said so yet, counts.
    """
    typed = {name for person in people.values() for name in person.keep_from}
    if not typed:
        return frozenset()
    keys = {name: company_key(name) for name in typed}
    found: dict[str, set[UUID]] = {name: set() for name in typed}
    by_key: dict[str, set[str]] = {}
    for name, key in keys.items():
        by_key.setdefault(key or name, set()).add(name)
    for key, written, company_id in _companies_called(typed, set(keys.values()) - {""}):
        for name in by_key.get(key, set()) | ({written} & typed):
            found[name].add(company_id)
    return frozenset(
        (person.id, company_id)
        for person in people.values()
        for name in person.keep_from
        for company_id in found[name]
    )


def _companies_called(names: set[str], keys: set[str]) -> list[tuple[str, str, UUID]]:
    """Return (key, name, company) for every company, or maybe-company, called so."""
    is_key = any_(literal(sorted(keys), ARRAY(Text())))
    is_name = any_(literal(sorted(names), ARRAY(Text())))
    root = func.coalesce(Company.merged_into_id, Company.id)
    own = select(Company.key, Company.name, root).where(
        or_(Company.key == is_key, Company.name == is_name)
    )
    written = (
        select(CompanyName.key, CompanyName.written, root)
        .join(
            Company,
            or_(Company.id == CompanyName.company_id, Company.id == CompanyName.maybe_id),
        )
        .where(or_(CompanyName.key == is_key, CompanyName.written == is_name))
    )
    # And the other way round: names that may stand for a company called so.
    named = Company.__table__.alias("named")
    suggested = (
        select(named.c.key, named.c.name, root)
        .select_from(CompanyName)
        .join(named, named.c.id == CompanyName.maybe_id)
        .join(Company, Company.id == CompanyName.company_id)
        .where(or_(named.c.key == is_key, named.c.name == is_name))
    )
    rows = db.session.execute(own.union(written, suggested))
    return [(key, name, company_id) for key, name, company_id in rows]

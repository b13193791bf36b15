"""What a cohort has on its board today: needs and assets that may be matched.

Only what is visible, open and not out of date, of people who are active. Companies are read as
the one they were merged into.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from coachhub.board.models import Ask, Lead, Offer, Posted, Target
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company
from coachhub.core.db import db
from coachhub.introductions.matching.likeness import Words, role_words, words, words_of
from coachhub.introductions.matching.people import Person


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need on the board: a target, or an ask.

    `matters` is how much it matters to its owner, 0 to 1; `since` the day it was posted; `roles`
    and `about` are the words of the roles wanted and of everything that was written.
    """

    need: Literal["target", "ask"]
    id: UUID
    owner_id: UUID
    company_id: UUID | None
    company: str
    matters: float
    since: dt.date
    roles: Words
    topics: Words
    about: Words
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Given:
    """An asset on the board: an offer, or a lead."""

    id: UUID
    owner_id: UUID
    kind: str
    company_id: UUID | None
    company: str
    since: dt.date
    title: Words
    field: Words
    place: Words
    topics: Words
    about: Words
    text: str


@dataclass(frozen=True, slots=True)
class Posts:
    """Everything on a cohort's board that may be matched."""

    targets: tuple[Wanted, ...]
    asks: tuple[Wanted, ...]
    offers: tuple[Given, ...]
    leads: tuple[Given, ...]


# How much a company matters to somebody, by the weight they gave it and how far they have come:
# most while they look for a way in, little once an offer is on the table.
WEIGHTS = {1: 0.6, 2: 0.8, 3: 1.0}
STAGES = {
    "wish": 0.9,
    "reaching_out": 1.0,
    "talking": 0.95,
    "interviewing": 0.9,
    "no": 0.8,
    "offer": 0.5,
}
ASK_MATTERS = 0.9


def posts_of(cohort: Cohort, people: Mapping[UUID, Person], today: dt.date) -> Posts:
    """Return what the given people have on the cohort's board today."""
    owners = set(people)
    receivers = {person.id for person in people.values() if person.receives}
    return Posts(
        targets=tuple(_targets(cohort, people, receivers, today)),
        asks=tuple(_asks(cohort, receivers, today)),
        offers=tuple(_offers(cohort, owners, today)),
        leads=tuple(_leads(cohort, owners, today)),
    )


def _open_posts(
    post: type[Posted], cohort: Cohort, today: dt.date, *columns: InstrumentedAttribute[Any]
) -> Select[Any]:
    """Select open posts with their company's one identity as `root_id` and `root_name`."""
    company, root = aliased(Company), aliased(Company)
    model: Any = post
    return (
        select(
            model.id,
            model.owner_id,
            model.created_at,
            root.id.label("root_id"),
            root.name.label("root_name"),
            *columns,
        )
        .outerjoin(company, company.id == model.company_id)
        .outerjoin(root, root.id == func.coalesce(company.merged_into_id, company.id))
        .where(
            model.cohort_id == cohort.id,
            model.is_shown,
            model.closed_at.is_(None),
            model.expires_on >= today,
        )
        .order_by(model.created_at, model.id)
    )


def _targets(
    cohort: Cohort, people: Mapping[UUID, Person], receivers: set[UUID], today: dt.date
) -> Iterable[Wanted]:
    query = _open_posts(
        Target, cohort, today, Target.roles, Target.learn, Target.stage, Target.weight
    ).where(Target.stage != "landed")
    for row in db.session.execute(query):
        if row.owner_id in receivers:
            yield Wanted(
                need="target",
                id=row.id,
                owner_id=row.owner_id,
                company_id=row.root_id,
                company=row.root_name,
                matters=WEIGHTS.get(row.weight, WEIGHTS[2]) * STAGES[row.stage],
                since=row.created_at.date(),
                # A target without roles is for the titles that its owner looks for everywhere.
                roles=role_words(row.roles) or people[row.owner_id].titles,
                topics=frozenset(),
                about=words_of((row.roles, row.learn)),
                text="",
                kind="",
            )


def _asks(cohort: Cohort, receivers: set[UUID], today: dt.date) -> Iterable[Wanted]:
    query = _open_posts(Ask, cohort, today, Ask.kind, Ask.title, Ask.body, Ask.field, Ask.topics)
    for row in db.session.execute(query):
        if row.owner_id in receivers:
            yield Wanted(
                need="ask",
                id=row.id,
                owner_id=row.owner_id,
                company_id=row.root_id,
                company=row.root_name or "",
                matters=ASK_MATTERS,
                since=row.created_at.date(),
                roles=words(row.field),
                topics=words_of((*row.topics, row.field)),
                about=words_of((row.title, row.body, row.field, *row.topics)),
                text=" ".join((*row.topics, row.field, row.title, row.body)),
                kind=row.kind,
            )


def _offers(cohort: Cohort, owners: set[UUID], today: dt.date) -> Iterable[Given]:
    query = _open_posts(
        Offer, cohort, today, Offer.kind, Offer.title, Offer.body, Offer.field, Offer.topics
    )
    for row in db.session.execute(query):
        if row.owner_id in owners:
            yield Given(
                id=row.id,
                owner_id=row.owner_id,
                kind=row.kind,
                company_id=row.root_id,
                company=row.root_name or "",
                since=row.created_at.date(),
                title=words(row.title),
                field=words(row.field),
                place=frozenset(),
                topics=words_of((*row.topics, row.field)),
                about=words_of((row.title, row.body, row.field, *row.topics)),
                text=" ".join((*row.topics, row.field, row.title, row.body)),
            )


def _leads(cohort: Cohort, owners: set[UUID], today: dt.date) -> Iterable[Given]:
    query = _open_posts(
        Lead, cohort, today, Lead.kind, Lead.title, Lead.body, Lead.field, Lead.place
    )
    for row in db.session.execute(query):
        if row.owner_id in owners:
            yield Given(
                id=row.id,
                owner_id=row.owner_id,
                kind=row.kind,
                company_id=row.root_id,
                company=row.root_name or "",
                since=row.created_at.date(),
                title=role_words(row.title),
                field=words(row.field),
                place=words(row.place),
                topics=frozenset(),
                about=words_of((row.title, row.body, row.field)),
                text="",
            )

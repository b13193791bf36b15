"""The shared board: one list of offers, asks, leads and companies that members want to reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_sqlalchemy.pagination import Pagination
from markupsafe import Markup
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from coachhub.board.hooks import Door, Post
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.board.rules import MODELS, Viewer, named, shown
from coachhub.cohorts.hooks import doors_at
from coachhub.cohorts.models import Cohort
from coachhub.companies.queries import ids_written, names_by_id
from coachhub.core.db import db
from coachhub.firms.models import Membership

PER_PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What somebody looks for on the board; empty means everything."""

    words: str = ""
    post: str = ""  # offer, ask, lead or target
    kind: str = ""  # a kind of offer
    topic: str = ""
    mine: bool = False
    doors: bool = False
    company: UUID | None = None
    person: UUID | None = None


@dataclass(frozen=True)
class Want:
    """One member's wish to reach a company, where the viewer may know whose."""

    target: Target
    owner: Membership


@dataclass(frozen=True)
class Card:
    """One thing on the board, with all that its card shows.

    For a company that members want to reach, `wants` are those who are named, and `unnamed`
    counts those who are not.
    """

    post_kind: str
    id: UUID
    at: dt.datetime
    company_id: UUID | None
    company: str
    door: Door | None
    mine: bool
    post: Offer | Ask | Lead | None = None
    owner: Membership | None = None
    wants: tuple[Want, ...] = ()
    unnamed: int = 0
    foot: tuple[Markup, ...] = ()

    @property
    def wanting(self) -> int:
        """Return how many members want to reach the company."""
        return len(self.wants) + self.unnamed


class FeedPages(Pagination):
    """Pages of cards, counted and cut by the database."""

    def _query_items(self) -> list[Card]:
        given = self._query_args
        rows = db.session.execute(
            given["found"].limit(self.per_page).offset(self._query_offset)
        ).all()
        return _cards(given["cohort"], given["viewer"], rows)

    def _query_count(self) -> int:
        found: Select[Any] = self._query_args["found"]
        counted = select(func.count()).select_from(found.order_by(None).subquery())
        return db.session.scalar(counted) or 0


def feed(
    cohort: Cohort, viewer: Viewer, filters: Filters, today: dt.date, page: int = 1
) -> FeedPages:
    """Return the cards that a viewer sees, newest first, a page at a time."""
    looks = _Looks(cohort, viewer, filters, today)
    parts = [looks.posts(kind) for kind in ("offer", "ask", "lead") if filters.post in {"", kind}]
    if filters.post in {"", "target"}:
        parts.append(looks.companies())
    found = union_all(*parts).subquery()
    ordered = select(found).order_by(found.c.at.desc(), found.c.id)
    return FeedPages(
        page=max(page, 1),
        per_page=PER_PAGE,
        max_per_page=None,
        error_out=False,
        found=ordered,
        cohort=cohort,
        viewer=viewer,
    )


def topics_of(cohort: Cohort, viewer: Viewer, today: dt.date) -> list[str]:
    """Return the topics of what is on the board, most used first."""
    parts = [
        select(func.jsonb_array_elements_text(model.topics).label("topic")).where(
            shown(model, cohort, viewer, today)
        )
        for model in (Offer, Ask)
    ]
    every = union_all(*parts).subquery()
    return list(
        db.session.scalars(
            select(every.c.topic)
            .group_by(every.c.topic)
            .order_by(func.count().desc(), every.c.topic)
            .limit(40)
        )
    )


@dataclass(frozen=True)
class _Looks:
    """The conditions of one look at the board."""

    cohort: Cohort
    viewer: Viewer
    filters: Filters
    today: dt.date

    def posts(self, kind: str) -> Select[*tuple[Any, ...]]:
        """Select the offers, asks or leads that are shown."""
        model: Any = MODELS[kind]
        conditions = [shown(model, self.cohort, self.viewer, self.today)]
        given = self.filters
        if given.words:
            conditions.append(self._with_words(model, kind))
        if given.mine:
            conditions.append(model.owner_id == self.viewer.membership_id)
        if given.kind:
            conditions.append(false() if kind == "lead" else model.kind == given.kind)
        if given.topic:
            conditions.append(false() if kind == "lead" else model.topics.contains([given.topic]))
        if given.doors:
            conditions.append(model.company_id.in_(self._with_doors()))
        if given.company:
            conditions.append(model.company_id == given.company)
        if given.person:
            conditions.append(model.owner_id == given.person)
        return select(
            literal(kind, Text).label("kind"), model.id.label("id"), model.created_at.label("at")
        ).where(*conditions)

    def companies(self) -> Select[*tuple[Any, ...]]:
        """Select the companies that members want to reach, once each."""
        given = self.filters
        conditions = [
            shown(Target, self.cohort, self.viewer, self.today),
            Target.stage != "landed",
        ]
        if given.words:
            visible = named(self.cohort, self.viewer)
            like = f"%{_escaped(given.words)}%"
            conditions.append(
                or_(
                    Target.company_id.in_(ids_written(given.words)),
                    and_(visible, Target.roles.ilike(like, escape="\\")),
                    and_(visible, Target.owner_id.in_(_people_called(given.words))),
                )
            )
        if given.mine:
            conditions.append(Target.owner_id == self.viewer.membership_id)
        if given.kind or given.topic:
            conditions.append(false())
        if given.doors:
            conditions.append(Target.company_id.in_(self._with_doors()))
        if given.company:
            conditions.append(Target.company_id == given.company)
        if given.person:
            # Nobody finds out by a filter what its cards would not tell them.
            conditions += [Target.owner_id == given.person, named(self.cohort, self.viewer)]
        return (
            select(
                literal("target", Text).label("kind"),
                Target.company_id.label("id"),
                func.max(Target.created_at).label("at"),
            )
            .where(*conditions)
            .group_by(Target.company_id)
        )

    def _with_words(self, model: Any, kind: str) -> ColumnElement[bool]:
        like = f"%{_escaped(self.filters.words)}%"
        texts = [model.title, model.body, model.field]
        texts.append(model.place if kind == "lead" else cast(model.topics, Text))
        return or_(
            *(text.ilike(like, escape="\\") for text in texts),
            model.company_id.in_(ids_written(self.filters.words)),
            model.owner_id.in_(_people_called(self.filters.words)),
        )

    def _with_doors(self) -> list[UUID]:
        ids: set[UUID] = set()
        for model in MODELS.values():
            ids.update(
                found
                for found in db.session.scalars(
                    select(model.company_id)
                    .where(shown(model, self.cohort, self.viewer, self.today))
                    .distinct()
                )
                if found is not None
            )
        doors = doors_at(self.cohort, sorted(ids))
        return [company_id for company_id, door in doors.items() if door.members != 0]


def _people_called(words: str) -> Select[Any]:
    return select(Membership.id).where(Membership.name.icontains(words, autoescape=True))


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _cards(cohort: Cohort, viewer: Viewer, rows: Sequence[Any]) -> list[Card]:
    posts: dict[tuple[str, UUID], Post] = {}
    for kind in ("offer", "ask", "lead"):
        ids = [row.id for row in rows if row.kind == kind]
        if ids:
            model = MODELS[kind]
            posts.update(
                ((kind, post.id), post)
                for post in db.session.scalars(select(model).where(model.id.in_(ids)))
            )
    wanted = [row.id for row in rows if row.kind == "target"]
    wants, unnamed = wants_at(cohort, viewer, wanted, dt.datetime.now(dt.UTC).date())
    company_ids = {post.company_id for post in posts.values() if post.company_id} | set(wanted)
    names = names_by_id(company_ids)
    doors = doors_at(cohort, sorted(company_ids))
    owners = members_by_id(post.owner_id for post in posts.values())
    cards = []
    for row in rows:
        if row.kind == "target":
            mine = any(want.owner.id == viewer.membership_id for want in wants.get(row.id, ()))
            card = Card(
                "target",
                row.id,
                row.at,
                row.id,
                names.get(row.id, ""),
                doors.get(row.id),
                mine,
                wants=tuple(wants.get(row.id, ())),
                unnamed=unnamed.get(row.id, 0),
            )
        else:
            post: Any = posts[row.kind, row.id]
            card = Card(
                row.kind,
                row.id,
                row.at,
                post.company_id,
                names.get(post.company_id, ""),
                doors.get(post.company_id),
                post.owner_id == viewer.membership_id,
                post=post,
                owner=owners.get(post.owner_id),
            )
        cards.append(card)
    return cards


def wants_at(
    cohort: Cohort, viewer: Viewer, company_ids: Sequence[UUID], today: dt.date
) -> tuple[dict[UUID, list[Want]], dict[UUID, int]]:
    """Return who wants to reach each company: those who are named, and how many are not."""
    wants: dict[UUID, list[Want]] = {}
    unnamed: dict[UUID, int] = {}
    if not company_ids:
        return wants, unnamed
    rows = db.session.execute(
        select(Target, Membership, named(cohort, viewer).label("named"))
        .join(Membership, Membership.id == Target.owner_id)
        .where(
            shown(Target, cohort, viewer, today),
            Target.stage != "landed",
            Target.company_id.in_(company_ids),
        )
        .order_by(func.lower(Membership.name), Target.id)
    )
    for row in rows:
        if row.named:
            wants.setdefault(row.Target.company_id, []).append(Want(row.Target, row.Membership))
        else:
            unnamed[row.Target.company_id] = unnamed.get(row.Target.company_id, 0) + 1
    return wants, unnamed


def members_by_id(ids: Any) -> dict[UUID, Membership]:
    """Return memberships by id."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(Membership).where(Membership.id.in_(wanted)))
    return {row.id: row for row in rows}

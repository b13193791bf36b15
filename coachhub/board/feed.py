"""The shared board: one list of offers, asks, leads and companies that members want to reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from flask_sqlalchemy.pagination import Pagination
from markupsafe import Markup
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Function,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import defer

from coachhub.board.hooks import Door
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.board.rules import MODELS, Viewer, named, shown
from coachhub.cohorts.hooks import doors_at
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company
from coachhub.companies.queries import ids_written
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
    """Pages of cards, counted, cut and read by the database in one statement."""

    def _query_items(self) -> list[Card]:
        given = self._query_args
        rows = db.session.execute(
            _with_posts(
                given["found"].limit(self.per_page).offset(self._query_offset),
                given["cohort"],
                given["viewer"],
                given["today"],
            )
        ).all()
        self._counted: int | None = rows[0].total if rows else None
        self._topics = next((row.topics for row in rows if row.topics is not None), None)
        return _cards(given["cohort"], given["viewer"], rows)

    @property
    def topics(self) -> list[str]:
        """Return the topics of what is on the board, most used first."""
        if self._topics is None:
            given = self._query_args
            looks = _topics(given["cohort"], given["viewer"], given["today"])
            self._topics = db.session.scalar(select(looks)) or []
        return self._topics

    def _query_count(self) -> int:
        if self._counted is not None:
            return self._counted
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
    counted = func.count().over().label("total")
    ordered = select(found, counted).order_by(found.c.at.desc(), found.c.id)
    return FeedPages(
        page=max(page, 1),
        per_page=PER_PAGE,
        max_per_page=None,
        error_out=False,
        found=ordered,
        cohort=cohort,
        viewer=viewer,
        today=today,
    )


def _topics(cohort: Cohort, viewer: Viewer, today: dt.date) -> Function[list[str]]:
    """Name the topics of what is on the board, most used first, as part of a statement."""
    parts = [
        select(func.jsonb_array_elements_text(model.topics).label("topic")).where(
            shown(model, cohort, viewer, today)
        )
        for model in (Offer, Ask)
    ]
    every = union_all(*parts).subquery()
    most_used = (
        select(every.c.topic)
        .group_by(every.c.topic)
        .order_by(func.count().desc(), every.c.topic)
        .limit(40)
    )
    return func.array(most_used.scalar_subquery(), type_=ARRAY(Text()))


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


def _with_posts(found: Select[Any], cohort: Cohort, viewer: Viewer, today: dt.date) -> Select[Any]:
    """Read, with a page of kinds and ids, all that its cards show; several rows for a company."""
    page = found.subquery("page")
    models = (Offer, Ask, Lead, Target)
    wanted = and_(shown(Target, cohort, viewer, today), Target.stage != "landed")
    return (
        select(
            *(page.c.kind, page.c.id, page.c.at, page.c.total),
            *(*models, Membership, Company.name.label("company")),
            named(cohort, viewer).label("named"),
            # Once is enough, whichever row brings them.
            case((func.row_number().over() == 1, _topics(cohort, viewer, today))).label("topics"),
        )
        .outerjoin(Offer, and_(page.c.kind == "offer", Offer.id == page.c.id))
        .outerjoin(Ask, and_(page.c.kind == "ask", Ask.id == page.c.id))
        .outerjoin(Lead, and_(page.c.kind == "lead", Lead.id == page.c.id))
        .outerjoin(Target, and_(page.c.kind == "target", Target.company_id == page.c.id, wanted))
        .outerjoin(Membership, Membership.id == func.coalesce(*(one.owner_id for one in models)))
        .outerjoin(Company, Company.id == func.coalesce(*(one.company_id for one in models)))
        .order_by(page.c.at.desc(), page.c.id, func.lower(Membership.name), Target.id)
        .options(defer(Lead.source))
    )


def _cards(cohort: Cohort, viewer: Viewer, rows: Sequence[Any]) -> list[Card]:
    """Make the cards of a page; the rows of one company follow each other."""
    posts = {row.id: row.Offer or row.Ask or row.Lead for row in rows}
    company_ids = {row.id for row in rows if row.kind == "target"}
    company_ids |= {post.company_id for post in posts.values() if post and post.company_id}
    doors = doors_at(cohort, sorted(company_ids))
    cards = []
    for (kind, one), group in groupby(rows, key=lambda row: (row.kind, row.id)):
        some = list(group)
        wants = tuple(Want(row.Target, row.Membership) for row in some if row.Target and row.named)
        post, first = posts[one], some[0]
        company_id = one if kind == "target" else post.company_id
        owners = [want.owner for want in wants] if kind == "target" else [first.Membership]
        cards.append(
            Card(
                kind,
                one,
                first.at,
                company_id,
                first.company or "",
                doors.get(company_id),
                any(owner.id == viewer.membership_id for owner in owners if owner),
                post=post,
                owner=None if kind == "target" else first.Membership,
                wants=wants,
                unnamed=len(some) - len(wants) if kind == "target" else 0,
            )
        )
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

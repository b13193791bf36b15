"""How the board is asked for: one statement for a page of it, whatever is looked for."""

from __future__ import annotations

import datetime as dt
import typing
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Function,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
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

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.board.rules import MODELS, Viewer, named, shown, there
from coachhub.cohorts.hooks import doors_at
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company
from coachhub.companies.queries import ids_written
from coachhub.core.db import db
from coachhub.firms.models import Membership

_TOPICS = 40


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
class _Later:
    """A cohort whose key is told when the statement is executed."""

    id: BindParameter[UUID]


@cache
def _unfiltered(post: str, *, leads: bool, inside: bool) -> Select[Any]:
    """Build the statement of a board without a search once: it is the same for everybody."""
    viewer = bindparam("viewer_id", type_=Uuid()) if inside else None
    later: Any = (
        _Later(bindparam("cohort_id", type_=Uuid())),
        Viewer(typing.cast("Any", viewer), leads),
        Filters(post=post),
        bindparam("today", type_=Date()),
    )
    return Looks(*later).built()


@dataclass(frozen=True)
class Looks:
    """One look at the board, as a statement."""

    cohort: Cohort
    viewer: Viewer
    filters: Filters
    today: dt.date

    @cached_property
    def inside(self) -> Select[UUID]:
        """Who is in the cohort: named once in the statement, whatever asks for it."""
        return select(there(self.cohort).cte("there").c.membership_id)

    def shown(self, model: Any) -> ColumnElement[bool]:
        """Return the condition under which a row is on this board."""
        return shown(model, self.cohort, self.viewer, self.today, self.inside)

    def values(self) -> dict[str, Any]:
        """Return what the statement is executed with."""
        return {
            "cohort_id": self.cohort.id,
            "viewer_id": self.viewer.membership_id,
            "today": self.today,
        }

    def statement(self) -> Select[Any]:
        """Return the statement of one page of this look: `most` of it from `first` on."""
        if self.filters != Filters(post=self.filters.post):
            return self.built()
        inside = self.viewer.membership_id is not None
        return _unfiltered(self.filters.post, leads=self.viewer.leads, inside=inside)

    def found(self) -> CompoundSelect[Any]:
        """Select kind, key and moment of everything that is looked for."""
        wanted = self.filters.post
        parts = [self.posts(kind) for kind in ("offer", "ask", "lead") if wanted in {"", kind}]
        if wanted in {"", "target"}:
            parts.append(self.companies())
        return union_all(*parts)

    def built(self) -> Select[Any]:
        """Read, with a page of kinds and keys, all that its cards show.

        A company that several members want has a row for each, one after the other.
        """
        found = self.found().subquery()
        page = (
            select(found, func.count().over().label("total"))
            .order_by(found.c.at.desc(), found.c.id)
            .limit(bindparam("most", type_=Integer()))
            .offset(bindparam("first", type_=Integer()))
            .subquery("page")
        )
        models = (Offer, Ask, Lead, Target)
        wanted = and_(self.shown(Target), Target.stage != "landed")
        is_target = and_(page.c.kind == "target", Target.company_id == page.c.id, wanted)
        return (
            select(
                *(page.c.kind, page.c.id, page.c.at, page.c.total),
                *(*models, Membership, Company.name.label("company")),
                named(self.cohort, self.viewer).label("named"),
                # Once is enough, whichever row brings them.
                case((func.row_number().over() == 1, self.topics())).label("topics"),
            )
            .outerjoin(Offer, and_(page.c.kind == "offer", Offer.id == page.c.id))
            .outerjoin(Ask, and_(page.c.kind == "ask", Ask.id == page.c.id))
            .outerjoin(Lead, and_(page.c.kind == "lead", Lead.id == page.c.id))
            .outerjoin(Target, is_target)
            .outerjoin(Membership, Membership.id == func.coalesce(*(m.owner_id for m in models)))
            .outerjoin(Company, Company.id == func.coalesce(*(m.company_id for m in models)))
            .order_by(page.c.at.desc(), page.c.id, func.lower(Membership.name), Target.id)
            .options(defer(Lead.source))
        )

    def topics(self) -> Function[list[str]]:
        """Name the topics of what is on the board, most used first, as part of a statement."""
        parts = [
            select(func.jsonb_array_elements_text(model.topics).label("topic")).where(
                self.shown(model)
            )
            for model in (Offer, Ask)
        ]
        every = union_all(*parts).subquery()
        most_used = (
            select(every.c.topic)
            .group_by(every.c.topic)
            .order_by(func.count().desc(), every.c.topic)
            .limit(_TOPICS)
        )
        return func.array(most_used.scalar_subquery(), type_=ARRAY(Text()))

    def posts(self, kind: str) -> Select[*tuple[Any, ...]]:
        """Select the offers, asks or leads that are shown."""
        model: Any = MODELS[kind]
        conditions = [self.shown(model)]
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
            self.shown(Target),
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
                    select(model.company_id).where(self.shown(model)).distinct()
                )
                if found is not None
            )
        doors = doors_at(self.cohort, sorted(ids))
        return [company_id for company_id, door in doors.items() if door.members != 0]


def _people_called(words: str) -> Select[Any]:
    return select(Membership.id).where(Membership.name.icontains(words, autoescape=True))


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

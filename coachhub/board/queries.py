"""Reading posts: a member's own, a company's, another member's, and what the coach needs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, bindparam, func, select, union_all

from coachhub.board.feed import Want, members_by_id, wants_at
from coachhub.board.models import STAGES, Ask, Offer, Target
from coachhub.board.rules import MODELS, Viewer, named, shown
from coachhub.cohorts.hooks import Door, doors_at
from coachhub.cohorts.models import Cohort
from coachhub.companies.queries import names_by_id
from coachhub.core.db import db, now
from coachhub.firms.models import Membership


@dataclass(frozen=True)
class Line:
    """A post in a list, with the name of its company."""

    post: Any
    company: str
    door: Door | None = None
    owner: Membership | None = None


@dataclass(frozen=True)
class CompanyView:
    """What a cohort has to do with a company, as one viewer may see it."""

    own: Target | None
    wants: tuple[Want, ...]
    unnamed: int
    offers: tuple[Line, ...]
    asks: tuple[Line, ...]
    leads: tuple[Line, ...]
    door: Door | None

    @property
    def is_known(self) -> bool:
        """Say whether the company has to do with the cohort: on its board, or with a door.

        One that only somebody's private address book knows is nobody's to look up.
        """
        posts = self.own or self.wants or self.unnamed or self.offers or self.asks or self.leads
        return bool(posts) or (self.door is not None and self.door.members != 0)


@dataclass(frozen=True)
class MemberView:
    """What a member has on a cohort's board, as one viewer may see it."""

    offers: tuple[Line, ...]
    asks: tuple[Line, ...]
    leads: tuple[Line, ...]
    targets: tuple[Line, ...]


def own_posts(cohort: Cohort, membership_id: UUID, kind: str) -> list[Line]:
    """Return everything of one kind that a member has posted here, open ones first.

    Open targets are ordered by how far they are, the others by their age, newest first.
    """
    model = MODELS[kind]
    posts = list(
        db.session.scalars(
            select(model)
            .where(model.cohort_id == cohort.id, model.owner_id == membership_id)
            .order_by(model.closed_at.is_not(None), model.created_at.desc())
        )
    )
    if kind == "target":
        posts.sort(key=lambda target: (target.closed_at is not None, _order(target)))
    return _lines(cohort, posts, doors=kind == "target")


def own_counts(cohort: Cohort, membership_id: UUID) -> dict[str, int]:
    """Return how many open posts of each kind a member has in a cohort."""
    numbers = [
        select(func.count())
        .select_from(model)
        .where(
            model.cohort_id == cohort.id,
            model.owner_id == membership_id,
            model.closed_at.is_(None),
        )
        .scalar_subquery()
        for model in MODELS.values()
    ]
    row = db.session.execute(select(*numbers)).one()
    return dict(zip(MODELS, row, strict=True))


def expiring(owner_ids: Collection[UUID], until: dt.date) -> Counter[tuple[UUID, UUID]]:
    """Count open posts whose last day is not after `until`, by owner and cohort."""
    rows = db.session.execute(_expiring(), {"owners": list(owner_ids), "until": until})
    return Counter({(owner, cohort): number for owner, cohort, number in rows})


@cache
def _expiring() -> Select[UUID, UUID, int]:
    """Built once: every home page asks it."""
    owners = bindparam("owners", type_=Uuid(), expanding=True)
    ending = union_all(
        *(
            select(model.owner_id, model.cohort_id).where(
                model.owner_id.in_(owners),
                model.closed_at.is_(None),
                model.expires_on <= bindparam("until", type_=Date()),
            )
            for model in MODELS.values()
        )
    ).subquery()
    return select(ending.c.owner_id, ending.c.cohort_id, func.count()).group_by(
        ending.c.owner_id, ending.c.cohort_id
    )


def to_touch(owner_ids: Collection[UUID], until: dt.date) -> list[Target]:
    """Return some members' open targets with a next touch not after `until`, soonest first."""
    return list(
        db.session.scalars(
            select(Target)
            .where(
                Target.owner_id.in_(owner_ids),
                Target.closed_at.is_(None),
                Target.next_touch_on <= until,
            )
            .order_by(Target.next_touch_on, Target.id)
        )
    )


def company_view(cohort: Cohort, viewer: Viewer, company_id: UUID) -> CompanyView:
    """Return what the cohort has to do with a company."""
    today = now().date()
    wants, unnamed = wants_at(cohort, viewer, [company_id], today)
    there = wants.get(company_id, [])
    found = {}
    for kind in ("offer", "ask", "lead"):
        model = MODELS[kind]
        posts = db.session.scalars(
            select(model)
            .where(shown(model, cohort, viewer, today), model.company_id == company_id)
            .order_by(model.created_at.desc())
        )
        found[kind] = tuple(_lines(cohort, list(posts), owners=True))
    own = next((one.target for one in there if one.owner.id == viewer.membership_id), None)
    return CompanyView(
        own=own,
        wants=tuple(one for one in there if one.owner.id != viewer.membership_id),
        unnamed=unnamed.get(company_id, 0),
        offers=found["offer"],
        asks=found["ask"],
        leads=found["lead"],
        door=doors_at(cohort, [company_id]).get(company_id),
    )


def member_view(cohort: Cohort, viewer: Viewer, membership_id: UUID) -> MemberView:
    """Return what a member has on the board; targets only where the viewer may know them."""
    today = now().date()
    found: dict[str, tuple[Line, ...]] = {}
    for kind, model in MODELS.items():
        query = (
            select(model)
            .where(shown(model, cohort, viewer, today), model.owner_id == membership_id)
            .order_by(model.created_at.desc())
        )
        if kind == "target":
            query = query.where(named(cohort, viewer))
        posts = list(db.session.scalars(query))
        found[kind] = tuple(_lines(cohort, posts, doors=kind == "target"))
    return MemberView(found["offer"], found["ask"], found["lead"], found["target"])


def posted_between(cohort: Cohort, kind: str, since: dt.datetime, until: dt.datetime) -> list[Line]:
    """Return what was posted after one moment and not after another, newest first.

    Only what the whole cohort may see now. Each line names its owner: with targets that is the
    coach's to know alone (see `rules.named`), so count them where others look.
    """
    model = MODELS[kind]
    posts = db.session.scalars(
        select(model)
        .where(
            shown(model, cohort, Viewer(None, leads=False), now().date()),
            model.created_at > since,
            model.created_at <= until,
        )
        .order_by(model.created_at.desc(), model.id)
    )
    return _lines(cohort, list(posts), owners=True)


def open_since(cohort: Cohort) -> Mapping[UUID, dict[str, Any]]:
    """Return, for each member with posts, how many open targets and offers, and the oldest ask.

    Keys are memberships; values have ``targets``, ``offers`` (counts) and ``oldest_ask`` (a
    moment or None).
    """
    found: dict[UUID, dict[str, Any]] = {}

    def of(owner_id: UUID) -> dict[str, Any]:
        return found.setdefault(owner_id, {"targets": 0, "offers": 0, "oldest_ask": None})

    for name, model in (("targets", Target), ("offers", Offer)):
        rows = db.session.execute(
            select(model.owner_id, func.count().label("number"))
            .where(model.cohort_id == cohort.id, model.closed_at.is_(None))
            .group_by(model.owner_id)
        )
        for row in rows:
            of(row.owner_id)[name] = row.number
    oldest = db.session.execute(
        select(Ask.owner_id, func.min(Ask.created_at).label("oldest"))
        .where(Ask.cohort_id == cohort.id, Ask.closed_at.is_(None))
        .group_by(Ask.owner_id)
    )
    for owner_id, moment in oldest:
        of(owner_id)["oldest_ask"] = moment
    return found


def _order(target: Any) -> tuple[int, int, dt.date, str]:
    far = -STAGES.index(target.stage) if target.stage not in {"no", "landed"} else 1
    return far, -target.weight, target.next_touch_on or dt.date.max, str(target.id)


def _lines(
    cohort: Cohort, posts: list[Any], *, doors: bool = False, owners: bool = False
) -> list[Line]:
    names = names_by_id(post.company_id for post in posts)
    ids = sorted({post.company_id for post in posts if post.company_id})
    at = doors_at(cohort, ids) if doors else {}
    people = members_by_id(post.owner_id for post in posts) if owners else {}
    return [
        Line(
            post,
            names.get(post.company_id, ""),
            at.get(post.company_id),
            people.get(post.owner_id),
        )
        for post in posts
    ]

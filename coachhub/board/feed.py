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
from sqlalchemy import func, select

from coachhub.board.choices import Choices, choices_of
from coachhub.board.hooks import Door
from coachhub.board.looks import Filters, Looks
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.board.rules import Viewer, named, shown
from coachhub.cohorts.hooks import doors_at
from coachhub.cohorts.models import Cohort
from coachhub.core.db import db
from coachhub.firms.models import Membership

PER_PAGE = 20


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
        looks: Looks = self._query_args["looks"]
        values = looks.values() | {"most": self.per_page, "first": self._query_offset}
        rows = db.session.execute(looks.statement(), values).all()
        self._counted: int | None = rows[0].total if rows else None
        self._choices = next((row.choices for row in rows if row.choices is not None), None)
        self._topics = next((row.topics for row in rows if row.topics is not None), None)
        return _cards(looks.cohort, looks.viewer, rows)

    @property
    def choices(self) -> Choices:
        """Return the companies that stand on the board, and the people of the cohort."""
        if self._choices is None:
            looks: Looks = self._query_args["looks"]
            self._choices = db.session.scalar(select(looks.choices())) or []
        return choices_of(self._choices)

    @property
    def topics(self) -> list[str]:
        """Return the topics of what is on the board, most used first."""
        if self._topics is None:
            looks: Looks = self._query_args["looks"]
            self._topics = db.session.scalar(select(looks.topics())) or []
        return self._topics

    def _query_count(self) -> int:
        if self._counted is not None:
            return self._counted
        looks: Looks = self._query_args["looks"]
        counted = select(func.count()).select_from(looks.found().subquery())
        return db.session.scalar(counted, looks.values()) or 0


def feed(
    cohort: Cohort, viewer: Viewer, filters: Filters, today: dt.date, page: int = 1
) -> FeedPages:
    """Return the cards that a viewer sees, newest first, a page at a time."""
    return FeedPages(
        page=max(page, 1),
        per_page=PER_PAGE,
        max_per_page=None,
        error_out=False,
        looks=Looks(cohort, viewer, filters, today),
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

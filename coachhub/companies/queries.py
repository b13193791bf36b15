"""Reading companies: names, questions, merges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, Text, any_, false, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from coachhub.companies.models import Company, CompanyMerge, CompanyName
from coachhub.companies.names import company_key
from coachhub.core.db import Base, db
from coachhub.core.errors import NotFoundError


@dataclass(frozen=True)
class Question:
    """A name that may be a known company's: what a coach is asked."""

    id: UUID  # of the name
    written: str
    company_id: UUID
    company: str
    maybe_id: UUID
    maybe: str
    reason: str
    score: float


@dataclass(frozen=True)
class Joined:
    """A merge that can still be undone."""

    id: UUID
    given_up: str
    kept: str
    kept_id: UUID
    at: dt.datetime
    rows: int


def find(company_id: UUID) -> Company:
    """Return a company by its id, or the one that it became; raises NotFoundError."""
    found = db.session.scalar(select(Company).where(Company.id == company_id))
    if found is not None and found.merged_into_id is not None:
        found = db.session.scalar(select(Company).where(Company.id == found.merged_into_id))
    if found is None:
        raise NotFoundError
    return found


def names_by_id(ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    """Return the shown name of each company."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Company.id, Company.name).where(Company.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def name_of(company_id: UUID | None) -> str:
    """Return the shown name of a company; empty for None."""
    return names_by_id([company_id]).get(company_id, "") if company_id else ""


def names_of(company_id: UUID) -> list[CompanyName]:
    """Return the ways in which a company is written here, in alphabetical order."""
    return list(
        db.session.scalars(
            select(CompanyName)
            .where(CompanyName.company_id == company_id)
            .order_by(func.lower(CompanyName.written))
        )
    )


def search(words: str, limit: int = 20) -> list[Company]:
    """Return companies one of whose names contains the words, shortest name first."""
    found = (
        select(CompanyName.company_id)
        .where(CompanyName.written.icontains(words, autoescape=True))
        .distinct()
    )
    return list(
        db.session.scalars(
            select(Company)
            .where(Company.id.in_(found), Company.merged_into_id.is_(None))
            .order_by(func.length(Company.name), Company.name)
            .limit(limit)
        )
    )


def ids_written(words: str) -> list[UUID]:
    """Return the ids of all companies one of whose names contains the words."""
    return list(
        db.session.scalars(
            select(CompanyName.company_id)
            .where(CompanyName.written.icontains(words, autoescape=True))
            .distinct()
        )
    )


def called_alike(name: str, others: Iterable[str]) -> bool:
    """Say whether a name is another way of writing one of the others, by its letters alone."""
    key = company_key(name)
    return bool(key) and key in {company_key(other) for other in others}


def question_count() -> int:
    """Return how many questions wait for an answer in this firm."""
    return db.session.scalar(select(questions_open())) or 0


def questions_open() -> ScalarSelect[int]:
    """Count the questions that wait for an answer, as part of a statement."""
    waiting = select(func.count()).select_from(CompanyName)
    return waiting.where(CompanyName.maybe_id.is_not(None)).scalar_subquery()


def questions(limit: int = 30, offset: int = 0) -> list[Question]:
    """Return open questions, first those that matter most: how much hangs on either company."""
    own, maybe = aliased(Company), aliased(Company)
    uses = _uses()
    weight = func.least(
        select(func.coalesce(func.sum(uses.c.uses), 0))
        .where(uses.c.company_id == CompanyName.company_id)
        .scalar_subquery(),
        select(func.coalesce(func.sum(uses.c.uses), 0))
        .where(uses.c.company_id == CompanyName.maybe_id)
        .scalar_subquery(),
    )
    rows = db.session.execute(
        select(CompanyName, own.name.label("own"), maybe.name.label("maybe"))
        .join(own, own.id == CompanyName.company_id)
        .join(maybe, maybe.id == CompanyName.maybe_id)
        .order_by(weight.desc(), CompanyName.score.desc(), CompanyName.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Question(
            id=row.CompanyName.id,
            written=row.CompanyName.written,
            company_id=row.CompanyName.company_id,
            company=row.own,
            maybe_id=row.CompanyName.maybe_id,
            maybe=row.maybe,
            reason=row.CompanyName.reason,
            score=row.CompanyName.score or 0.0,
        )
        for row in rows
    ]


def recent_merges(limit: int = 10) -> list[Joined]:
    """Return the newest merges that have not been undone."""
    given_up, kept = aliased(Company), aliased(Company)
    rows = db.session.execute(
        select(CompanyMerge, given_up.name.label("given_up"), kept.name.label("kept"))
        .join(given_up, given_up.id == CompanyMerge.from_id)
        .join(kept, kept.id == given_up.merged_into_id)
        .where(CompanyMerge.undone_at.is_(None))
        .order_by(CompanyMerge.created_at.desc())
        .limit(limit)
    )
    return [
        Joined(
            id=row.CompanyMerge.id,
            given_up=row.given_up,
            kept=row.kept,
            kept_id=row.CompanyMerge.into_id,
            at=row.CompanyMerge.created_at,
            rows=sum(len(ids) for ids in row.CompanyMerge.moved.values()),
        )
        for row in rows
    ]


def known_names(written: Iterable[str]) -> dict[str, UUID]:
    """Return the company's id for those names that this firm has met; nothing is written."""
    rows = db.session.execute(
        select(CompanyName.written, CompanyName.company_id).where(
            CompanyName.written == any_(literal(list(written), ARRAY(Text)))
        )
    )
    return {row.written: row.company_id for row in rows}


def _uses() -> Any:
    """Count the rows of every other room that point at a company."""
    nowhere = select(Company.id.label("company_id"), literal(0).label("uses")).where(false())
    counts = [
        select(column.label("company_id"), func.count().label("uses"))
        .where(column.is_not(None))
        .group_by(column)
        for table in Base.metadata.sorted_tables
        if not table.name.startswith("companies_")
        for column in table.columns
        if column.info.get("points_to") == Company.__tablename__
    ]
    return union_all(nowhere, *counts).cte("uses")

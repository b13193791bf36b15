"""Reading cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.firms.models import Membership
from coachhub.moderation.models import OPEN, Case, Decision, Report


@dataclass(frozen=True)
class QueueLine:
    """A case as the queue shows it: how many reports, which rules it is about, and its author."""

    case: Case
    reports: int
    reasons: list[str]
    author: str


def queue(cohort_ids: Collection[UUID] | None, *, decided: bool = False) -> list[QueueLine]:
    """Return cases, the soonest due first; of `cohort_ids` only, or of the whole firm if None."""
    query = (
        select(
            Case,
            func.count(Report.id),
            func.array_agg(Report.reason.distinct()),
            func.coalesce(func.max(Membership.name), ""),
        )
        .outerjoin(Report, Report.case_id == Case.id)
        .outerjoin(Membership, Membership.id == Case.author_id)
        .where(Case.state.not_in(OPEN) if decided else Case.state.in_(OPEN))
        .group_by(*Case.__table__.columns)
        .order_by(Case.due_at.desc() if decided else Case.due_at)
        .limit(200)
    )
    if cohort_ids is not None:
        query = query.where(Case.cohort_id.in_(cohort_ids))
    return [
        QueueLine(case, count, _reasons(case, reasons), author)
        for case, count, reasons, author in db.session.execute(query)
    ]


def _reasons(case: Case, reported: Iterable[str | None]) -> list[str]:
    found = {one["rule"] for one in case.found}
    return sorted(found | {reason for reason in reported if reason})


def find_case(case_id: UUID, cohort_ids: Collection[UUID] | None) -> Case:
    """Return a case that a moderator of these cohorts may see; raises NotFoundError."""
    case = db.session.scalar(select(Case).where(Case.id == case_id))
    if case is None or (cohort_ids is not None and case.cohort_id not in cohort_ids):
        raise NotFoundError
    return case


def reports_of(case: Case) -> list[Report]:
    """Return a case's reports in the order they came."""
    query = select(Report).where(Report.case_id == case.id).order_by(Report.created_at)
    return list(db.session.scalars(query))


def decision_of(case: Case) -> Decision | None:
    """Return the decision on a case that stands, if there is one."""
    return db.session.scalar(
        select(Decision).where(
            Decision.case_id == case.id,
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
        )
    )

"""Reading appeals: those that wait in the firm, and those at the platform's desk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.moderation.models import Appeal, Case, Decision


@dataclass(frozen=True)
class AppealLine:
    """An appeal in a list, with the case and the decision that it is about."""

    appeal: Appeal
    case: Case
    decision: Decision


def appeals_waiting(
    cohort_ids: Collection[UUID] | None, actor: Actor | None = None
) -> list[AppealLine]:
    """Return appeals to be answered in the firm, the soonest due first.

    Of `cohort_ids` only, or of the whole firm if None; with `actor`, those that they may answer.
    """
    query = _lines().where(Appeal.outcome == "", Appeal.at_desk.is_(False))
    if cohort_ids is not None:
        query = query.where(Case.cohort_id.in_(cohort_ids))
    if actor is not None and actor.person_id is not None:
        query = query.where(
            Appeal.first_person_id.is_distinct_from(actor.person_id),
            Appeal.author_person_id != actor.person_id,
        )
    return _read(query)


def appeals_at_desk() -> list[AppealLine]:
    """Return the firm's appeals that wait at the platform's desk; the firm's scope is open."""
    return _read(_lines().where(Appeal.outcome == "", Appeal.at_desk))


def appeal_of(case: Case) -> Appeal | None:
    """Return the appeal of a case, if there is one."""
    return db.session.scalar(select(Appeal).where(Appeal.case_id == case.id))


def _lines() -> Select[Appeal, Case, Decision]:
    return (
        select(Appeal, Case, Decision)
        .join(Case, Case.id == Appeal.case_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .order_by(Appeal.due_at)
    )


def _read(query: Select[Appeal, Case, Decision]) -> list[AppealLine]:
    return [AppealLine(row[0], row[1], row[2]) for row in db.session.execute(query)]

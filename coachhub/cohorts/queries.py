"""Reading cohorts and who is in them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from coachhub.cohorts.hooks import DASHBOARD, Signal
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.remember import remembered
from coachhub.firms.models import Membership
from coachhub.permissions import Standing


@dataclass(frozen=True)
class CohortLine:
    """A cohort in a list, with who leads it and how many are in it."""

    cohort: Cohort
    coaches: tuple[str, ...]
    members: int


@dataclass(frozen=True)
class Enrolled:
    """Somebody in a cohort."""

    enrolment: Enrolment
    membership: Membership


@dataclass(frozen=True)
class Needing:
    """A member who needs their coach today: the weightiest reason first."""

    membership: Membership
    signals: tuple[Signal, ...]

    @property
    def weight(self) -> int:
        """Return how much it presses: the sum over the reasons."""
        return sum(signal.weight for signal in self.signals)


def cohort_of(cohort_id: UUID) -> Cohort:
    """Return a cohort by its id; raises NotFoundError."""
    found = db.session.scalar(select(Cohort).where(Cohort.id == cohort_id))
    if found is None:
        raise NotFoundError
    return found


def reads(cohort_id: UUID | None) -> Callable[[Actor], bool]:
    """Return who reads what a cohort's people write: whoever is in it now, and firm admins."""

    def may(actor: Actor) -> bool:
        there = select(Enrolment.id).where(
            Enrolment.cohort_id == cohort_id,
            Enrolment.membership_id == actor.membership_id,
            Enrolment.state == "active",
        )
        return Standing.ADMIN in actor.standings or db.session.scalar(there) is not None

    return may


def cohorts_of(membership_id: UUID | None) -> list[Cohort]:
    """Return the running cohorts that a membership is in, as member or coach, by name."""
    if membership_id is None:
        return []
    query = (
        select(Cohort)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(
            Enrolment.membership_id == membership_id,
            Enrolment.state == "active",
            Cohort.state == "running",
        )
        .order_by(Cohort.name)
    )
    return [*remembered(("cohorts_of", membership_id), lambda: db.session.scalars(query).all())]


def places_of(membership_ids: Iterable[UUID]) -> dict[UUID, list[tuple[Cohort, Enrolment]]]:
    """Return where each of some memberships is now: running cohorts, by name."""
    members = tuple(membership_ids)
    query = (
        select(Cohort, Enrolment)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(
            Enrolment.membership_id.in_(members),
            Enrolment.state == "active",
            Cohort.state == "running",
        )
        .order_by(Cohort.name, Cohort.id)
    )
    rows = remembered(("places_of", members), lambda: db.session.execute(query).all())
    found: dict[UUID, list[tuple[Cohort, Enrolment]]] = defaultdict(list)
    for cohort, enrolment in rows:
        found[enrolment.membership_id].append((cohort, enrolment))
    return found


def listing(only: UUID | None = None) -> list[CohortLine]:
    """Return all cohorts, running ones first; with `only`, those that this membership is in."""
    query = select(Cohort).order_by(Cohort.state.desc(), func.lower(Cohort.name))
    if only is not None:
        query = query.where(
            Cohort.id.in_(
                select(Enrolment.cohort_id).where(
                    Enrolment.membership_id == only, Enrolment.state == "active"
                )
            )
        )
    cohorts = list(db.session.scalars(query))
    people: dict[UUID, list[Enrolled]] = {}
    for one in _people(cohort.id for cohort in cohorts):
        people.setdefault(one.enrolment.cohort_id, []).append(one)
    return [
        CohortLine(
            cohort,
            tuple(one.membership.name for one in there if one.enrolment.role == "coach"),
            sum(one.enrolment.role == "member" for one in there),
        )
        for cohort in cohorts
        for there in [people.get(cohort.id, [])]
    ]


def people_of(cohort: Cohort) -> list[Enrolled]:
    """Return everybody who is in a cohort now: coaches first, then by name."""
    return _people([cohort.id])


def members_of(cohort: Cohort) -> list[Enrolled]:
    """Return the members who are in a cohort now, without its coaches, by name."""
    return [one for one in people_of(cohort) if one.enrolment.role == "member"]


def coaches_of(cohort: Cohort) -> list[Enrolled]:
    """Return who leads a cohort now."""
    return [one for one in people_of(cohort) if one.enrolment.role == "coach"]


def enrolled(cohort: Cohort, membership_id: UUID | None) -> Enrolled | None:
    """Return a membership's place in a cohort, or None for somebody who is not in it now."""
    found = _people([cohort.id], membership_id) if membership_id else []
    return found[0] if found else None


def enrolment_of(cohort: Cohort, enrolment_id: UUID) -> Enrolment:
    """Return an enrolment of this cohort, ended or not; raises NotFoundError."""
    found = db.session.scalar(
        select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFoundError
    return found


def not_in(cohort: Cohort) -> list[Membership]:
    """Return the firm's active members who are not in a cohort, by name."""
    inside = select(Enrolment.membership_id).where(
        Enrolment.cohort_id == cohort.id, Enrolment.state == "active"
    )
    return list(
        db.session.scalars(
            select(Membership)
            .where(Membership.state == "active", Membership.id.not_in(inside))
            .order_by(func.lower(Membership.name))
        )
    )


def share_a_cohort(one: UUID, other: UUID) -> bool:
    """Say whether two memberships are in one running cohort now."""
    cohorts = [
        select(Enrolment.cohort_id).where(
            Enrolment.membership_id == membership_id, Enrolment.state == "active"
        )
        for membership_id in (one, other)
    ]
    both = select(Cohort.id).where(
        Cohort.state == "running", Cohort.id.in_(cohorts[0]), Cohort.id.in_(cohorts[1])
    )
    return db.session.scalar(both.limit(1)) is not None


def seen_since(cohort: Cohort, moment: dt.datetime) -> int:
    """Return how many members of a cohort have been here since a moment."""
    return sum(
        one.membership.seen_at is not None and one.membership.seen_at >= moment
        for one in members_of(cohort)
    )


def needing(cohort: Cohort) -> list[Needing]:
    """Return the members who need their coach today, most pressing first."""
    members = {one.membership.id: one.membership for one in members_of(cohort)}
    by_member: dict[UUID, dict[str, Signal]] = {}
    for signal in (signal for signals in DASHBOARD.call(cohort) for signal in signals):
        if signal.membership_id in members:
            by_member.setdefault(signal.membership_id, {}).setdefault(signal.kind, signal)
    found = [
        Needing(members[one], tuple(sorted(signals.values(), key=lambda each: -each.weight)))
        for one, signals in by_member.items()
    ]
    return sorted(found, key=lambda one: (-one.weight, one.membership.name.casefold()))


def days_since(moment: dt.datetime) -> int:
    """Return how many whole days have passed since a moment."""
    return (now() - moment).days


def _people(cohort_ids: Iterable[UUID], only: UUID | None = None) -> list[Enrolled]:
    ids = list(cohort_ids)
    query = (
        select(Enrolment, Membership)
        .join(Membership, Membership.id == Enrolment.membership_id)
        .where(
            Enrolment.cohort_id.in_(ids),
            Enrolment.state == "active",
            Membership.state == "active",
        )
        .order_by(Enrolment.role, func.lower(Membership.name))
    )
    if only is not None:
        query = query.where(Enrolment.membership_id == only)
    rows = remembered(("people", tuple(ids), only), lambda: db.session.execute(query).all())
    return [Enrolled(row.Enrolment, row.Membership) for row in rows]

"""From what happened in the firm to grains: read everything, count what can be counted, keep it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from coachhub.cohorts.models import Enrolment
from coachhub.core.db import db, now
from coachhub.firms.models import Membership
from coachhub.firms.plugins import settings_of
from coachhub.introductions.models import Introduction
from coachhub_outcomes.grains import Book, Grain, Unit
from coachhub_outcomes.models import Cause, Counted, CountedGrain, Landing
from coachhub_outcomes.quarters import quarter_of
from coachhub_outcomes.queries import weeks_between

SMALLEST = 5
_OF_MEMBERS = ("joined", "landed", "by_")


def count(today: dt.date | None = None) -> list[Grain]:
    """Count every quarter that is over, and keep the grains; return the new ones.

    What was counted before stands. Counting twice counts nothing twice.
    """
    events = happened()
    quarters = [unit.quarter for units in events.values() for unit in units]
    over = quarter_of(today or now().date())
    smallest = max(SMALLEST, int(settings_of("outcomes").get("smallest") or SMALLEST))
    book = Book(smallest, grains())
    made: list[Grain] = []
    for quarter in range(min(quarters, default=over), over):
        made += book.close(quarter, events)
    for grain in made:
        _keep(grain)
    db.session.flush()
    return made


def grains() -> list[Grain]:
    """Return the firm's grains, with those of their units that are still known."""
    units: dict[UUID, set[UUID]] = {}
    for row in db.session.scalars(select(Counted)):
        unit_id = row.member_id or row.introduction_id
        if unit_id is not None:
            units.setdefault(row.grain_id, set()).add(unit_id)
    return [
        Grain(
            measure=row.measure,
            cohorts=frozenset(UUID(one) for one in row.cohorts),
            first=row.first,
            last=row.last,
            size=row.size,
            shares={UUID(one): number for one, number in row.shares.items()},
            units=frozenset(units.get(row.id, ())),
            weeks=tuple(row.weeks),
            id=row.id,
        )
        for row in db.session.scalars(select(CountedGrain).order_by(CountedGrain.id))
    ]


def happened() -> dict[str, list[Unit]]:
    """Return by measure every member and introduction that counts, in the quarter it was told.

    Each has a moment that nobody sets afterwards, so that no quarter changes once it is over.
    """
    events: dict[str, list[Unit]] = {}
    joined = _joined()
    events["joined"] = list(joined.values())
    events["landed"] = list(_landed(joined).values())
    landed = {unit.id: unit for unit in events["landed"]}
    for owner_id, kind, told_at in db.session.execute(
        select(Landing.owner_id, Cause.kind, func.min(Cause.created_at))
        .join(Cause, Cause.landing_id == Landing.id)
        .group_by(Landing.owner_id, Cause.kind)
        .order_by(Landing.owner_id, Cause.kind)
    ):
        unit = landed.get(owner_id)
        if unit is not None:
            quarter = max(unit.quarter, quarter_of(told_at.date()))
            events.setdefault(f"by_{kind}", []).append(
                Unit(unit.id, unit.cohort, quarter, unit.parties)
            )
    _introductions(events)
    return events


def _joined() -> dict[UUID, Unit]:
    rows: Sequence[tuple[UUID, UUID, dt.datetime]] = [
        (row.membership_id, row.cohort_id, row.created_at)
        for row in db.session.scalars(
            select(Enrolment)
            .join(Membership, Membership.id == Enrolment.membership_id)
            .where(Enrolment.role == "member", Membership.role == "member")
            .order_by(Enrolment.created_at, Enrolment.id)
        )
    ]
    found: dict[UUID, Unit] = {}
    for member_id, cohort_id, moment in rows:
        # Whoever is in two cohorts is one person: the first counts.
        found.setdefault(
            member_id, Unit(member_id, cohort_id, quarter_of(moment.date()), (member_id,))
        )
    return found


def _landed(joined: dict[UUID, Unit]) -> dict[UUID, Unit]:
    began = dict(
        db.session.execute(
            select(Enrolment.membership_id, func.min(Enrolment.created_at))
            .where(Enrolment.role == "member")
            .group_by(Enrolment.membership_id)
        ).all()
    )
    found: dict[UUID, Unit] = {}
    for member in db.session.scalars(
        select(Membership).where(Membership.landed_on.is_not(None)).order_by(Membership.id)
    ):
        unit = joined.get(member.id)
        if unit is None or member.landed_on is None:
            continue
        told_on = member.landed_at.date() if member.landed_at else member.landed_on
        weeks = weeks_between(began[member.id].date(), member.landed_on)
        quarter = max(unit.quarter, quarter_of(told_on))
        found[member.id] = Unit(member.id, unit.cohort, quarter, unit.parties, weeks)
    return found


def _introductions(events: dict[str, list[Unit]]) -> None:
    for row in db.session.scalars(
        select(Introduction)
        .where(Introduction.introduced_at.is_not(None))
        .order_by(Introduction.created_at, Introduction.id)
    ):
        moments = {"introduced": row.introduced_at, "kept": row.kept_at}
        if row.outcome_kind in {"meeting", "interview", "offer"}:
            moments[row.outcome_kind] = row.outcome_at
        for measure, moment in moments.items():
            if moment is not None:
                unit = Unit(
                    row.id,
                    row.cohort_id,
                    quarter_of(moment.date()),
                    (row.receiver_id, row.giver_id),
                )
                events.setdefault(measure, []).append(unit)


def _keep(grain: Grain) -> None:
    db.session.add(
        CountedGrain(
            id=grain.id,
            measure=grain.measure,
            cohorts=sorted(str(one) for one in grain.cohorts),
            first=grain.first,
            last=grain.last,
            size=grain.size,
            shares={str(one): number for one, number in sorted(grain.shares.items())},
            weeks=list(grain.weeks),
        )
    )
    db.session.flush()
    column = "member_id" if grain.measure.startswith(_OF_MEMBERS) else "introduction_id"
    db.session.add_all(
        Counted(measure=grain.measure, grain_id=grain.id, **{column: unit_id})
        for unit_id in sorted(grain.units)
    )

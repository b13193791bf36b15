"""Reading huddles, who came, and homework."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import members_of
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import current_firm_id
from coachhub.firms.models import Firm, Membership
from coachhub_huddle import weeks
from coachhub_huddle.models import (
    Attendance,
    Comment,
    Draft,
    HandIn,
    Homework,
    Huddle,
    Line,
    Series,
)

LONGEST = dt.timedelta(hours=3)
LATEST = 2  # what a signal looks back at


@dataclass(frozen=True)
class Task:
    """A piece of homework as one member sees it."""

    homework: Homework
    hand_in: HandIn | None
    days_left: int

    @property
    def state(self) -> str:
        """Return ``to_do``, ``handed_in``, ``reviewed`` or ``back``."""
        return self.hand_in.state if self.hand_in else "to_do"

    @property
    def waits(self) -> bool:
        """Say whether it is the member's turn."""
        return self.state in {"to_do", "back"}


@dataclass(frozen=True)
class Returned:
    """What one member of the cohort handed in, or not."""

    membership: Membership
    hand_in: HandIn | None


def timezone_of(cohort_id: UUID) -> str:
    """Return the zone of a cohort's huddles; the firm's, if it has none."""
    found = db.session.scalar(select(Series.timezone).where(Series.cohort_id == cohort_id))
    return found or db.session.get_one(Firm, current_firm_id()).timezone


def today_in(cohort_id: UUID) -> dt.date:
    """Return today's date where a cohort meets."""
    return weeks.local_day(now(), timezone_of(cohort_id))


def series_of(cohort: Cohort) -> Series | None:
    """Return when a cohort meets, also if that has ended; None if it was never said."""
    return db.session.scalar(select(Series).where(Series.cohort_id == cohort.id))


def huddle_of(cohort: Cohort, huddle_id: UUID) -> Huddle:
    """Return a huddle of this cohort; raises NotFoundError."""
    found = db.session.scalar(
        select(Huddle).where(Huddle.id == huddle_id, Huddle.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFoundError
    return found


def coming(cohort: Cohort, most: int = 7) -> list[Huddle]:
    """Return the huddles that are not over, cancelled ones too, soonest first."""
    rows = db.session.scalars(
        select(Huddle)
        .where(Huddle.cohort_id == cohort.id, Huddle.starts_at > now() - LONGEST)
        .order_by(Huddle.starts_at)
    )
    return [one for one in rows if one.ends_at > now() and not one.ended][:most]


def next_huddle(cohort: Cohort) -> Huddle | None:
    """Return the huddle that is on now, or comes next."""
    return next((one for one in coming(cohort) if one.cancelled_at is None), None)


def past(cohort: Cohort, most: int = 12) -> list[Huddle]:
    """Return the huddles that took place, newest first."""
    rows = db.session.scalars(
        select(Huddle)
        .where(
            Huddle.cohort_id == cohort.id,
            Huddle.starts_at < now(),
            Huddle.cancelled_at.is_(None),
        )
        .order_by(Huddle.starts_at.desc())
        .limit(most + 1)
    )
    return [one for one in rows if one.ends_at <= now()][:most]


def before(huddle: Huddle) -> Huddle | None:
    """Return the last huddle that took place, or began, before this one."""
    return db.session.scalar(
        select(Huddle)
        .where(
            Huddle.cohort_id == huddle.cohort_id,
            Huddle.starts_at < min(huddle.starts_at, now()),
            Huddle.cancelled_at.is_(None),
        )
        .order_by(Huddle.starts_at.desc())
        .limit(1)
    )


def after(huddle: Huddle) -> Huddle | None:
    """Return the huddle that comes after this one."""
    return db.session.scalar(
        select(Huddle)
        .where(
            Huddle.cohort_id == huddle.cohort_id,
            Huddle.starts_at > huddle.starts_at,
            Huddle.cancelled_at.is_(None),
        )
        .order_by(Huddle.starts_at)
        .limit(1)
    )


def lines_of(huddle: Huddle, *, held: bool = False) -> list[Line]:
    """Return the coach's lines in their order; with `held`, also those that moderation holds."""
    query = select(Line).where(Line.huddle_id == huddle.id).order_by(Line.position, Line.id)
    if not held:
        query = query.where(Line.is_shown)
    return list(db.session.scalars(query))


def attendance_of(huddle: Huddle) -> dict[UUID, str]:
    """Return who was there, away or excused, by membership."""
    rows = db.session.scalars(select(Attendance).where(Attendance.huddle_id == huddle.id))
    return {row.membership_id: row.state for row in rows}


def homework_of(cohort: Cohort, *, held: bool = False) -> list[Homework]:
    """Return what is set, latest day first, without what was withdrawn."""
    query = (
        select(Homework)
        .where(Homework.cohort_id == cohort.id, Homework.withdrawn_at.is_(None))
        .order_by(Homework.due_on.desc(), Homework.id.desc())
    )
    if not held:
        query = query.where(Homework.is_shown)
    return list(db.session.scalars(query))


def one_homework(cohort: Cohort, homework_id: UUID) -> Homework:
    """Return a piece of homework of this cohort; raises NotFoundError."""
    found = db.session.scalar(
        select(Homework).where(Homework.id == homework_id, Homework.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFoundError
    return found


def tasks_of(cohort: Cohort, membership_id: UUID) -> list[Task]:
    """Return a member's homework: what waits for them first, the nearest day on top."""
    today = today_in(cohort.id)
    mine = {
        row.homework_id: row
        for row in db.session.scalars(select(HandIn).where(HandIn.owner_id == membership_id))
    }
    tasks = [Task(one, mine.get(one.id), (one.due_on - today).days) for one in homework_of(cohort)]
    return sorted(tasks, key=lambda task: (not task.waits, task.homework.due_on))


def hand_in_of(homework: Homework, membership_id: UUID) -> HandIn | None:
    """Return what a member handed in, or None."""
    return db.session.scalar(
        select(HandIn).where(HandIn.homework_id == homework.id, HandIn.owner_id == membership_id)
    )


def returned(cohort: Cohort, homework: Homework) -> list[Returned]:
    """Return every member of the cohort with what they handed in; what waits to be read first."""
    handed = {
        row.owner_id: row
        for row in db.session.scalars(select(HandIn).where(HandIn.homework_id == homework.id))
    }
    order = {"handed_in": 0, "back": 2, "reviewed": 3}
    lines = [Returned(one.membership, handed.get(one.membership.id)) for one in members_of(cohort)]
    return sorted(lines, key=lambda one: order[one.hand_in.state] if one.hand_in else 1)


def one_hand_in(cohort: Cohort, hand_in_id: UUID) -> tuple[Homework, HandIn]:
    """Return what somebody handed in for homework of this cohort; raises NotFoundError."""
    found = db.session.execute(
        select(Homework, HandIn)
        .join(HandIn, HandIn.homework_id == Homework.id)
        .where(HandIn.id == hand_in_id, Homework.cohort_id == cohort.id)
    ).one_or_none()
    if found is None:
        raise NotFoundError
    return found.Homework, found.HandIn


def drafts_of(hand_in: HandIn) -> list[Draft]:
    """Return the lines of a hand-in in their order."""
    return list(
        db.session.scalars(
            select(Draft).where(Draft.hand_in_id == hand_in.id).order_by(Draft.position, Draft.id)
        )
    )


def comments_of(hand_in: HandIn) -> list[Comment]:
    """Return what coaches said about a hand-in, newest first; what moderation holds is left out."""
    return list(
        db.session.scalars(
            select(Comment)
            .where(Comment.hand_in_id == hand_in.id, Comment.is_shown)
            .order_by(Comment.created_at.desc())
        )
    )


def to_read(cohort: Cohort) -> dict[UUID, int]:
    """Return how many hand-ins wait to be read, by homework."""
    waiting: dict[UUID, int] = defaultdict(int)
    rows = db.session.scalars(
        select(HandIn.homework_id)
        .join(Homework, Homework.id == HandIn.homework_id)
        .where(
            Homework.cohort_id == cohort.id,
            Homework.withdrawn_at.is_(None),
            HandIn.state == "handed_in",
        )
    )
    for homework_id in rows:
        waiting[homework_id] += 1
    return dict(waiting)


def away_twice(cohort: Cohort) -> set[UUID]:
    """Return who was away from the last two huddles that somebody was marked at."""
    marked = [
        seen
        for huddle in past(cohort)
        if (seen := attendance_of(huddle)) and set(seen.values()) != {"excused"}
    ][:LATEST]
    if len(marked) < LATEST:
        return set()
    return set.intersection(
        *({who for who, state in seen.items() if state == "away"} for seen in marked)
    )


def missing_twice(cohort: Cohort) -> dict[UUID, list[Homework]]:
    """Return who handed in nothing for the last two homeworks whose day is over, with those."""
    today = today_in(cohort.id)
    due = [one for one in homework_of(cohort) if one.due_on < today][:LATEST]
    if len(due) < LATEST:
        return {}
    handed = {
        (row.homework_id, row.owner_id)
        for row in db.session.execute(
            select(HandIn.homework_id, HandIn.owner_id).where(
                HandIn.homework_id.in_([one.id for one in due])
            )
        )
    }
    missing: dict[UUID, list[Homework]] = {}
    for one in members_of(cohort):
        # Whoever joined after it was set did not miss it.
        mine = [
            each
            for each in due
            if (each.id, one.membership.id) not in handed
            and one.enrolment.created_at <= each.created_at
        ]
        if len(mine) == LATEST:
            missing[one.membership.id] = mine
    return missing

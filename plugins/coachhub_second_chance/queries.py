"""Reading second chances: one's own, and for the coach that there are some."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from coachhub.board.models import Target
from coachhub.companies.queries import name_of, names_by_id
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub_second_chance.models import Chance, Touch, Version


@dataclass(frozen=True)
class Line:
    """A second chance on a list: where, what comes next, and when."""

    chance: Chance
    company: str
    letters: int
    touch: Touch | None

    @property
    def next_step(self) -> str:
        """Return the one thing to do next, in a few words."""
        if self.chance.ended:
            return gettext(_RESTS[self.chance.ended])
        if not self.letters:
            return gettext("Write the letter")
        if self.chance.sent_on is None:
            return gettext("Send the letter")
        return gettext("Be in touch") if self.touch else gettext("Choose a day for the next touch")


_RESTS = {
    "stopped": gettext_noop("You let it rest"),
    "back": gettext_noop("You are in touch again"),
    "closed": gettext_noop("Off your list for now"),
}


def chance_of(actor: Actor, chance_id: UUID, *, lock: bool = False) -> Chance:
    """Return one's own second chance; to everybody else it does not exist."""
    query = select(Chance).where(Chance.id == chance_id, Chance.owner_id == actor.member_id())
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError
    return found


def chance_for(target_id: UUID) -> Chance | None:
    """Return the second chance at a target, if it was begun."""
    return db.session.scalar(select(Chance).where(Chance.target_id == target_id))


def touch_of(actor: Actor, touch_id: UUID) -> tuple[Touch, Chance]:
    """Return one's own touch, and the second chance it belongs to."""
    row = db.session.execute(
        select(Touch, Chance)
        .join(Chance, Chance.id == Touch.chance_id)
        .where(Touch.id == touch_id, Chance.owner_id == actor.member_id())
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row.Touch, row.Chance


def due_touches(chance_id: UUID) -> list[Touch]:
    """Return the touches that are still to come, the next one first."""
    return list(
        db.session.scalars(
            select(Touch)
            .where(Touch.chance_id == chance_id, Touch.state == "due")
            .order_by(Touch.due_on, Touch.id)
        )
    )


def touches_of(chance_id: UUID) -> Sequence[Touch]:
    """Return every touch by its day."""
    return db.session.scalars(
        select(Touch).where(Touch.chance_id == chance_id).order_by(Touch.due_on, Touch.id)
    ).all()


def versions_of(chance_id: UUID) -> Sequence[Version]:
    """Return the letter's versions, the present one first."""
    return db.session.scalars(
        select(Version).where(Version.chance_id == chance_id).order_by(Version.number.desc())
    ).all()


def mine(member_id: UUID) -> list[Line]:
    """Return a member's second chances, what comes next first, those that rest last."""
    letters = select(func.count(Version.id)).where(Version.chance_id == Chance.id).scalar_subquery()
    rows = db.session.execute(
        select(Chance, Target.company_id, letters.label("letters"))
        .join(Target, Target.id == Chance.target_id)
        .where(Chance.owner_id == member_id)
    ).all()
    names = names_by_id(row.company_id for row in rows)
    lines = [
        Line(
            row.Chance,
            names[row.company_id],
            row.letters,
            next(iter(due_touches(row.Chance.id)), None),
        )
        for row in rows
    ]
    return sorted(lines, key=_soonest)


def waiting(member_id: UUID) -> list[tuple[UUID, str]]:
    """Return the member's targets that said no and have no second chance yet: id and company."""
    begun = select(Chance.target_id).where(Chance.owner_id == member_id)
    targets = db.session.scalars(
        select(Target)
        .where(
            Target.owner_id == member_id,
            Target.stage == "no",
            Target.closed_at.is_(None),
            Target.id.not_in(begun),
        )
        .order_by(Target.created_at)
    ).all()
    names = names_by_id(target.company_id for target in targets)
    return [(target.id, names[target.company_id]) for target in targets]


def company_of(chance: Chance) -> str:
    """Return the shown name of the company."""
    return name_of(
        db.session.scalar(select(Target.company_id).where(Target.id == chance.target_id))
    )


def running_in(cohort_id: UUID) -> dict[UUID, list[dt.date | None]]:
    """Return for members of a cohort the day of the next touch of each running second chance."""
    nearest = (
        select(func.min(Touch.due_on))
        .where(Touch.chance_id == Chance.id, Touch.state == "due")
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Chance.owner_id, nearest.label("day"))
        .join(Target, Target.id == Chance.target_id)
        .where(Target.cohort_id == cohort_id, Chance.ended == "")
    )
    found: dict[UUID, list[dt.date | None]] = {}
    for row in rows:
        found.setdefault(row.owner_id, []).append(row.day)
    return found


def targets_in(cohort_id: UUID) -> frozenset[UUID]:
    """Return the targets in a cohort that have a second chance running."""
    return frozenset(
        db.session.scalars(
            select(Chance.target_id)
            .join(Target, Target.id == Chance.target_id)
            .where(Target.cohort_id == cohort_id, Chance.ended == "")
        )
    )


def _soonest(line: Line) -> tuple[bool, dt.date, str]:
    day = line.touch.due_on if line.touch else dt.date.max
    return bool(line.chance.ended), day, line.company.casefold()

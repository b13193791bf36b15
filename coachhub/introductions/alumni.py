"""Alumni doors: who has landed opens doors to later cohorts, within limits of their own.

They are asked once. A yes names how many asks a month, about what and until when, a year at most;
then they are asked again. One click ends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select

from coachhub.board.landing import Landing, land
from coachhub.board.models import Target
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.links import path
from coachhub.core.words import gettext, ngettext
from coachhub.firms.hooks import HOME, HomeItem
from coachhub.firms.models import Membership
from coachhub.introductions.calendar import today
from coachhub.introductions.matching.likeness import words
from coachhub.introductions.models import AlumniDoor, Introduction

MOST_ASKS = 10
LONGEST = dt.timedelta(days=366)
ASK_AGAIN = dt.timedelta(days=21)
A_MONTH = dt.timedelta(days=30)


@dataclass(frozen=True)
class DoorDraft:
    """What somebody who landed says yes to; no words in `about` means anything."""

    asks_a_month: int
    until: dt.date
    about: str = ""


@dataclass(frozen=True)
class Alumnus:
    """Somebody who opens doors, and how many asks they have left this month."""

    member_id: UUID
    name: str
    about: str
    left: int


def mine(actor: Actor) -> AlumniDoor | None:
    """Return what somebody said, or None if they have not been asked or did not answer.

    Raises NotFoundError for somebody who has not landed: there is nothing to ask them yet.
    """
    _check_landed(actor)
    return _door_of(actor.member_id())


def open_door(actor: Actor, draft: DoorDraft) -> AlumniDoor:
    """Open one's doors to later cohorts, or renew that; from now on one gives and needs nothing."""
    _check_landed(actor)
    if not 1 <= draft.asks_a_month <= MOST_ASKS:
        raise DomainError(gettext("From 1 to %(MOST_ASKS)s asks a month.", MOST_ASKS=MOST_ASKS))
    if not today() < draft.until <= today() + LONGEST:
        raise DomainError(gettext("Until a day within the next year, please."))
    door = _door_of(actor.member_id(), lock=True) or AlumniDoor(membership_id=actor.member_id())
    member = db.session.scalars(select(Membership).where(Membership.id == actor.member_id())).one()
    door.asks_a_month, door.about, door.until = draft.asks_a_month, draft.about, draft.until
    door.answered_at, door.ended_at = now(), None
    db.session.add(door)
    db.session.flush()
    if member.landed_on is None:
        land(actor, Landing(today()))
    audit.record(actor, "alumni_door.opened", kind="membership", subject=member.id)
    return door


def close_door(actor: Actor) -> None:
    """Say no, or end it; nobody asks again."""
    door = mine(actor)
    if door is None:
        door = AlumniDoor(membership_id=actor.member_id())
        db.session.add(door)
    was_open = door.until is not None and door.ended_at is None
    door.answered_at = door.ended_at = now()
    db.session.flush()
    if was_open:
        audit.record(actor, "alumni_door.ended", kind="membership", subject=actor.member_id())


def alumni_for(day: dt.date) -> list[Alumnus]:
    """Return who opens doors to the firm's cohorts on a day and has asks left this month, by id."""
    used = (
        select(func.count(Introduction.id))
        .where(
            Introduction.giver_id == Membership.id,
            Introduction.giver_asked_at > now() - A_MONTH,
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Membership.id, Membership.name, AlumniDoor.about, AlumniDoor.asks_a_month - used)
        .join(Membership, Membership.id == AlumniDoor.membership_id)
        .where(
            Membership.state == "active",
            AlumniDoor.ended_at.is_(None),
            AlumniDoor.until >= day,
            used < AlumniDoor.asks_a_month,
        )
        .order_by(Membership.id)
    )
    return [Alumnus(*row) for row in rows]


def at_rest(day: dt.date, text: str) -> frozenset[UUID]:
    """Return who landed and takes no ask about `text` on a day.

    They said no, ended it, named other things, or have had as many this month as they take. Who
    has not answered yet is not among them: in their own cohort they are asked as ever.
    """
    answered = set(
        db.session.scalars(
            select(AlumniDoor.membership_id).where(AlumniDoor.answered_at.is_not(None))
        )
    )
    taking = {
        one.member_id
        for one in alumni_for(day)
        if not one.about or not text or not words(one.about).isdisjoint(words(text))
    }
    return frozenset(answered - taking)


def forget(member_id: UUID) -> None:
    """Drop what somebody said to opening doors: they look for work again."""
    db.session.execute(delete(AlumniDoor).where(AlumniDoor.membership_id == member_id))


@HOME.from_room_at_once
def homes(actors: Sequence[Actor]) -> list[list[HomeItem]]:
    """Ask once who has landed, and again before a year is over."""
    landed = _landed_of([actor.membership_id for actor in actors if actor.membership_id])
    rows = db.session.scalars(select(AlumniDoor).where(AlumniDoor.membership_id.in_(landed)))
    doors = {row.membership_id: row for row in rows} if landed else {}
    return [
        _questions(actor.member_id(), doors.get(actor.member_id()))
        if actor.membership_id in landed
        else []
        for actor in actors
    ]


def _questions(member_id: UUID, door: AlumniDoor | None) -> list[HomeItem]:
    if door is None:
        title = gettext("You found work: would you open doors for others?")
        text = gettext(
            "You say how many asks a month, about what and until when. No is a good answer."
        )
    elif door.ended_at is None and door.until is not None and door.until - today() <= ASK_AGAIN:
        over = door.until < today()
        title = (
            gettext("Your year of opening doors is over")
            if over
            else gettext("Your year of opening doors ends soon")
        )
        keep_it = gettext("Keep it for another year, or let it end.")
        text = f"{_thanks_so_far(member_id)} {keep_it}".strip()
    else:
        return []
    return [
        HomeItem(
            title,
            text,
            path("introductions.alumni"),
            gettext("Give an answer"),
            icon="door",
            order=40,
        )
    ]


def given(member_id: UUID) -> tuple[int, int]:
    """Return how many introductions somebody made since they landed, and how many said thanks."""
    since = select(Membership.landed_on).where(Membership.id == member_id).scalar_subquery()
    made, thanked = db.session.execute(
        select(func.count(), func.count(Introduction.thanked_at)).where(
            Introduction.giver_id == member_id,
            Introduction.introduced_at.is_not(None),
            func.date(Introduction.introduced_at) >= since,
        )
    ).one()
    return made, thanked


def _thanks_so_far(member_id: UUID) -> str:
    made, _thanked = given(member_id)
    if not made:
        return ""
    return ngettext(
        "You made %(num)s introduction: thank you.",
        "You made %(num)s introductions: thank you.",
        made,
    )


def _check_landed(actor: Actor) -> None:
    if not _landed_of([actor.member_id()]):
        raise NotFoundError


def _landed_of(member_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of some members who have found work."""
    target = exists().where(Target.owner_id == Membership.id, Target.stage == "landed")
    landed = select(Membership.id).where(
        Membership.id.in_(member_ids), or_(Membership.landed_on.is_not(None), target)
    )
    return set(db.session.scalars(landed))


def _door_of(member_id: UUID, *, lock: bool = False) -> AlumniDoor | None:
    query = select(AlumniDoor).where(AlumniDoor.membership_id == member_id)
    return db.session.scalar(query.with_for_update() if lock else query)

"""Writing second chances. Operations flush and never commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select

from coachhub.board.models import Target
from coachhub.board.operations import set_next_touch
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub_second_chance.models import Chance, Touch, Version
from coachhub_second_chance.queries import chance_for, chance_of, due_touches, touch_of

MOST_VERSIONS = 30


@dataclass(frozen=True)
class NotesDraft:
    """What a member notes after a no; see `letter.Notes`."""

    role: str = ""
    went_well: str = ""
    met: str = ""
    learned: str = ""
    can_offer: str = ""
    to_name: str = ""
    to_email: str = ""


def begin(actor: Actor, target_id: UUID, weeks: Sequence[int]) -> Chance:
    """Begin a second chance at a target that ended in a no, with touches after so many weeks.

    Begun already, it goes on. Raises NotFoundError for a target of others'.
    """
    target = _said_no(actor, target_id)
    known = chance_for(target.id)
    if known is not None:
        return resume(actor, known.id)
    chance = _new(target)
    days = {today() + dt.timedelta(weeks=number) for number in weeks}
    if target.next_touch_on is not None and target.next_touch_on >= today():
        days.add(target.next_touch_on)  # the member had chosen one already
    db.session.add_all(Touch(chance_id=chance.id, due_on=day) for day in sorted(days))
    db.session.flush()
    keep_in_step(actor, chance)
    return chance


def leave(actor: Actor, target_id: UUID) -> Chance:
    """Leave a no at that: nobody reminds of it, and it can still be taken up."""
    target = _said_no(actor, target_id)
    known = chance_for(target.id)
    return end(actor, (known or _new(target)).id)


def write_notes(actor: Actor, chance_id: UUID, draft: NotesDraft) -> Chance:
    """Keep what the member noted."""
    chance = chance_of(actor, chance_id)
    for name in NotesDraft.__dataclass_fields__:
        setattr(chance, name, getattr(draft, name))
    db.session.flush()
    return chance


def write_letter(actor: Actor, chance_id: UUID, subject: str, text: str) -> Version:
    """Keep the letter as a new version; the same words again are no new one."""
    chance = chance_of(actor, chance_id, lock=True)
    newest = db.session.scalar(
        select(Version)
        .where(Version.chance_id == chance.id)
        .order_by(Version.number.desc())
        .limit(1)
    )
    text = text.replace("\r\n", "\n")
    if newest is not None and (newest.subject, newest.text) == (subject, text):
        return newest
    number = newest.number + 1 if newest else 1
    version = Version(chance_id=chance.id, number=number, subject=subject, text=text)
    db.session.add(version)
    db.session.execute(
        delete(Version).where(
            Version.chance_id == chance.id, Version.number <= number - MOST_VERSIONS
        )
    )
    db.session.flush()
    return version


def take_version(actor: Actor, version_id: UUID) -> Version:
    """Make an older version the present one; what was present before stays among them."""
    older = db.session.scalar(select(Version).where(Version.id == version_id))
    if older is None:
        raise NotFoundError
    return write_letter(actor, older.chance_id, older.subject, older.text)


def note_sent(actor: Actor, chance_id: UUID) -> Chance:
    """Remember that the member sent their letter today; said again, that they did not."""
    chance = chance_of(actor, chance_id)
    chance.sent_on = None if chance.sent_on else today()
    db.session.flush()
    return chance


def add_touch(actor: Actor, chance_id: UUID, due_on: dt.date) -> Touch:
    """Put one more day on the schedule."""
    chance = chance_of(actor, chance_id, lock=True)
    if chance.ended:
        raise DomainError(gettext("This second chance rests. Take it up again first."))
    most = select(func.count()).where(Touch.chance_id == chance.id, Touch.state == "due")
    if (db.session.scalar(most) or 0) >= MOST_VERSIONS:
        raise DomainError(gettext("That is a lot of days. Take one off first."))
    touch = Touch(chance_id=chance.id, due_on=due_on)
    db.session.add(touch)
    db.session.flush()
    keep_in_step(actor, chance)
    return touch


def touch_done(actor: Actor, touch_id: UUID) -> Touch:
    """Say that the member was in touch."""
    return _set(actor, touch_id, "done", today())


def stop_touch(actor: Actor, touch_id: UUID) -> Touch:
    """Take one day off the schedule."""
    return _set(actor, touch_id, "stopped", None)


def take_touch_back(actor: Actor, touch_id: UUID) -> Touch:
    """Put a day back that was done or taken off."""
    return _set(actor, touch_id, "due", None)


def move_touch(actor: Actor, touch_id: UUID, due_on: dt.date) -> Touch:
    """Be in touch on another day."""
    touch, chance = touch_of(actor, touch_id)
    touch.due_on = due_on
    db.session.flush()
    keep_in_step(actor, chance)
    return touch


def end(actor: Actor, chance_id: UUID, why: str = "stopped") -> Chance:
    """Let a second chance rest; what was written stays."""
    chance = chance_of(actor, chance_id, lock=True)
    chance.ended = why
    db.session.flush()
    if why == "stopped":
        keep_in_step(actor, chance)
    return chance


def resume(actor: Actor, chance_id: UUID) -> Chance:
    """Take up again what rested."""
    chance = chance_of(actor, chance_id, lock=True)
    target = db.session.scalars(select(Target).where(Target.id == chance.target_id)).one()
    if target.stage != "no" or target.closed_at is not None:
        raise DomainError(
            gettext("This company is no longer a no on your list, so there is nothing to do.")
        )
    chance.ended = ""
    db.session.flush()
    keep_in_step(actor, chance)
    return chance


def follow_board(target: Target) -> None:
    """Move the next touch to the day that the member set on the board."""
    chance = chance_for(target.id)
    if chance is None or chance.ended or target.next_touch_on is None:
        return
    touches = due_touches(chance.id)
    if not touches:
        db.session.add(Touch(chance_id=chance.id, due_on=target.next_touch_on))
    elif touches[0].due_on != target.next_touch_on:
        touches[0].due_on = target.next_touch_on
        for passed in touches[1:]:
            if passed.due_on <= target.next_touch_on:
                passed.state = "stopped"
    db.session.flush()


def keep_in_step(actor: Actor, chance: Chance) -> None:
    """Give the target on the board the day of the next touch; none when it rests."""
    target = db.session.scalars(select(Target).where(Target.id == chance.target_id)).one()
    touches = [] if chance.ended else due_touches(chance.id)
    day = touches[0].due_on if touches else None
    if target.closed_at is None and target.next_touch_on != day:
        set_next_touch(actor, target, day)


def today() -> dt.date:
    """Return today's date, as the board counts days."""
    return now().date()


def _said_no(actor: Actor, target_id: UUID) -> Target:
    target = db.session.scalar(
        select(Target)
        .where(Target.id == target_id, Target.owner_id == actor.member_id())
        .with_for_update()
    )
    if target is None:
        raise NotFoundError
    if target.stage != "no" or target.closed_at is not None:
        raise DomainError(gettext("A second chance begins where a target on your list said no."))
    return target


def _new(target: Target) -> Chance:
    chance = Chance(owner_id=target.owner_id, target_id=target.id, role=target.roles)
    db.session.add(chance)
    db.session.flush()
    return chance


def _set(actor: Actor, touch_id: UUID, state: str, done_on: dt.date | None) -> Touch:
    touch, chance = touch_of(actor, touch_id)
    touch.state, touch.done_on = state, done_on
    db.session.flush()
    keep_in_step(actor, chance)
    return touch

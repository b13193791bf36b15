"""Writing hooks and pitches, and what coaches say about them: the only place that writes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub_pitch import letters
from coachhub_pitch.models import Comment, Pitch, Version

MOST_VERSIONS = 100


@dataclass(frozen=True)
class Draft:
    """What a member writes: the words, for which moment, and what they changed."""

    text: str
    occasion: str = ""
    note: str = ""
    cohort_id: UUID | None = None


@dataclass(frozen=True)
class Remark:
    """What a coach says about `quote`, at `start` of version `number`, or about the whole."""

    text: str
    number: int
    quote: str = ""
    start: int = 0


def begin(actor: Actor, kind: str, draft: Draft) -> Pitch:
    """Keep a new hook or pitch, with its first version."""
    pitch = Pitch(
        owner_id=actor.member_id(),
        kind=kind,
        occasion=draft.occasion,
        text=draft.text,
        number=1,
        cohort_id=draft.cohort_id,
        seen_at=now(),
    )
    db.session.add(pitch)
    db.session.flush()
    db.session.add(Version(pitch_id=pitch.id, number=1, text=draft.text, note=draft.note))
    db.session.flush()
    return pitch


def rewrite(actor: Actor, pitch: Pitch, draft: Draft) -> bool:
    """Keep what the owner changed; other words make a new version. Say whether they did.

    What a moderator sent back goes up again once its words have changed.
    """
    _only_owner(actor, pitch)
    pitch.occasion = draft.occasion
    if draft.cohort_id != pitch.cohort_id:
        # Another group: nobody there was asked, and nothing was shown to it.
        pitch.cohort_id, pitch.shared, pitch.state = draft.cohort_id, False, "draft"
    if draft.text == pitch.text:
        db.session.flush()
        return False
    _new_version(pitch, draft.text, draft.note)
    return True


def restore(actor: Actor, pitch: Pitch, version: Version) -> None:
    """Take an older version's words again, as the newest version."""
    _only_owner(actor, pitch)
    if version.pitch_id != pitch.id:
        raise NotFoundError
    if version.text != pitch.text:
        _new_version(
            pitch, version.text, gettext("Version %(number)s again", number=version.number)
        )


def ask_for_look(actor: Actor, pitch: Pitch) -> None:
    """Ask the coaches of the pitch's group to look at it. Asking twice changes nothing."""
    _only_owner(actor, pitch)
    if pitch.cohort_id is None:
        raise DomainError(gettext("Choose a group first: its coach looks at it."))
    if pitch.state == "asked":
        return
    pitch.state, pitch.asked_at = "asked", now()
    db.session.flush()
    letters.asked(actor, pitch)


def withdraw(actor: Actor, pitch: Pitch) -> None:
    """Take the question back; the coach no longer sees it unless it is shared."""
    _only_owner(actor, pitch)
    if pitch.state == "asked":
        pitch.state = "looked" if pitch.looked_at else "draft"
    db.session.flush()


def share(actor: Actor, pitch: Pitch) -> None:
    """Show it to the pitch's group."""
    _only_owner(actor, pitch)
    if pitch.cohort_id is None:
        raise DomainError(gettext("Choose a group first: it is shared with that one."))
    if not pitch.is_shown:
        raise DomainError(gettext("A moderator is looking at it. Change its words first, or wait."))
    pitch.shared, pitch.published_at = True, pitch.published_at or now()
    db.session.flush()


def unshare(actor: Actor, pitch: Pitch) -> None:
    """Show it to nobody but its owner, and the coach where one was asked."""
    _only_owner(actor, pitch)
    pitch.shared = False
    db.session.flush()


def keep_time(actor: Actor, pitch: Pitch, seconds: int, goal: int) -> None:
    """Write down a run aloud; the best is the one closest to `goal` seconds."""
    _only_owner(actor, pitch)
    pitch.runs += 1
    pitch.last_seconds = seconds
    if pitch.best_seconds is None or abs(seconds - goal) < abs(pitch.best_seconds - goal):
        pitch.best_seconds = seconds
    db.session.flush()


def note_seen(pitch: Pitch) -> None:
    """Remember that the owner has opened it, with all that was said until now."""
    pitch.seen_at = now()
    db.session.flush()


def drop(actor: Actor, pitch: Pitch) -> None:
    """Delete a pitch with its versions and all that was said about it."""
    _only_owner(actor, pitch)
    db.session.delete(pitch)
    db.session.flush()


def comment(actor: Actor, pitch: Pitch, remark: Remark) -> Comment:
    """Keep what a coach says. A passage that is not in that version is about the whole."""
    version = db.session.scalar(
        select(Version).where(Version.pitch_id == pitch.id, Version.number == remark.number)
    )
    if version is None:
        raise NotFoundError
    quote, start = remark.quote, remark.start
    if version.text[start : start + len(quote)] != quote:
        start = version.text.find(quote)
        if start < 0:
            quote, start = "", 0
    made = Comment(
        pitch_id=pitch.id,
        owner_id=actor.member_id(),
        number=version.number,
        quote=quote,
        start=start,
        text=remark.text,
    )
    db.session.add(made)
    db.session.flush()
    return made


def looked(actor: Actor, cohort: Cohort, pitch: Pitch) -> None:
    """Say that the coach has looked at it; its owner is told by mail, once for each question."""
    if pitch.state != "asked":
        raise DomainError(gettext("Nobody waits for a look at this one any more."))
    pitch.state, pitch.looked_at = "looked", now()
    db.session.flush()
    letters.looked(actor, cohort, pitch)


def settle(actor: Actor, said: Comment, *, done: bool) -> None:
    """Tick a comment off, or take the tick away; the pitch's owner does."""
    pitch = db.session.scalars(select(Pitch).where(Pitch.id == said.pitch_id)).one()
    _only_owner(actor, pitch)
    said.done_at = now() if done else None
    db.session.flush()


def take_back(actor: Actor, said: Comment) -> None:
    """Delete a comment; only who wrote it does."""
    if said.owner_id != actor.member_id():
        raise NotFoundError
    db.session.delete(said)
    db.session.flush()


def _new_version(pitch: Pitch, text: str, note: str) -> None:
    pitch.number += 1
    pitch.text = text
    if pitch.state == "looked":
        pitch.state = "draft"
    db.session.add(Version(pitch_id=pitch.id, number=pitch.number, text=text, note=note))
    db.session.flush()
    db.session.execute(
        delete(Version).where(
            Version.pitch_id == pitch.id, Version.number <= pitch.number - MOST_VERSIONS
        )
    )


def _only_owner(actor: Actor, pitch: Pitch) -> None:
    if pitch.owner_id != actor.membership_id:
        raise NotFoundError

"""Reading the workshop: one's own, what waits for a coach, what a group shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.firms.models import Membership
from coachhub.firms.plugins import settings_of
from coachhub.permissions import Standing
from coachhub_pitch.models import Comment, Pitch, Version
from coachhub_pitch.passages import Passage, Piece, find, marked
from coachhub_pitch.reading import PACE


@dataclass(frozen=True)
class Clock:
    """What the firm decided: words a minute, and the goals in seconds."""

    pace: int
    hook: int
    pitch: int

    def goal(self, kind: str) -> int:
        """Return the goal of a hook or a pitch, in seconds."""
        return self.hook if kind == "hook" else self.pitch


@dataclass(frozen=True)
class Said:
    """A comment as it is shown: its number on the page, who said it, where its passage is now."""

    number: int
    comment: Comment
    author: str
    passage: Passage | None

    @property
    def lost(self) -> bool:
        """Say whether it was about a passage that is no longer there."""
        return bool(self.comment.quote) and self.passage is None


@dataclass(frozen=True)
class Waiting:
    """A pitch in a list, with whose it is."""

    pitch: Pitch
    owner: Membership


def clock() -> Clock:
    """Return the firm's pace and goals."""
    decided = settings_of("pitch")
    return Clock(
        int(decided.get("pace") or PACE),
        int(decided.get("hook_seconds") or 12),
        int(decided.get("pitch_seconds") or 60),
    )


def own(actor: Actor) -> Sequence[Pitch]:
    """Return the actor's hooks and pitches, the last changed first."""
    newest = (
        select(func.max(Version.created_at)).where(Version.pitch_id == Pitch.id).scalar_subquery()
    )
    return db.session.scalars(
        select(Pitch)
        .where(Pitch.owner_id == actor.member_id())
        .order_by(Pitch.kind, newest.desc(), Pitch.id)
    ).all()


def own_one(actor: Actor, pitch_id: UUID) -> Pitch:
    """Return one of the actor's own; raises NotFoundError for anybody else's."""
    found = db.session.scalar(
        select(Pitch).where(Pitch.id == pitch_id, Pitch.owner_id == actor.member_id())
    )
    if found is None:
        raise NotFoundError
    return found


def versions_of(pitch: Pitch) -> Sequence[Version]:
    """Return all versions, the newest first."""
    return db.session.scalars(
        select(Version).where(Version.pitch_id == pitch.id).order_by(Version.number.desc())
    ).all()


def version_of(pitch: Pitch, version_id: UUID) -> Version:
    """Return one version of a pitch; raises NotFoundError."""
    found = db.session.scalar(
        select(Version).where(Version.id == version_id, Version.pitch_id == pitch.id)
    )
    if found is None:
        raise NotFoundError
    return found


def comment_of(comment_id: UUID) -> Comment:
    """Return a comment; raises NotFoundError."""
    found = db.session.scalar(select(Comment).where(Comment.id == comment_id))
    if found is None:
        raise NotFoundError
    return found


def said_about(pitch: Pitch, reader_id: UUID) -> list[Said]:
    """Return what coaches said, oldest first; what is held only to who wrote it."""
    rows = db.session.execute(
        select(Comment, Membership.name)
        .join(Membership, Membership.id == Comment.owner_id)
        .where(
            Comment.pitch_id == pitch.id,
            or_(Comment.is_shown, Comment.owner_id == reader_id),
        )
        .order_by(Comment.created_at, Comment.id)
    )
    return [
        Said(number, row.Comment, row.name, find(pitch.text, row.Comment.quote, row.Comment.start))
        for number, row in enumerate(rows, 1)
    ]


def pieces(pitch: Pitch, said: Sequence[Said]) -> list[Piece]:
    """Return the words cut where passages begin and end, open comments only."""
    open_ones = [
        (one.number, one.passage) for one in said if one.passage and not one.comment.done_at
    ]
    return marked(pitch.text, open_ones)


def readable(actor: Actor, cohort: Cohort, pitch_id: UUID) -> Pitch:
    """Return a pitch of this group that the actor may read; raises NotFoundError.

    Its coaches read what they were asked about, everybody in the group what is shared and not
    held. A draft is its owner's alone.
    """
    found = db.session.scalar(
        select(Pitch).where(Pitch.id == pitch_id, Pitch.cohort_id == cohort.id, _there())
    )
    if found is None:
        raise NotFoundError
    asked = leads(actor) and found.state != "draft"
    if not (asked or (found.shared and found.is_shown)):
        raise NotFoundError
    return found


def leads(actor: Actor) -> bool:
    """Say whether the actor leads the group of this page."""
    return Standing.COHORT_COACH in actor.standings


def waiting(cohort: Cohort) -> list[Waiting]:
    """Return whose pitches wait for a look, longest first."""
    return _listed(
        select(Pitch, Membership)
        .where(Pitch.cohort_id == cohort.id, Pitch.state == "asked")
        .order_by(Pitch.asked_at, Pitch.id)
    )


def number_waiting(cohort: Cohort) -> ScalarSelect[int]:
    """Count the pitches that wait for a look, for the menu."""
    query = select(func.count()).select_from(Pitch)
    there = query.where(Pitch.cohort_id == cohort.id, Pitch.state == "asked", _there())
    return there.scalar_subquery()


def number_shared(cohort: Cohort) -> ScalarSelect[int]:
    """Count what the members of a group show each other, for the board's head."""
    query = select(func.count()).select_from(Pitch)
    there = query.where(Pitch.cohort_id == cohort.id, Pitch.shared, Pitch.is_shown, _there())
    return there.scalar_subquery()


def looked_lately(cohort: Cohort, most: int = 10) -> list[Waiting]:
    """Return the pitches that were looked at last and have not changed since."""
    return _listed(
        select(Pitch, Membership)
        .where(Pitch.cohort_id == cohort.id, Pitch.state == "looked")
        .order_by(Pitch.looked_at.desc(), Pitch.id)
        .limit(most)
    )


def shared(cohort: Cohort, owner_id: UUID | None = None) -> list[Waiting]:
    """Return what the members of a group show each other; with `owner_id`, one member's."""
    query = select(Pitch, Membership).where(
        Pitch.cohort_id == cohort.id, Pitch.shared, Pitch.is_shown
    )
    if owner_id is not None:
        query = query.where(Pitch.owner_id == owner_id)
    return _listed(query.order_by(func.lower(Membership.name), Pitch.kind, Pitch.id))


def news(membership_id: UUID) -> Sequence[Pitch]:
    """Return a member's pitches that were looked at since they last opened them."""
    return db.session.scalars(
        select(Pitch)
        .where(
            Pitch.owner_id == membership_id,
            Pitch.looked_at.is_not(None),
            or_(Pitch.seen_at.is_(None), Pitch.seen_at < Pitch.looked_at),
        )
        .order_by(Pitch.looked_at)
    ).all()


def _listed(query: Select[Pitch, Membership]) -> list[Waiting]:
    rows = db.session.execute(
        query.join(Membership, Membership.id == Pitch.owner_id).where(_there())
    )
    return [Waiting(row.Pitch, row.Membership) for row in rows]


def _there() -> ColumnElement[bool]:
    """Return the condition that a pitch's owner is in its group now."""
    inside = (
        select(Enrolment.id)
        .join(Membership, Membership.id == Enrolment.membership_id)
        .where(
            Enrolment.cohort_id == Pitch.cohort_id,
            Enrolment.membership_id == Pitch.owner_id,
            and_(Enrolment.state == "active", Membership.state == "active"),
        )
        .correlate(Pitch)
    )
    return inside.exists()

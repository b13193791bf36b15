"""Reading gifts and thanks: one's own notes and log, what fits whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import DateTime, Select, Uuid, bindparam, select
from sqlalchemy.orm import aliased

from coachhub.board.models import Offer
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.cohorts.queries import cohorts_of, people_of, share_a_cohort
from coachhub.contacts.models import Contact
from coachhub.contacts.queries import Wanted, matching
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction
from coachhub_gifts.catalogue import Question, interests_in
from coachhub_gifts.models import Given, Note

FRESH = dt.timedelta(days=21)  # how long thanks are due without being late


@dataclass(frozen=True)
class Got:
    """A note that a member got, and who wrote it."""

    note: Note
    writer: str


def notes_of(actor: Actor) -> Sequence[Note]:
    """Return the actor's own notes, the newest first."""
    return db.session.scalars(
        select(Note).where(Note.owner_id == actor.member_id()).order_by(Note.created_at.desc())
    ).all()


def note_of(actor: Actor, note_id: UUID) -> Note:
    """Return one of the actor's own notes; raises NotFoundError."""
    found = db.session.scalar(
        select(Note).where(Note.id == note_id, Note.owner_id == actor.member_id())
    )
    if found is None:
        raise NotFoundError
    return found


def got(actor: Actor) -> list[Got]:
    """Return the notes that members sent to the actor, the newest first; nothing that is held."""
    rows = db.session.execute(
        select(Note, Membership.name)
        .join(Membership, Membership.id == Note.owner_id)
        .where(
            Note.member_id == actor.member_id(),
            Note.state == "sent",
            Note.is_shown,
        )
        .order_by(Note.sent_at.desc())
    )
    return [Got(note, name) for note, name in rows]


def log_of(actor: Actor) -> Sequence[Given]:
    """Return the actor's log, the newest first."""
    return db.session.scalars(
        select(Given)
        .where(Given.owner_id == actor.member_id())
        .order_by(Given.given_on.desc(), Given.created_at.desc())
    ).all()


def line_of(actor: Actor, given_id: UUID) -> Given:
    """Return one line of the actor's log; raises NotFoundError."""
    found = db.session.scalar(
        select(Given).where(Given.id == given_id, Given.owner_id == actor.member_id())
    )
    if found is None:
        raise NotFoundError
    return found


def others(actor: Actor) -> list[Membership]:
    """Return everybody who is in a group with the actor, by name, without themselves."""
    found = {
        one.membership.id: one.membership
        for cohort in cohorts_of(actor.membership_id)
        for one in people_of(cohort)
        if one.membership.id != actor.membership_id
    }
    return sorted(found.values(), key=lambda one: one.name.casefold())


def other(actor: Actor, member_id: UUID) -> Membership:
    """Return somebody who is in a group with the actor; raises NotFoundError."""
    found = db.session.scalar(
        select(Membership).where(Membership.id == member_id, Membership.state == "active")
    )
    if found is None or not share_a_cohort(actor.member_id(), member_id):
        raise NotFoundError
    return found


def contacts(actor: Actor, words: str, most: int = 20) -> Sequence[Contact]:
    """Return the actor's own contacts whose name, company or position holds the words."""
    if not words.strip():
        return []
    found = db.session.scalars(matching(actor, Wanted(words=words.strip()[:100])).limit(most))
    return sorted(found, key=lambda one: one.full_name().casefold())


def skills_of(membership_id: UUID | None) -> frozenset[str]:
    """Return the kinds of a member's own open offers: what they are able to give."""
    return frozenset(
        db.session.scalars(
            select(Offer.kind)
            .where(Offer.owner_id == membership_id, Offer.closed_at.is_(None))
            .distinct()
        )
    )


def question_for(actor: Actor, receiver: Membership, occasion: str = "") -> Question:
    """Return what is known for a gift: what a member tells the group, what the giver offers."""
    told = f"{receiver.interests} {' '.join(receiver.fields)}"
    return Question(interests_in(told), skills_of(actor.membership_id), occasion)


def to_thank(member_id: UUID) -> list[Membership]:
    """Return who has helped a member of late and has had no note from them since."""
    return list(db.session.scalars(_to_thank(), {"receiver_id": member_id, "since": now() - FRESH}))


@cache
def _to_thank() -> Select[Membership]:
    """Built once: every home page asks it."""
    note = aliased(Note)
    receiver = bindparam("receiver_id", type_=Uuid())
    thanked = (
        select(note.id)
        .where(
            note.owner_id == receiver,
            note.member_id == Introduction.giver_id,
            note.created_at > Introduction.introduced_at,
        )
        .correlate(Introduction)
    )
    there = (
        select(Enrolment.id)
        .where(
            Enrolment.membership_id == Introduction.giver_id,
            Enrolment.cohort_id == Introduction.cohort_id,
            Enrolment.state == "active",
        )
        .correlate(Introduction)
    )
    return (
        select(Membership)
        .join(Introduction, Introduction.giver_id == Membership.id)
        .join(Cohort, Cohort.id == Introduction.cohort_id)
        .where(
            Introduction.receiver_id == receiver,
            Introduction.introduced_at > bindparam("since", type_=DateTime(timezone=True)),
            Introduction.kept_at.is_not(None),
            Membership.state == "active",
            Cohort.state == "running",
            ~thanked.exists(),
            there.exists(),
        )
        .distinct()
        .order_by(Membership.name)
        .limit(2)
    )

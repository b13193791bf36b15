"""Reading landings: one's own, those that somebody helped with, a cohort's for its coach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.cohorts.queries import cohorts_of, people_of
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop, ngettext
from coachhub.firms.models import Membership
from coachhub.introductions import queries as introductions
from coachhub.introductions.models import Introduction
from coachhub_outcomes.models import Cause, Landing

WORK_LABELS = {
    "employed": gettext_noop("Employed"),
    "contract": gettext_noop("Contract or interim work"),
    "own": gettext_noop("Their own business"),
    "learning": gettext_noop("Training or studies"),
    "other": gettext_noop("Something else"),
}
WAYS = {
    "contact": gettext_noop("Somebody I knew myself"),
    "advertised": gettext_noop("An opening that was advertised"),
    "recruiter": gettext_noop("A recruiter who wrote to me"),
    "meeting": gettext_noop("Our group's meetings"),
    "card": gettext_noop("My contact card"),
    "former": gettext_noop("A former employer or colleague"),
    "again": gettext_noop("A company that had said no before"),
}
OUTCOME_WORDS = {
    "meeting": gettext_noop("you talked"),
    "interview": gettext_noop("it led to an interview"),
    "offer": gettext_noop("it led to an offer"),
    "nothing_yet": gettext_noop("nothing came of it at the time"),
}
LETTERS = {
    "door": gettext_noop("A door"),
    "insider": gettext_noop("What they knew from the inside"),
    "offer": gettext_noop("Their help"),
    "lead": gettext_noop("A lead"),
    "buddy": gettext_noop("Searching together"),
    "other": gettext_noop("Their help"),
}


@dataclass(frozen=True)
class Helper:
    """Somebody who can be thanked: who, for what, and whether it was done."""

    cause: Cause
    name: str
    what: str


@dataclass(frozen=True)
class Landed:
    """A member who landed, as their coach sees it; `landing` only as far as they show it."""

    member: Membership
    weeks: int
    landing: Landing | None
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Helped:
    """A landing that somebody helped with, and the thanks for it."""

    cause: Cause
    name: str


def landing_of(member_id: UUID) -> Landing | None:
    """Return what a member told of their landing, or None."""
    return db.session.scalar(select(Landing).where(Landing.owner_id == member_id))


def causes_of(landing: Landing) -> Sequence[Cause]:
    """Return what led to a landing, in the order it was confirmed."""
    return db.session.scalars(
        select(Cause).where(Cause.landing_id == landing.id).order_by(Cause.created_at, Cause.id)
    ).all()


def my_introductions(member_id: UUID) -> list[tuple[UUID, str]]:
    """Return the introductions that were made for a member: id, and what they were."""
    found = []
    for one in introductions.mine(member_id):
        if one.side == "receiver" and one.met:
            outcome = OUTCOME_WORDS.get(one.outcome_kind, "")
            outcome = gettext(outcome) if outcome else ""
            who = f"{one.title} ({one.other.name})" if one.asset == "door" else one.title
            found.append((one.id, f"{who}: {outcome}" if outcome else who))
    return found


def my_group(actor: Actor) -> list[tuple[UUID, str]]:
    """Return who else is in one's cohorts, by name: anybody may have helped."""
    found: dict[UUID, str] = {}
    for cohort in cohorts_of(actor.membership_id):
        for one in people_of(cohort):
            found[one.membership.id] = one.membership.name
    found.pop(actor.member_id(), None)
    return sorted(found.items(), key=lambda item: item[1].casefold())


def helpers(landing: Landing) -> list[Helper]:
    """Return who helped and can be thanked."""
    causes = [cause for cause in causes_of(landing) if cause.helper_id is not None]
    names = _names({cause.helper_id for cause in causes if cause.helper_id})
    return [
        Helper(cause, names[cause.helper_id], gettext(LETTERS[cause.kind]))
        for cause in causes
        if cause.helper_id in names
    ]


def cause_of(actor: Actor, cause_id: UUID) -> Cause:
    """Return one of the causes of one's own landing; to others it does not exist."""
    found = db.session.scalar(
        select(Cause).where(Cause.id == cause_id, Cause.owner_id == actor.member_id())
    )
    if found is None:
        raise NotFoundError
    return found


def helped_by(member_id: UUID) -> list[Helped]:
    """Return the landings for which a member was thanked, newest first, none that is held back."""
    causes = db.session.scalars(
        select(Cause)
        .where(
            Cause.helper_id == member_id,
            Cause.thanked_at.is_not(None),
            Cause.is_shown,
        )
        .order_by(Cause.thanked_at.desc())
    ).all()
    names = _names({cause.owner_id for cause in causes})
    return [Helped(cause, names[cause.owner_id]) for cause in causes if cause.owner_id in names]


def landed_in(cohort: Cohort) -> list[Landed]:
    """Return who of a cohort has landed, the latest first, with what they show their coach."""
    rows = db.session.execute(
        select(Membership, Enrolment.created_at, Landing)
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .outerjoin(Landing, Landing.owner_id == Membership.id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.role == "member",
            Membership.state == "active",
            Membership.landed_on.is_not(None),
        )
        .order_by(Membership.landed_on.desc(), Membership.name)
    ).all()
    found = []
    for member, joined_at, landing in rows:
        shown = landing if landing is not None and landing.shown_to != "me" else None
        kinds = {cause.kind for cause in causes_of(shown)} if shown else set()
        weeks = weeks_between(joined_at.date(), member.landed_on)
        found.append(Landed(member, weeks, shown, tuple(sorted(kinds))))
    return found


def introduction_of(receiver_id: UUID, introduction_id: UUID) -> Introduction:
    """Return an introduction that was made for a member; raises NotFoundError for any other."""
    found = db.session.scalar(
        select(Introduction).where(
            Introduction.id == introduction_id,
            Introduction.receiver_id == receiver_id,
            Introduction.introduced_at.is_not(None),
        )
    )
    if found is None:
        raise NotFoundError
    return found


def led_by(actor: Actor) -> frozenset[UUID]:
    """Return the cohorts that somebody leads, running or closed."""
    return frozenset(
        db.session.scalars(
            select(Enrolment.cohort_id).where(
                Enrolment.membership_id == actor.membership_id,
                Enrolment.role == "coach",
                Enrolment.state == "active",
            )
        )
    )


def cohort_names() -> dict[UUID, str]:
    """Return the name of every cohort of the firm, by id."""
    return dict(db.session.execute(select(Cohort.id, Cohort.name)).all())


def members_in(cohort: Cohort) -> int:
    """Count the members that a cohort has had, those gone included."""
    query = select(func.count(Enrolment.id)).where(
        Enrolment.cohort_id == cohort.id, Enrolment.role == "member"
    )
    return db.session.scalar(query) or 0


def weeks_between(joined_on: dt.date, landed_on: dt.date | None) -> int:
    """Return the whole weeks from joining to landing; 0 for a landing before that."""
    return max(((landed_on or joined_on) - joined_on).days // 7, 0)


def weeks_words(weeks: int) -> str:
    """Say how long it took."""
    if weeks == 0:
        return gettext("within a week")
    return ngettext("after %(num)s week", "after %(num)s weeks", weeks)


def is_new(landed_on: dt.date | None, today: dt.date) -> bool:
    """Say whether a landing is of the last month."""
    return landed_on is not None and (today - landed_on).days <= 30  # noqa: PLR2004 - a month


def _names(ids: set[UUID]) -> dict[UUID | None, str]:
    rows = db.session.execute(
        select(Membership.id, Membership.name).where(
            Membership.id.in_(ids), Membership.state == "active"
        )
    )
    return {row.id: row.name for row in rows}

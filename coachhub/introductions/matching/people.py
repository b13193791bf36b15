"""Who takes part in a cohort's exchange, and as what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db
from coachhub.firms.models import Membership
from coachhub.introductions.alumni import alumni_for, at_rest
from coachhub.introductions.calendar import today as firms_today
from coachhub.introductions.matching.likeness import Words, role_words_of, words, words_of


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody active in a cohort. A coach, and a member who has landed, gives only.

    An alumnus gives to any cohort of the firm: `gives` at most so often, `about` these things.
    """

    id: UUID
    name: str
    receives: bool
    waited: int
    titles: Words
    fields: Words
    places: Words
    keep_from: tuple[str, ...]
    gives: int | None = None
    about: Words = frozenset()
    alumnus: bool = False


def people_of(cohort: Cohort, today: dt.date | None = None) -> dict[UUID, Person]:
    """Return the active people of a cohort by membership: nobody suspended, left or ended.

    With them the firm's alumni who open doors on that day.
    """
    rows = db.session.execute(
        select(
            Membership.id,
            Membership.name,
            Enrolment.role,
            Enrolment.waited,
            Membership.titles,
            Membership.fields,
            Membership.places,
            Membership.keep_from,
            Membership.landed_on,
        )
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.state == "active",
            Membership.state == "active",
        )
        .order_by(Membership.id)
    )
    people = {
        row.id: Person(
            id=row.id,
            name=row.name,
            receives=row.role == "member" and row.landed_on is None,
            waited=row.waited,
            titles=role_words_of(row.titles),
            fields=words_of(row.fields),
            places=words_of(row.places),
            keep_from=tuple(row.keep_from),
        )
        for row in rows
    }
    day = today or firms_today()
    for member_id in at_rest(day, ""):
        # Who receives nothing and gives nothing has no part in it, also in their own cohort.
        if member_id in people and not people[member_id].receives:
            del people[member_id]
    for one in alumni_for(day):
        known = people.get(one.member_id) or Person(
            id=one.member_id,
            name=one.name,
            receives=False,
            waited=0,
            titles=frozenset(),
            fields=frozenset(),
            places=frozenset(),
            keep_from=(),
            alumnus=True,
        )
        people[one.member_id] = replace(known, gives=one.left, about=words(one.about))
    return people


def wants(person: Person, text: str) -> bool:
    """Say whether a text is about the fields or titles that somebody wants."""
    return not words(text).isdisjoint(person.fields | person.titles)

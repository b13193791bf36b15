"""Whom a digest is for: read for many at once, in a handful of statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.words import ENGLISH, in_language
from coachhub.digests.checks import STOPPED
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.preferences import preferences_of, rhythms_among
from coachhub.digests.watch import MISSED
from coachhub.firms.hooks import HOME, HomeItem
from coachhub.firms.models import Membership
from coachhub.permissions import Standing

FIRST_LOOK_BACK = dt.timedelta(days=14)
# Nobody read these: the next one reaches back beyond them.
NOT_HAD = frozenset({MISSED, STOPPED})
_MEMBER = frozenset({Standing.ANYONE, Standing.PERSON, Standing.MEMBER})


class Due(NamedTuple):
    """One digest to write: whose, for which local date, about which cohorts (None: all)."""

    membership: Membership
    period: dt.date
    cohorts: Collection[Cohort] | None = None


@dataclass(frozen=True)
class Reader:
    """Somebody a digest is for.

    Attributes:
        membership: who it is.
        email: where it goes.
        preference: when they want it.
        period: the local date it is for.
        cohorts: those whose news are due.
        since: the moment of their last digest.
        told: what earlier digests said: key → how far it had come then.
        waiting: what waits for them on their home page.
        language: the one they read.
    """

    membership: Membership
    email: str
    preference: DigestPreference
    period: dt.date
    cohorts: Collection[Cohort]
    since: dt.datetime
    told: Mapping[str, str]
    waiting: Sequence[HomeItem]
    language: str = ENGLISH


def readers_of(due: Sequence[Due], secret: str) -> list[Reader]:
    """Return what has to be known of each reader, in the same order."""
    members = [one.membership for one in due]
    preferences = preferences_of(members, secret)
    rhythms = rhythms_among(preferences) if any(one.cohorts is None for one in due) else {}
    persons = {
        row.id: row
        for row in db.session.execute(
            select(Person.id, Person.email, Person.language).where(
                Person.id.in_({one.person_id for one in members})
            )
        )
    }
    languages = [persons[one.person_id].language for one in members]
    earlier = _earlier(members)
    found = []
    for one, waiting in zip(due, _waiting(members, languages), strict=True):
        person, key = persons[one.membership.person_id], one.membership.id
        before = [moment for period, moment, _items in earlier[key] if period < one.period]
        found.append(
            Reader(
                membership=one.membership,
                email=person.email,
                language=person.language,
                preference=preferences[key],
                period=one.period,
                cohorts=[cohort for _, cohort in rhythms[key]]
                if one.cohorts is None
                else one.cohorts,
                since=max(before, default=now() - FIRST_LOOK_BACK),
                told={
                    item["key"]: item["changed"]
                    for _period, _moment, items in earlier[key]
                    for item in items
                },
                waiting=waiting,
            )
        )
    return found


def _earlier(
    members: Sequence[Membership],
) -> dict[UUID, list[tuple[dt.date, dt.datetime, list[dict[str, str]]]]]:
    """Return period, moment and items of the digests that each member has had, oldest first."""
    rows = db.session.execute(
        select(Digest.membership_id, Digest.period, Digest.created_at, Digest.items, Digest.skipped)
        .where(Digest.membership_id.in_([one.id for one in members]))
        .order_by(Digest.period)
    )
    found = defaultdict(list)
    for key, period, moment, items, skipped in rows:
        if items or skipped not in NOT_HAD:
            found[key].append((period, moment, items))
    return found


def _waiting(members: Sequence[Membership], languages: Sequence[str]) -> list[list[HomeItem]]:
    """Return what waits for each of some members, said in their language."""
    actors = [
        Actor(
            label=one.name,
            person_id=one.person_id,
            membership_id=one.id,
            standings=_MEMBER,
        )
        for one in members
    ]
    found: list[list[HomeItem]] = [[] for _ in actors]
    for spoken in sorted(set(languages)):
        places = [at for at, one in enumerate(languages) if one == spoken]
        with in_language(spoken):
            called = HOME.call_each([actors[at] for at in places])
        for at, given in zip(places, called, strict=True):
            found[at] = [item for items in given for item in items]
    return found

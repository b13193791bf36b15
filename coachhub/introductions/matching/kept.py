"""Matches kept from one reading to the next, so that only what changed is derived anew.

What is kept is never trusted by its age. A source whose fingerprint is another, or that is not
there, is derived on the spot; of address books the database itself writes down whose changed
(`BookChange`, by triggers: whoever writes, it is seen). So a reading is always right, and costs
what changed since the last keeping. Who may meet whom is looked at on each reading, never kept.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, Uuid, any_, delete, insert, literal, or_, select

from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company
from coachhub.contacts.models import Contact
from coachhub.contacts.strength import turns_between
from coachhub.core.db import db
from coachhub.introductions.matching import company_sources
from coachhub.introductions.matching.candidates import Candidate, Reader, written
from coachhub.introductions.matching.doors import doors_of
from coachhub.introductions.matching.people import Person
from coachhub.introductions.matching.posts import Posts
from coachhub.introductions.matching.sources import DOOR, Source, door_name
from coachhub.introductions.models import BookChange, MatchSource
from coachhub.mail.models import Suppression

LEDGER = "ledger"


@dataclass(frozen=True)
class Kept:
    """What was kept of a cohort's matches, and whose address books have changed since."""

    rows: Mapping[str, tuple[str, list[Any]]]
    people: frozenset[UUID] = frozenset()
    day: dt.date | None = None
    changed: frozenset[UUID] = frozenset()


@dataclass
class Reading:
    """All candidates of a cohort, source by source, and which of the sources are new."""

    found: dict[str, list[Candidate]] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    renewed: set[str] = field(default_factory=set)

    def candidates(self) -> Iterator[Candidate]:
        """Give every candidate."""
        return chain.from_iterable(self.found.values())


NOTHING = Kept({})


def kept_of(cohort: Cohort, sources: Iterable[Source] | None = None) -> Kept:
    """Return what is kept for a cohort; of some sources alone, if they are given."""
    # Changes first: what is kept in between is then merely looked at once more.
    changed = db.session.scalars(
        select(BookChange.owner_id).where(BookChange.cohort_id == cohort.id).distinct()
    ).all()
    query = select(MatchSource.name, MatchSource.fingerprint, MatchSource.matches).where(
        MatchSource.cohort_id == cohort.id
    )
    if sources is not None:
        names = [LEDGER, *(source.name for source in sources)]
        query = query.where(MatchSource.name == any_(literal(names, ARRAY(String()))))
    rows = {name: (mark, matches) for name, mark, matches in db.session.execute(query)}
    day, people = rows.pop(LEDGER, ("", []))
    return Kept(
        rows,
        frozenset(map(UUID, people)),
        dt.date.fromisoformat(day) if day else None,
        frozenset(changed),
    )


def read(
    kept: Kept,
    sources: Iterable[Source],
    posts: Posts,
    people: Mapping[UUID, Person],
    today: dt.date,
    *,
    tell_strength: bool,
) -> Reading:
    """Return the candidates of all sources: those kept where nothing changed, else derived."""
    reading, reader = Reading(), Reader()
    doors: list[Source] = []
    stale: set[UUID] = set()
    for source in sources:
        mark, matches = kept.rows.get(source.name, ("", []))
        reading.fingerprints[source.name] = source.fingerprint
        if mark == source.fingerprint:
            reading.found[source.name] = reader.read(matches)
        else:
            reading.renewed.add(source.name)
            reading.found[source.name] = list(source.derive()) if source.derive else []
        if source.company_id is not None:
            doors.append(source)
            if mark != source.fingerprint:
                stale.add(source.company_id)
    _read_doors(kept, reading, doors, stale, posts, people, today, tell_strength=tell_strength)
    return reading


def _read_doors(
    kept: Kept,
    reading: Reading,
    sources: Iterable[Source],
    stale: set[UUID],
    posts: Posts,
    people: Mapping[UUID, Person],
    today: dt.date,
    *,
    tell_strength: bool,
) -> None:
    """Derive the doors at companies that changed, and of people whose address books did."""
    others = {one.company_id for one in sources if one.company_id} - stale
    owners = _owners(kept, people, others, today)
    known = doors_of(people, stale, today) + doors_of(owners, others, today)
    wanted = company_sources.by_company(company_sources.wanted_companies(posts))
    derived: dict[str, list[Candidate]] = defaultdict(list)
    for one in company_sources.doors(wanted, known, tell_strength=tell_strength):
        derived[door_name(one.asset_id)].append(one)
    for company_id in others if owners else ():
        name = door_name(company_id)
        left = [one for one in reading.found[name] if one.giver_id not in owners]
        if derived[name] or len(left) < len(reading.found[name]):
            reading.renewed.add(name)
            reading.found[name] = left
    for name, candidates in derived.items():
        reading.found[name].extend(candidates)


def _owners(
    kept: Kept, people: Mapping[UUID, Person], companies: Collection[UUID], today: dt.date
) -> frozenset[UUID]:
    """Return whose doors at unchanged companies may differ from those kept."""
    if not companies:
        return frozenset()
    owners = any_(literal(sorted(people), ARRAY(Uuid())))
    at = any_(literal(sorted(companies), ARRAY(Uuid())))
    asked = Contact.email_hash.in_(
        select(Suppression.address_hash).where(Suppression.reason == "never")
    )
    found = set(
        db.session.scalars(
            select(Contact.owner_id)
            .distinct()
            .where(Contact.owner_id == owners, Contact.email_hash != "", asked)
        )
    )
    if kept.day is not None and kept.day != today:
        aged = (
            select(Contact.owner_id)
            .distinct()
            .join(Company, Company.id == Contact.company_id)
            .where(
                or_(Company.id == at, Company.merged_into_id == at),
                Contact.owner_id == owners,
                turns_between(kept.day, today),
            )
        )
        found.update(db.session.scalars(aged))
    # Whose own cohorts are others, or ended, is on no list here: looked at each time, being few.
    found |= {one.id for one in people.values() if one.alumnus}
    return frozenset((found | kept.changed | (set(people) - kept.people)) & set(people))


def keep(
    cohort: Cohort, kept: Kept, reading: Reading, people: frozenset[UUID], today: dt.date
) -> int:
    """Put what a reading derived anew into the database; return how many sources that were."""
    gone = set(kept.rows) - set(reading.found)
    if kept.people - people:
        _forget(reading, people)
    if not gone and not reading.renewed and kept.people == people and kept.day == today:
        return 0
    old = [*(gone | reading.renewed), LEDGER]
    db.session.execute(
        delete(MatchSource).where(MatchSource.cohort_id == cohort.id, MatchSource.name.in_(old))
    )
    rows = [
        {"name": name, "fingerprint": reading.fingerprints[name], "matches": written(found)}
        for name in sorted(reading.renewed)
        for found in [reading.found[name]]
    ]
    ledger = {
        "name": LEDGER,
        "fingerprint": today.isoformat(),
        "matches": sorted(one.hex for one in people),
    }
    db.session.execute(
        insert(MatchSource), [{"cohort_id": cohort.id, **row} for row in [*rows, ledger]]
    )
    db.session.flush()
    return len(gone | reading.renewed)


def _forget(reading: Reading, people: frozenset[UUID]) -> None:
    """Leave out the doors of those who are not here any more."""
    for name in [name for name in reading.found if name.startswith(DOOR)]:
        left = [one for one in reading.found[name] if one.giver_id in people]
        if len(left) < len(reading.found[name]):
            reading.renewed.add(name)
            reading.found[name] = left

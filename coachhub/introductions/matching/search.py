"""Finding a cohort's matches: what is kept, what changed since, the rules, the worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from uuid import UUID

from sqlalchemy import delete, select

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.introductions.calendar import today as firms_today
from coachhub.introductions.matching.candidates import Candidate, freshness
from coachhub.introductions.matching.hooks import MATCH_SIGNALS
from coachhub.introductions.matching.kept import Kept, Reading, keep, kept_of, read
from coachhub.introductions.matching.likeness import Words, words
from coachhub.introductions.matching.match import Key, Match
from coachhub.introductions.matching.past import Past, kept_from, past_of
from coachhub.introductions.matching.people import Person, people_of
from coachhub.introductions.matching.posts import Posts, Wanted, posts_of
from coachhub.introductions.matching.rivals import Rivals
from coachhub.introductions.matching.sources import sources_of
from coachhub.introductions.models import BookChange

SMALL_COHORT = 5  # below this nothing is told about a door but that there is one
MOST_SIGNAL = 2.0
_STRICTEST = ("first", "share", "tell")


@dataclass(frozen=True)
class Ground:
    """What matches stand on: people, posts, what is settled, who competes."""

    people: Mapping[UUID, Person]
    posts: Posts
    past: Past
    kept_from: frozenset[tuple[UUID, UUID]]
    rivals: Rivals

    def places(self, candidate: Candidate | Match) -> int:
        """Return how many members the need can still serve by this match; 0: it may not be."""
        if not self._may_meet(candidate):
            return 0
        if candidate.need == "lead":
            return max(0, candidate.places - self.past.uses.get(candidate.need_id, 0))
        return 0 if candidate.need_id in self.past.open_needs else candidate.places

    def _may_meet(self, candidate: Candidate | Match) -> bool:
        giver = self.people.get(candidate.giver_id)
        receiver = self.people.get(candidate.receiver_id)
        if giver is None or receiver is None or not receiver.receives or giver is receiver:
            return False
        company_id = candidate.company_id
        if (giver.id, receiver.id, candidate.need_id) in self.past.pairs:
            return False
        if candidate.asset == "buddy" and self.past.were_buddies(giver.id, receiver.id, company_id):
            return False
        if company_id is not None and (receiver.id, company_id) in self.kept_from:
            return False
        if giver.about and not self._is_about(giver.about, candidate):
            return False
        return self.rivals.allow(giver.id, receiver.id, company_id, candidate.asset)

    def _is_about(self, about: Words, candidate: Candidate | Match) -> bool:
        """Say whether a need is about what an alumnus named."""
        need = self._needs.get(candidate.need_id)
        return need is not None and not about.isdisjoint(
            need.about | need.roles | words(need.company)
        )

    @cached_property
    def _needs(self) -> Mapping[UUID, Wanted]:
        return {need.id: need for need in (*self.posts.targets, *self.posts.asks)}

    @property
    def tells_strength(self) -> bool:
        """Say whether there are enough people for a strong door to tell nobody whose it is."""
        return sum(not one.alumnus for one in self.people.values()) >= SMALL_COHORT


def find_matches(
    cohort: Cohort,
    *,
    weights: Mapping[str, float] | None = None,
    today: dt.date | None = None,
) -> list[Match]:
    """Return every match of a cohort that no rule forbids, best first.

    Args:
        cohort: whose scope is open.
        weights: what the coach makes of each kind of asset; only their ratio counts, a kind that
            is not named has 1.
        today: the day posts must be open on; the firm's own day, if None.
    """
    day = today or firms_today()
    return matches_on(cohort, ground_of(cohort, day), day, weights=weights)


def ground_of(cohort: Cohort, today: dt.date) -> Ground:
    """Read what the matches of a cohort stand on, but for the doors."""
    people = people_of(cohort, today)
    posts = posts_of(cohort, people, today)
    return Ground(
        people=people,
        posts=posts,
        past=past_of(people, now()),
        kept_from=kept_from(people),
        rivals=Rivals(cohort.rivals, posts.targets),
    )


def joint_ground(cohorts: Sequence[Cohort], today: dt.date) -> Ground:
    """Read what the matches across several cohorts stand on.

    The strictest of their coaches' rules for rivals holds for all of them.
    """
    people: dict[UUID, Person] = {}
    boards: list[Posts] = []
    for cohort in cohorts:
        own = people_of(cohort, today)
        boards.append(posts_of(cohort, own, today))
        for one in own.values():
            known = people.get(one.id)
            if known is None or (one.receives, one.waited) > (known.receives, known.waited):
                people[one.id] = one
    posts = Posts(
        targets=tuple(one for board in boards for one in board.targets),
        asks=tuple(one for board in boards for one in board.asks),
        offers=tuple(one for board in boards for one in board.offers),
        leads=tuple(one for board in boards for one in board.leads),
    )
    rule = min((cohort.rivals for cohort in cohorts), key=_STRICTEST.index)
    return Ground(
        people=people,
        posts=posts,
        past=past_of(people, now()),
        kept_from=kept_from(people),
        rivals=Rivals(rule, sorted(posts.targets, key=lambda one: (one.since, one.id))),
    )


def matches_on(
    cohort: Cohort,
    ground: Ground,
    today: dt.date,
    *,
    weights: Mapping[str, float] | None = None,
    kept: Kept | None = None,
    among: Collection[Key] | None = None,
) -> list[Match]:
    """Return the matches on a ground that has been read; see `find_matches`.

    `kept` is what is kept of them, read here if None; `kept.NOTHING` derives all from scratch. With
    `among`, only those that have one of these keys: a page that asks about a few of them does not
    read and weigh all.
    """
    coach = _shares(weights or {})
    fresh: dict[dt.date, float] = {}
    found: dict[str, Match] = {}
    for candidate in _reading(cohort, ground, today, kept, among).candidates():
        if among is not None and candidate.key() not in among:
            continue
        places = ground.places(candidate)
        if places:
            since = candidate.since
            if since not in fresh:
                fresh[since] = freshness(since, today)
            match = candidate.match(fresh[since], coach.get(candidate.asset, coach[""]), places)
            found[match.key] = match
    matches = sorted(found.values(), key=lambda match: match.key)
    matches = _with_signals(cohort, ground, matches)
    return sorted(matches, key=lambda match: (-match.worth, match.key))


def keep_matches(cohort_id: UUID, today: dt.date | None = None) -> int:
    """Keep a cohort's matches, so that the next reading derives only what changes from now on.

    Returns how many sources were written; 0 too where somebody else is at it.
    """
    cohort = db.session.scalar(
        select(Cohort)
        .where(Cohort.id == cohort_id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    if cohort is None:
        return 0
    # What is taken off the list is visible from here on; what comes later stays on it.
    changed = db.session.scalars(
        delete(BookChange).where(BookChange.cohort_id == cohort_id).returning(BookChange.owner_id)
    ).all()
    today = today or firms_today()
    ground = ground_of(cohort, today)
    kept = replace(kept_of(cohort), changed=frozenset(changed))
    reading = _reading(cohort, ground, today, kept)
    return keep(cohort, kept, reading, frozenset(ground.people), today)


def _reading(
    cohort: Cohort,
    ground: Ground,
    today: dt.date,
    kept: Kept | None,
    among: Collection[Key] | None = None,
) -> Reading:
    tell_strength = ground.tells_strength
    sources = sources_of(
        ground.posts, ground.people, ground.rivals, tell_strength=tell_strength, among=among
    )
    return read(
        kept_of(cohort, None if among is None else sources) if kept is None else kept,
        sources,
        ground.posts,
        ground.people,
        today,
        tell_strength=tell_strength,
    )


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Scale weights so that the highest is 1; the empty name stands for all that aren't named."""
    most = max([1.0, *weights.values()])
    return {"": 1.0 / most, **{asset: weight / most for asset, weight in weights.items()}}


def _with_signals(cohort: Cohort, ground: Ground, matches: list[Match]) -> list[Match]:
    signals = MATCH_SIGNALS.call(cohort, tuple(matches))
    if not signals:
        return matches
    found = {match.key: match for match in matches}
    for match in chain.from_iterable(signal.matches for signal in signals):
        places = ground.places(match)
        if places and match.key not in found:
            found[match.key] = replace(match, places=places, worth=match.parts.worth())
    weighed = (_weighed(match, [s.weights for s in signals]) for match in found.values())
    return [match for match in weighed if match is not None]


def _weighed(match: Match, weights: Iterable[Mapping[str, float]]) -> Match | None:
    factor = 1.0
    for one in weights:
        factor *= min(MOST_SIGNAL, max(0.0, one.get(match.key, 1.0)))
    if factor == 1.0:
        return match
    if factor == 0.0:
        return None
    parts = match.parts._replace(coach=match.parts.coach * factor)
    return replace(match, parts=parts, worth=parts.worth())

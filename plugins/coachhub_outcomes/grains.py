"""Figures that single nobody out, in one report or in any number of them held together.

A report shows sums of *grains* and nothing else. A grain is a count that was made once, when a
quarter was over, and is never changed: of a cohort, or of several together where one alone is too
small, over one quarter or more. What is too small to be a grain waits, and is counted together
with what comes later; it is in no total either. So whoever subtracts rows, totals, periods or
reports of different days from each other is left with sums of grains.

Two rules make every such difference safe. With `smallest` = 5:

1. Each grain has at least five people behind it; of introductions, five who received and five who
   gave.
2. Some measures are parts of others: who landed is among those who joined. Take any grains of a
   part, and all grains of the whole that they touch, and put every further grain of the part with
   them that lies inside these: what the whole then has more than the part is nobody, or at least
   five people.

Why that suffices: let A be grains of the whole, B grains of a part, B's people all among A's. Add
to B what else of the part lies inside A. Of A, the grains that these do not touch have five people
or more, by rule 1; the others less these are nobody or five or more, by rule 2. What was added is
whole grains again. So A without B is nobody, or five people or more. Parts of one whole that can
overlap (meetings, interviews, offers) are held to more: each grain of the whole keeps five people
who are in none of them.

That is cell suppression with complementary suppression, made as a partition that is only ever
summed up: L. Willenborg and T. de Waal, Elements of Statistical Disclosure Control, 2001.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

INTRODUCTION_KINDS = ("door", "insider", "offer", "lead", "buddy")
KINDS = (*INTRODUCTION_KINDS, "other")
FIRST = ("joined", "introduced")
# Above this many grains side by side, the stricter rule for parts that overlap is quick enough.
MOST_AT_ONCE = 12


@dataclass(frozen=True)
class Unit:
    """What is counted once: a member, or an introduction.

    `parties` are the people behind it, each in their place: of an introduction receiver and giver.
    `quarter` counts quarters of a year, see `quarters`; `weeks` is how long a landing took.
    """

    id: UUID
    cohort: UUID
    quarter: int
    parties: tuple[UUID, ...]
    weeks: int = 0


@dataclass(frozen=True)
class Grain:
    """A count that stands for good.

    `shares` tells of a part how many of each grain of its wholes are in it. `units` are those that
    are still known; a member who was erased is counted on in `size`, without a trace of who.
    """

    measure: str
    cohorts: frozenset[UUID]
    first: int
    last: int
    size: int
    shares: Mapping[UUID, int] = field(default_factory=dict)
    units: frozenset[UUID] = frozenset()
    weeks: tuple[int, ...] = ()
    id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True)
class Family:
    """Measures that are parts of one or more wholes, the nearest first; `overlap`: each other's."""

    wholes: tuple[str, ...]
    parts: tuple[str, ...]
    overlap: bool = False


FAMILIES = (
    Family(("joined",), ("landed",)),
    Family(("introduced",), ("kept",)),
    Family(("introduced",), ("meeting", "interview", "offer"), overlap=True),
    *(Family(("landed", "joined"), (f"by_{kind}",)) for kind in KINDS),
)
Events = Mapping[str, Sequence[Unit]]


@dataclass
class Book:
    """All grains of a firm, and how small the smallest group may be."""

    smallest: int
    grains: list[Grain]

    def close(self, quarter: int, events: Events) -> list[Grain]:
        """Make the grains that can be made when a quarter is over; return the new ones.

        Args:
            quarter: the quarter that is over.
            events: by measure, every unit that is known, those counted before too.
        """
        before = len(self.grains)
        for measure in FIRST:
            self._close_whole(measure, quarter, events)
        for family in FAMILIES:
            for measure in family.parts:
                self._close_part(family, measure, quarter, events)
        return self.grains[before:]

    def of(self, *measures: str) -> list[Grain]:
        """Return the grains of some measures."""
        return [grain for grain in self.grains if grain.measure in measures]

    def enough(self, units: Iterable[Unit]) -> bool:
        """Say whether there are enough different people behind units, in each place."""
        places = list(zip(*(unit.parties for unit in units), strict=True))
        return bool(places) and all(len(set(people)) >= self.smallest for people in places)

    def _waiting(self, measure: str, quarter: int, events: Events) -> list[Unit]:
        counted = {one for grain in self.of(measure) for one in grain.units}
        return [
            unit
            for unit in events.get(measure, ())
            if unit.quarter <= quarter and unit.id not in counted
        ]

    def _close_whole(self, measure: str, quarter: int, events: Events) -> None:
        waiting = self._waiting(measure, quarter, events)
        for group in _groups(waiting, lambda unit: unit.cohort):
            if self.enough(group):
                self._add(measure, quarter, group)
                waiting = [unit for unit in waiting if unit not in group]
        if self.enough(waiting):
            self._add(measure, quarter, waiting)

    def _close_part(self, family: Family, measure: str, quarter: int, events: Events) -> None:
        inside = [
            {one for grain in self.of(whole) for one in grain.units} for whole in family.wholes
        ]
        waiting = [
            unit
            for unit in self._waiting(measure, quarter, events)
            if all(unit.id in units for units in inside)
        ]
        ways: list[Callable[[Unit], Any]] = [lambda unit: unit.cohort, lambda _unit: 0]
        for way in ways:
            for group in _groups(waiting, way):
                fitting = self._fitting(family, measure, group, events)
                if self.enough(fitting):
                    self._add(measure, quarter, fitting, family.wholes)
                    waiting = [unit for unit in waiting if unit not in fitting]

    def _fitting(
        self, family: Family, measure: str, group: list[Unit], events: Events
    ) -> list[Unit]:
        """Return what of a group can be counted now; the latest wait until rule 2 holds."""
        fitting = sorted(group, key=lambda unit: (unit.quarter, unit.id))
        while self.enough(fitting):
            if all(self._holds(family, measure, whole, fitting, events) for whole in family.wholes):
                return fitting
            fitting.pop()
        return []

    def _holds(
        self, family: Family, measure: str, whole: str, fitting: list[Unit], events: Events
    ) -> bool:
        """Say whether rule 2 holds for a whole once these are counted as a grain of a part."""
        known = {unit.id: unit for unit in events.get(whole, ())}
        wholes = {grain.id: grain for grain in self.of(whole)}
        new = Grain(
            measure,
            frozenset(),
            0,
            0,
            len(fitting),
            _shares(fitting, wholes.values()),
            frozenset(unit.id for unit in fitting),
        )
        beside = _beside(new, self.of(measure), wholes)
        if family.overlap or len(beside) > MOST_AT_ONCE:
            counted = new.units.union(*(part.units for part in self.of(*family.parts)))
            return all(
                self.enough(known[one] for one in wholes[grain_id].units - counted if one in known)
                for grain_id in new.shares
            )
        for number in range(2 ** len(beside)):
            # Every choice: with those that lie inside what others touch, and without.
            parts = [new, *(part for place, part in enumerate(beside) if number >> place & 1)]
            touched = _touched(parts, wholes)
            left = sum(wholes[one].size for one in touched) - sum(part.size for part in parts)
            counted = frozenset().union(*(part.units for part in parts))
            there = frozenset().union(*(wholes[one].units for one in touched))
            if left and not self.enough(known[one] for one in there - counted if one in known):
                return False
        return True

    def _add(
        self, measure: str, quarter: int, group: Sequence[Unit], wholes: Sequence[str] = ()
    ) -> None:
        self.grains.append(
            Grain(
                measure=measure,
                cohorts=frozenset(unit.cohort for unit in group),
                first=min(unit.quarter for unit in group),
                last=quarter,
                size=len(group),
                shares=_shares(group, self.of(*wholes)),
                units=frozenset(unit.id for unit in group),
                weeks=tuple(sorted(unit.weeks for unit in group)) if measure == "landed" else (),
            )
        )


def _groups(units: Iterable[Unit], way: Callable[[Unit], Any]) -> list[list[Unit]]:
    found: dict[Any, list[Unit]] = {}
    for unit in units:
        found.setdefault(way(unit), []).append(unit)
    return [found[key] for key in sorted(found, key=str)]


def _shares(units: Iterable[Unit], wholes: Iterable[Grain]) -> dict[UUID, int]:
    ids = {unit.id for unit in units}
    shares = {grain.id: len(ids & grain.units) for grain in wholes}
    return {grain_id: number for grain_id, number in shares.items() if number}


def _touched(parts: Iterable[Grain], wholes: Mapping[UUID, Grain]) -> set[UUID]:
    return {one for part in parts for one in part.shares if one in wholes}


def _beside(new: Grain, parts: Sequence[Grain], wholes: Mapping[UUID, Grain]) -> list[Grain]:
    """Return the grains of a part that hang together with a new one by the wholes they touch."""
    found: list[Grain] = []
    touched = _touched([new], wholes)
    while True:
        more = [part for part in parts if part not in found and _touched([part], wholes) & touched]
        if not more:
            return found
        found += more
        touched |= _touched(more, wholes)

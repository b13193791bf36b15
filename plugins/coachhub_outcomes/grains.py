"""Figures that single nobody out, in one report or in any number of them held together.

A report shows sums of *grains* and nothing else. A grain is a count that was made once, when a
quarter was over, and is never changed: of a cohort, or of several together where one alone is too
small, over one quarter or more. What is too small to be a grain waits, and is counted together
with what comes later; it is in no total either. So whoever subtracts rows, totals, periods or
reports of different days from each other is left with sums of grains.

Two rules make every such difference safe. With `smallest` = 5:

1. Each grain has at least five people behind it; of introductions, five who received and five who
   gave.
2. Some measures are parts of others: who landed is among those who joined. After a grain of a part
   is made, each grain of the whole still has five people in none of the part's grains; or none at
   all is left in it, and then all the part's grains that touch it lie inside it.

Why that suffices: let A be some grains of the whole, B some grains of a part, B's people all among
A's. A without B holds, for each grain of A, those in none of the part's grains: five or more, by
rule 2, unless every grain in A is used up. If so, what is left of each is a sum of whole grains of
the part: none, or five or more, by rule 1. (Cell suppression with complementary suppression, made
as a partition that is only ever summed up: L. Willenborg and T. de Waal, Elements of Statistical
Disclosure Control, 2001, chapters 4 and 5.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

INTRODUCTION_KINDS = ("door", "insider", "offer", "lead", "buddy")
KINDS = (*INTRODUCTION_KINDS, "other")
WHOLES = ("joined", "introduced")


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

    `shares` tells of a part how many of each grain of the whole are in it. `units` are those that
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
    """Measures that are parts of a whole; with `may_complete` a part may come to be all of it.

    Only a single part may: of several that can overlap, one would tell of the others.
    """

    whole: str
    parts: tuple[str, ...]
    may_complete: bool


FAMILIES = (
    Family("joined", ("landed",), may_complete=True),
    Family("introduced", ("kept",), may_complete=True),
    Family("introduced", ("meeting", "interview", "offer"), may_complete=False),
    *(Family("landed", (f"by_{kind}",), may_complete=True) for kind in KINDS),
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
        for measure in WHOLES:
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
        whole = {one: grain for grain in self.of(family.whole) for one in grain.units}
        waiting = [unit for unit in self._waiting(measure, quarter, events) if unit.id in whole]
        ways: list[Callable[[Unit], Any]] = [
            lambda unit: whole[unit.id].id,
            lambda unit: unit.cohort,
            lambda _unit: 0,
        ]
        for way in ways:
            for group in _groups(waiting, way):
                fitting = self._fitting(family, group, whole, events)
                if self.enough(fitting):
                    self._add(measure, quarter, fitting, whole)
                    waiting = [unit for unit in waiting if unit not in fitting]

    def _fitting(
        self, family: Family, group: list[Unit], whole: Mapping[UUID, Grain], events: Events
    ) -> list[Unit]:
        """Return what of a group can be counted now; the latest wait until rule 2 holds."""
        fitting = sorted(group, key=lambda unit: (unit.quarter, unit.id))
        known = {unit.id: unit for unit in events.get(family.whole, ())}
        while True:
            touched = {whole[unit.id].id: whole[unit.id] for unit in fitting}
            broken = [
                grain
                for _id, grain in sorted(touched.items())
                if not self._holds(family, grain, fitting, known)
            ]
            if not broken:
                return fitting
            latest = [unit for unit in fitting if unit.id in broken[0].units][-1]
            fitting.remove(latest)

    def _holds(
        self, family: Family, grain: Grain, fitting: list[Unit], known: Mapping[UUID, Unit]
    ) -> bool:
        """Say whether rule 2 holds for a grain of the whole, with these counted too."""
        parts = self.of(*family.parts)
        counted = {one for part in parts for one in part.units} | {unit.id for unit in fitting}
        rest = [known[one] for one in grain.units - counted if one in known]
        if self.enough(rest):
            return True
        inside = sum(unit.id in grain.units for unit in fitting)
        taken = inside + sum(part.shares.get(grain.id, 0) for part in parts)
        touching = [part for part in parts if grain.id in part.shares]
        return (
            family.may_complete
            and taken == grain.size
            and inside == len(fitting)
            and all(len(part.shares) == 1 for part in touching)
        )

    def _add(
        self,
        measure: str,
        quarter: int,
        group: Sequence[Unit],
        whole: Mapping[UUID, Grain] | None = None,
    ) -> None:
        shares: dict[UUID, int] = {}
        for unit in group if whole else ():
            grain_id = (whole or {})[unit.id].id
            shares[grain_id] = shares.get(grain_id, 0) + 1
        self.grains.append(
            Grain(
                measure=measure,
                cohorts=frozenset(unit.cohort for unit in group),
                first=min(unit.quarter for unit in group),
                last=quarter,
                size=len(group),
                shares=shares,
                units=frozenset(unit.id for unit in group),
                weeks=tuple(sorted(unit.weeks for unit in group)) if measure == "landed" else (),
            )
        )


def _groups(units: Iterable[Unit], way: Callable[[Unit], Any]) -> list[list[Unit]]:
    found: dict[Any, list[Unit]] = {}
    for unit in units:
        found.setdefault(way(unit), []).append(unit)
    return [found[key] for key in sorted(found, key=str)]

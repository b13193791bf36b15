"""Rings and chains as the columns of an integer program.

Every limit of a round (turns, meetings, needs) is a row that counts arcs, so a column is just its
arcs, and its price is the sum of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints, Steps

FINEST = 6


@dataclass(frozen=True, eq=False)
class Program:
    """Columns to choose from, and rows that limit them.

    ``steps`` (k, w): arcs of each column, padded with a, the number of arcs; in Fortran order.
    ``hits`` (a+1, h): rows that an arc takes a place in; r, which is no row, where none.
    ``caps`` (r,): places in each row. ``turns``: rows up to here limit members' turns.
    ``worth`` (a+1,): worth of each arc, 0 for padding. ``pins`` (a+1,): 1 where pinned.
    ``waits`` (a+1,): number of the waiting member that the arc serves, -1 for none.
    ``wait_class`` (q,): for each waiting member the class, 0 for those who waited longest.
    ``first_chain``: columns from here on are chains, those before are rings.
    """

    steps: Steps
    hits: Ints
    caps: Ints
    turns: int
    worth: Floats
    pins: Ints
    waits: Ints
    wait_class: Ints
    first_chain: int

    @cached_property
    def lengths(self) -> Ints:
        """Arcs in each column, shape (k,)."""
        return self.total(np.append(np.ones(len(self.worth) - 1), 0.0)).astype(np.int64)

    @cached_property
    def column_worth(self) -> Floats:
        """Worth of each column, shape (k,)."""
        return self.total(self.worth)

    @cached_property
    def column_pins(self) -> Floats:
        """Pins that each column keeps, shape (k,)."""
        return self.total(self.pins.astype(np.float64))

    @cached_property
    def classes(self) -> Ints:
        """Waiting members in each class, longest first."""
        return np.bincount(self.wait_class)

    @cached_property
    def grain(self) -> float:
        """The step that all worths are multiples of, down to a millionth; 0.0 if there is none."""
        for digits in range(FINEST + 1):
            scaled = self.worth * 10.0**digits
            if np.abs(scaled - np.round(scaled)).max(initial=0.0) < 1e-9 * max(
                1.0, float(scaled.max(initial=0.0))
            ):
                return float(10.0**-digits)
        return 0.0

    def varied(self, caps: Ints, pins: Ints) -> Program:
        """Copy the program with other caps and pins; figures of columns carry over."""
        other = replace(self, caps=caps, pins=pins)
        for name in ("lengths", "column_worth", "classes", "grain", "_columns_by_row"):
            other.__dict__[name] = getattr(self, name)
        return other

    def part(self, columns: Ints) -> tuple[Program, Ints]:
        """Cut out a program of some rising columns alone; also which row each of its rows is."""
        steps = self.steps[columns]
        used = np.zeros(len(self.worth), dtype=bool)
        used[steps] = True
        used[-1] = True
        arcs = np.flatnonzero(used)
        number = np.cumsum(used) - 1
        hits = self.hits[arcs]
        held = np.zeros(len(self.caps) + 1, dtype=bool)
        held[hits] = True
        held[-1] = True
        rows = np.flatnonzero(held)
        waits = self.waits[arcs]
        members = np.unique(waits[waits >= 0])
        part = Program(
            steps=np.asfortranarray(number[steps].astype(np.int32)),
            hits=(np.cumsum(held) - 1)[hits],
            caps=self.caps[rows[:-1]],
            turns=int(np.count_nonzero(rows < self.turns)),
            worth=self.worth[arcs],
            pins=self.pins[arcs],
            waits=np.where(waits >= 0, np.searchsorted(members, waits), -1),
            wait_class=self.wait_class[members],
            first_chain=int(np.searchsorted(columns, self.first_chain)),
        )
        part.__dict__["grain"] = self.grain
        return part, rows[:-1]

    def total(self, per_arc: Floats, columns: Ints | None = None) -> Floats:
        """Add up a figure per arc (a+1,) over the arcs of all or some columns."""
        steps = self.steps if columns is None else self.steps[columns]
        total = np.zeros(len(steps))
        for step in range(steps.shape[1]):
            total += per_arc[steps[:, step]]
        return total

    def rows_of(self, columns: Ints) -> Ints:
        """Name the rows that columns take places in, shape (len(columns), w*h), padded with r."""
        width = self.steps.shape[1] * self.hits.shape[1]
        return self.hits[self.steps[columns]].reshape(len(columns), width)

    @cached_property
    def _columns_by_row(self) -> tuple[Ints, Ints]:
        """Columns sorted by the rows they take places in, and where each row's begin."""
        every = np.arange(len(self.steps))
        rows = self.rows_of(every)
        order = np.argsort(rows.ravel(), kind="stable")
        start = np.searchsorted(rows.ravel()[order], np.arange(len(self.caps) + 1))
        return order // max(rows.shape[1], 1), start

    def columns_in(self, row: int) -> Ints:
        """Name the columns that take a place in a row."""
        columns, start = self._columns_by_row
        return columns[start[row] : start[row + 1]]

    def load_of(self, columns: Ints, shares: Floats | None = None) -> Floats:
        """Count the places taken in each row, shape (r,)."""
        rows = self.rows_of(columns)
        weights = None if shares is None else np.repeat(shares, rows.shape[1])
        load = np.bincount(rows.ravel(), weights, minlength=len(self.caps) + 1)[:-1]
        return load.astype(np.float64)

    def served_of(self, columns: Ints) -> Ints:
        """Count, class by class, the waiting members that columns serve."""
        if len(self.classes) == 0:
            return self.classes
        members = np.unique(self.waits[self.steps[columns]])
        return np.bincount(self.wait_class[members[members >= 0]], minlength=len(self.classes))

    def fitting(self, left: Ints) -> Flags:
        """Flag columns that fit into the places left in each row, shape (k,)."""
        free = np.append(left > 0, True)
        # the row that is none always has room
        open_arcs: Flags = np.logical_and.reduce(free[self.hits], axis=1)
        fits = np.ones(len(self.steps), dtype=bool)
        for step in range(self.steps.shape[1]):
            fits &= open_arcs[self.steps[:, step]]
        return fits


@dataclass(frozen=True, eq=False)
class Goal:
    """What counts at one stage, and what earlier stages have settled.

    ``cost`` (k,) of columns and ``serve`` (q,) of waiting members are maximised, keeping at least
    ``pins`` pins, ``served[c]`` members of class c and a worth of ``worth``. Two solutions that
    differ do so by ``grain`` at least. ``usable`` (k,): columns that may be chosen.
    """

    cost: Floats
    serve: Floats
    usable: Flags
    grain: float
    pins: int = 0
    served: tuple[int, ...] = ()
    worth: float | None = None

    def value_of(self, program: Program, columns: Ints) -> float:
        """Tell what chosen columns are worth to this goal."""
        value = float(self.cost[columns].sum())
        if len(self.serve):
            members = np.unique(program.waits[program.steps[columns]])
            value += float(self.serve[members[members >= 0]].sum())
        return value

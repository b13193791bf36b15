"""Rings and chains as the columns of an integer program.

Every limit of a round (turns, needs, meetings) is a row that counts arcs, so a column is just
its arcs, and its cost in prices is the sum over them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Steps = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Columns to choose from, and rows that limit them.

    ``steps`` (k, w): arcs of each column, padded with a, the number of arcs.
    ``hits`` (a+1, h): rows that an arc takes a place in, -1 for none.
    ``caps`` (r,): places in each row.
    ``worth`` (a+1,): worth of each arc, 0 for padding. ``pins`` (a+1,): 1 where pinned.
    ``waits`` (a+1,): number of the waiting member that the arc serves, -1 for none.
    ``wait_class`` (q,): for each waiting member the class, 0 for those who waited longest.
    ``first_chain``: columns from here on are chains, those before are rings.
    """

    steps: Steps
    hits: Ints
    caps: Ints
    worth: Floats
    pins: Ints
    waits: Ints
    wait_class: Ints
    first_chain: int

    @property
    def lengths(self) -> Ints:
        """Arcs in each column, shape (k,)."""
        return (self.steps < len(self.worth) - 1).sum(axis=1)

    def worth_of(self, chosen: Ints) -> float:
        """Add up the worth of chosen columns."""
        return float(np.sum(self.worth[self.steps[chosen]]))

    def pins_of(self, chosen: Ints) -> int:
        """Count the pins that chosen columns keep."""
        return int(np.sum(self.pins[self.steps[chosen]]))

    def served_of(self, chosen: Ints) -> Ints:
        """Count, class by class, the waiting members that chosen columns serve."""
        members = np.unique(self.waits[self.steps[chosen]])
        classes = int(self.wait_class.max()) + 1 if len(self.wait_class) else 0
        return np.bincount(self.wait_class[members[members >= 0]], minlength=classes)


@dataclass(frozen=True, slots=True)
class Goal:
    """What counts at one stage, and what earlier stages have settled.

    ``cost`` (k,) of columns and ``serve`` (q,) of waiting members are maximised, keeping at least
    ``pins`` pins, ``served[c]`` members of each class and a worth of ``worth``.
    """

    cost: Floats
    serve: Floats
    pins: int = 0
    served: tuple[int, ...] = ()
    worth: float | None = None

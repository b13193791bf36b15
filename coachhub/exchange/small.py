"""A handful of columns: try all that could be, with whole numbers, before any solver is started."""

from __future__ import annotations

import numpy as np

from coachhub.exchange.arrays import Floats, Ints
from coachhub.exchange.program import Program

MOST_COLUMNS = 60
MOST_NODES = 1_500
FINE = 2**30


def weigh(program: Program, columns: Ints, tie_break: Floats, *, waits: bool) -> list[int]:
    """Weigh columns by all that counts, in its order, as whole numbers of any length.

    Only right where a member receives once at most, so that serving adds up over columns.
    """
    fine = program.grain or 1.0 / FINE
    # Rounded arc by arc, so that the same arcs weigh the same however they are joined.
    whole = np.round(program.worth / fine).astype(np.int64)
    weights = whole[program.steps[columns]].sum(axis=1).tolist()
    # Lengths squared and the tie-break come after worth: the worth's weight outgrows their sum.
    untidy = (program.lengths[columns] ** 2 * 1024).astype(np.int64)
    untidy += (tie_break[columns] * 1024 * 999).astype(np.int64)
    small = int(untidy.sum()) + 1
    weights = [w * small - int(u) for w, u in zip(weights, untidy.tolist(), strict=True)]
    levels: list[list[int]] = []
    if waits:
        served = program.waits[program.steps[columns]]
        for number in range(len(program.classes) - 1, -1, -1):
            of_class = np.append(program.wait_class == number, np.zeros(1, dtype=bool))
            levels.append(of_class[served].sum(axis=1).tolist())
    levels.append(program.column_pins[columns].astype(np.int64).tolist())
    for level in levels:
        if any(level):
            scale = 2 * sum(map(abs, weights)) + 1
            weights = [w + scale * n for w, n in zip(weights, level, strict=True)]
    return weights


def best_few(program: Program, columns: Ints, weights: list[int]) -> Ints | None:
    """Choose columns of greatest weight that share no row; None if that takes too many steps.

    Every row must have one place.
    """
    found = program.rows_of(columns).tolist()
    none = len(program.caps)
    masks = [sum(1 << row for row in {row for row in rows if row < none}) for rows in found]
    # The heavy ones first; what is left can add no more than the sum of its gains.
    order = sorted((i for i in range(len(masks)) if weights[i] > 0), key=lambda i: (-weights[i], i))
    search = _Search([masks[i] for i in order], [weights[i] for i in order])
    if not search.run():
        return None
    return np.sort(columns[[order[i] for i in search.best]])


class _Search:
    """Depth-first search over a row's columns, or the row left empty."""

    def __init__(self, masks: list[int], weights: list[int]) -> None:
        self.masks, self.weights = masks, weights
        self.value, self.best = 0, tuple[int, ...]()
        self.nodes = 0

    def run(self) -> bool:
        return self._look(tuple(range(len(self.masks))), 0, ())

    def _look(self, open_: tuple[int, ...], value: int, taken: tuple[int, ...]) -> bool:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            return False
        if value > self.value:
            self.value, self.best = value, taken
        if not open_ or value + self._most(open_) <= self.value:
            return True
        first = open_[0]
        mask = self.masks[first]
        apart = tuple(i for i in open_[1:] if not self.masks[i] & mask)
        if not self._look(apart, value + self.weights[first], (*taken, first)):
            return False
        # What meets nobody is always taken.
        return len(apart) == len(open_) - 1 or self._look(open_[1:], value, taken)

    def _most(self, open_: tuple[int, ...]) -> int:
        """Bound what open columns can add: each disjoint from the ones before, or in their place.

        Columns are grouped greedily by a row they share; of each group one at most is taken.
        """
        most, left = 0, list(open_)
        while left:
            row = self.masks[left[0]] & -self.masks[left[0]]
            best_row, members = row, [i for i in left if self.masks[i] & row]
            rest = self.masks[left[0]] ^ row
            while rest:
                row = rest & -rest
                rest ^= row
                sharing = [i for i in left if self.masks[i] & row]
                if len(sharing) > len(members):
                    best_row, members = row, sharing
            most += self.weights[left[0]]
            left = [i for i in left if not self.masks[i] & best_row]
        return most

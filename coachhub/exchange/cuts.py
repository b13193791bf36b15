"""Odd cuts: what the linear relaxation gains by sharing places in halves, and may not."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints
from coachhub.exchange.master import Master
from coachhub.exchange.relax import integral, join_all

ROUNDS = 40
PER_ROUND = 24
LEAST = 0.02
Broken = tuple[float, tuple[int, ...]]


def tighten(master: Master, reduced: Floats, enough: float) -> Floats | None:
    """Add odd cuts as long as they lower the bound and it isn't below ``enough`` yet."""
    for _ in range(ROUNDS):
        if integral(master.x) or master.value < enough or master.meter.empty:
            break
        before = master.value
        found = _violated(master)[: max(PER_ROUND, master.program.turns // 8)]
        if not found:
            break
        master.cut(found)
        if not master.solve():
            return None
        joined = join_all(master)
        if joined is None:
            return None
        reduced = joined
        if before - master.value < 1e-5 * (before - enough + 1e-9):
            # nothing left to gain this way
            break
    return reduced


def _violated(master: Master) -> list[tuple[int, ...]]:
    """Find sets of rows whose odd cut the shares break, worst first."""
    places = np.flatnonzero((master.x > 1e-6) & (master.x < 1 - 1e-6))  # noqa: PLR2004
    # shares that are neither 0 nor 1
    rows = master.program.rows_of(master.columns[places])
    single = np.append(master.program.caps == 1, False)
    # the row that is none has no place
    single &= np.append(master.row[:-1] >= 0, False)
    shares = master.x[places]
    found = _triples(rows, shares, single)
    for members in _joined(rows, single):
        inside = rows[members]
        names = np.unique(inside[single[inside]])
        if len(names) % 2 and len(names) > 3:  # noqa: PLR2004
            # sets of three are found above
            over = _over(rows, shares, names)
            if over > LEAST:
                found.append((over, tuple(names.tolist())))
    found.sort(key=lambda cut: (-round(cut[0], 6), cut[1]))
    return [names for _, names in found]


def _over(rows: Ints, shares: Floats, names: Ints) -> float:
    held = np.isin(rows, names).sum(axis=1)
    return float((np.floor(held / 2) * shares).sum() - (len(names) - 1) // 2)


def _joined(rows: Ints, single: Flags) -> list[Ints]:
    """Group columns that share single rows."""
    owner: dict[int, int] = {}
    leader = list(range(len(rows)))

    def lead(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for place, held in enumerate(rows.tolist()):
        for row in held:
            if single[row]:
                other = lead(owner.setdefault(row, place))
                leader[lead(place)] = other
    groups: dict[int, list[int]] = {}
    for place in range(len(rows)):
        groups.setdefault(lead(place), []).append(place)
    return [np.array(group) for group in groups.values() if len(group) > 1]


def _triples(rows: Ints, shares: Floats, single: Flags) -> list[Broken]:
    """Find three rows of which columns take two or more too often.

    Two of the three pairs alone can't, since their common row has one place: only triangles count.
    """
    pair: dict[tuple[int, int], float] = {}
    triple: dict[tuple[int, ...], float] = {}
    beside: dict[int, set[int]] = {}
    for held, share in zip(rows.tolist(), shares.tolist(), strict=True):
        inside = sorted({row for row in held if single[row]})
        for a, b in combinations(inside, 2):
            pair[a, b] = pair.get((a, b), 0.0) + share
            beside.setdefault(a, set()).add(b)
        for three in combinations(inside, 3):
            triple[three] = triple.get(three, 0.0) + share
    found: list[Broken] = []
    for (a, b), both in pair.items():
        for c in beside[a] & beside.get(b, set()):
            total = both + pair[b, c] + pair[a, c] - 2 * triple.get((a, b, c), 0.0)
            if total > 1 + LEAST:
                found.append((total - 1.0, (a, b, c)))
    return found

"""Column generation: the linear relaxation over every column, touching few of them."""

from __future__ import annotations

import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints
from coachhub.exchange.master import TINY, Master
from coachhub.exchange.program import Program


def first_prices(master: Master) -> Floats:
    """Guess prices that make about half of the columns worth joining."""
    program, goal = master.program, master.goal
    price = np.zeros(master.r + 1)
    sample = goal.cost[:: max(1, len(goal.cost) // 10_000)]
    price[: program.turns] = 0.9 * float(np.median(sample)) / program.steps.shape[1]
    return price


def relax(master: Master, seeds: Ints) -> Floats | None:
    """Solve the relaxation over all usable columns; return every column's reduced cost.

    Returns None if the goal's floors can't be held, which can't be when the seeds hold them.
    """
    master.add(seeds[~master.joined[seeds]])
    if len(seeds) == 0:
        master.price = first_prices(master)
    elif not master.solve():
        return None
    return join_all(master)


def join_all(master: Master) -> Floats | None:
    """Let columns join until none gains under the prices; return every column's reduced cost."""
    goal = master.goal
    per_round = 2 * max(16, int(np.count_nonzero(master.program.caps[: master.program.turns])))
    while True:
        reduced = master.reduced()
        found = np.flatnonzero((reduced > TINY) & ~master.joined & goal.usable)
        if len(found) == 0:
            if master.solved:
                return reduced
            found = np.flatnonzero(goal.usable & ~master.joined)[:per_round]
        master.add(pick(master.program, found, reduced[found], per_round))
        if not master.solve():
            return None


def pick(program: Program, found: Ints, gain: Floats, most: int) -> Ints:
    """Pick columns to join: the best few of every first arc's giver, so that all get some."""
    if len(found) <= most:
        return found
    first = program.hits[program.steps[found, 0], 0]
    order = np.lexsort((-gain, first))
    ranked = first[order]
    begins = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    # the first of the ranked always begins a run
    rank = np.arange(len(ranked)) - np.repeat(begins, np.diff(np.append(begins, len(ranked))))
    return np.sort(found[order[rank < max(1, most // len(begins))]])


def integral(x: Floats) -> bool:
    """Tell whether all shares are 0 or 1."""
    return bool((np.minimum(x, 1.0 - x) < 1e-6).all())  # noqa: PLR2004
    # HiGHS holds rows and bounds to 1e-7


def chosen(master: Master) -> Ints:
    """Name the columns with a share of one."""
    return np.sort(master.columns[master.x > 0.5])  # noqa: PLR2004
    # called once shares are 0 or 1


def dive(master: Master, usable: Flags) -> Ints:
    """Round the relaxation to whole columns: settle the surest, solve again, to the end.

    Leaves the master's bounds as they were. Returns columns that break no row; the goal's floors
    may be missed.
    """
    program = master.program
    left = program.caps.copy()
    settled = np.zeros(len(program.steps), dtype=bool)
    closed = np.zeros(len(program.steps), dtype=bool)
    per_round = max(16, program.turns)
    while True:
        take = _surest(master, left, settled)
        if len(take) == 0:
            break
        settled[master.columns[take]] = True
        left = program.caps - program.load_of(np.flatnonzero(settled)).astype(np.int64)
        master.confine(take, 1.0, 1.0)
        fits = program.fitting(left) & usable & ~settled
        if not fits.any():
            break
        shut = np.flatnonzero(~fits[master.columns] & ~settled[master.columns])
        shut = shut[~closed[master.columns[shut]]]
        closed[master.columns[shut]] = True
        master.confine(shut, 0.0, 0.0)
        if not _resolve(master, fits, per_round):
            break
    master.confine(np.arange(len(master.columns)), 0.0, 1.0)
    return np.flatnonzero(settled)


def _resolve(master: Master, fits: Flags, per_round: int, most: int = 3) -> bool:
    for _ in range(most):
        if not master.solve():
            return False
        reduced = master.reduced()
        found = np.flatnonzero((reduced > TINY) & ~master.joined & fits)
        if len(found) == 0:
            return True
        master.add(pick(master.program, found, reduced[found], per_round))
    return master.solve()


def _surest(master: Master, left: Ints, settled: Flags) -> Ints:
    """Choose columns to settle: all with share one, and some of the largest shares that fit."""
    program, x = master.program, master.x
    free = ~settled[master.columns[: len(x)]]
    whole = np.flatnonzero(free & (x > 1 - 1e-6))
    # see `integral`
    broken = np.flatnonzero(free & (x > 1e-6) & (x <= 1 - 1e-6))  # noqa: PLR2004
    # see `integral`
    left = left - program.load_of(master.columns[whole]).astype(np.int64)
    take = whole.tolist()
    most = max(1, len(broken) // 10)
    order = broken[np.lexsort((master.columns[broken], -np.round(x[broken], 6)))]
    for place in order.tolist():
        if most == 0 or (x[place] < 0.6 and len(take) > len(whole)):  # noqa: PLR2004
            # below some six tenths another one may as well be the right one: solve again first
            break
        load = program.load_of(master.columns[[place]]).astype(np.int64)
        if (load <= left).all():
            left -= load
            take.append(place)
            most -= 1
    return np.array(take, dtype=np.int64)

"""Better a large choice piece by piece: settle one region of members anew, then the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coachhub.exchange.arrays import Floats, Ints
from coachhub.exchange.branch import Branching
from coachhub.exchange.meter import Meter
from coachhub.exchange.program import Goal, Program

SIZE = 40
NODES = 40
PASSES = 6


def improve(program: Program, goal: Goal, reduced: Floats, chosen: Ints, meter: Meter) -> Ints:
    """Settle regions of some sixty members anew, round after round, while it helps.

    The goal must have no floors and no waiting members, since those reach beyond a region.
    """
    taken = np.zeros(len(program.steps), dtype=bool)
    taken[chosen] = True
    near = goal.usable & (reduced > -float(np.median(goal.cost)) / 2)
    for number in range(PASSES):
        size = SIZE + 15 * number
        gained = False
        done = np.zeros(program.turns, dtype=bool)
        load = program.load_of(np.flatnonzero(taken))
        for seed in range(program.turns):
            if meter.empty:
                return np.flatnonzero(taken)
            if done[seed] or len(program.columns_in(seed)) == 0:
                continue
            region = _around(program, seed, near, done, size)
            done[region] = True
            gained |= _settle(program, goal, near, taken, load, region, meter)
        if not gained:
            break
    return np.flatnonzero(taken)


def _around(
    program: Program, seed: int, near: np.ndarray, done: np.ndarray, size: int
) -> list[int]:
    """Gather members around one who share columns worth looking at, nearest first."""
    region = [seed]
    known = {seed}
    for row in region:
        if len(region) >= size:
            break
        columns = program.columns_in(row)
        rows = program.hits[program.steps[columns[near[columns]]], 0]
        for other in np.unique(rows[rows < program.turns]).tolist():
            if other not in known and not done[other] and len(region) < size:
                known.add(other)
                region.append(other)
    return region


def _settle(
    program: Program,
    goal: Goal,
    near: np.ndarray,
    taken: np.ndarray,
    load: Floats,
    region: list[int],
    meter: Meter,
) -> bool:
    """Choose anew all columns that touch a region; tell whether that gained."""
    touching = np.unique(np.concatenate([program.columns_in(row) for row in region]))
    held = touching[taken[touching]]
    left = program.caps - load + program.load_of(held)
    free = np.append(left > 0, np.ones(1, dtype=bool))
    open_ = touching[near[touching] | taken[touching]]
    open_ = open_[free[program.rows_of(open_)].all(axis=1)]
    usable = np.zeros(len(program.steps), dtype=bool)
    usable[open_] = True
    part = program.varied(left.astype(np.int64), program.pins)
    local = replace(goal, usable=usable)
    value = float(goal.cost[held].sum())
    search = Branching(part, local, open_, value, meter)
    search.tries = False
    found = search.search(NODES, meter).columns
    if found is None:
        return False
    load += program.load_of(found) - program.load_of(held)
    taken[held] = False
    taken[found] = True
    return True

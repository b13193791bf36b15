"""The order of what counts: pins, those who waited, worth, shorter rings, a fixed choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from coachhub.exchange.branch import Branching
from coachhub.exchange.master import Master
from coachhub.exchange.matching import best_swaps, is_matching
from coachhub.exchange.meter import Meter
from coachhub.exchange.program import Flags, Floats, Goal, Ints, Program
from coachhub.exchange.cuts import tighten
from coachhub.exchange.relax import chosen, dive, integral, join_all, relax

NARROW = 400
NARROW_NODES = 200
ALL_NODES = 10**9
TIDIED = 300
TIDY_STEPS = 2e6


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Columns chosen for a goal, what they are worth to it, and a proven bound."""

    columns: Ints
    value: float
    bound: float
    proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Columns chosen, their worth's proven bound, and what serving those who waited has cost."""

    columns: Ints
    bound: float
    proven: bool
    fairness_cost: float


def reach(program: Program, goal: Goal, start: Ints, meter: Meter) -> Solved:
    """Choose columns for a goal as well as can be, from a choice that holds its floors."""
    best, value = start, goal.value_of(program, start)
    master = Master(program, goal, meter)
    reduced = relax(master, start)
    if reduced is None:
        return Solved(best, value, math.inf, proven=False)
    bound = _down(master.bound(reduced[goal.usable]), goal.grain)
    found = chosen(master) if integral(master.x) else dive(master, goal.usable)
    if _holds(program, goal, found) and goal.value_of(program, found) > value:
        best, value = found, goal.value_of(program, found)
    if bound < _more(value, goal):
        return Solved(best, value, value, proven=True)
    if not integral(master.x):
        # the dive has moved the shares; come back to the relaxation before cutting it
        reduced = tighten(master, join_all(master) if master.solve() else reduced, _more(value, goal))
        bound = min(bound, _down(master.bound(reduced[goal.usable]), goal.grain))
        found = chosen(master) if integral(master.x) else dive(master, goal.usable)
        if _holds(program, goal, found) and goal.value_of(program, found) > value:
            best, value = found, goal.value_of(program, found)
        if bound < _more(value, goal):
            return Solved(best, value, value, proven=True)
    # Columns that can be in anything better; first the likeliest few, then all of them.
    for most, nodes in ((NARROW, NARROW_NODES), (None, ALL_NODES)):
        room = _more(value, goal) - bound - 1e-6
        columns = np.flatnonzero(goal.usable & (reduced >= room))
        proof = most is None or len(columns) <= most
        if not proof:
            columns = np.sort(columns[np.argsort(-reduced[columns], kind="stable")[:most]])
            columns = np.union1d(columns, best)
        more = Branching(program, goal, columns, value, meter).search(ALL_NODES if proof else nodes)
        if more.columns is not None:
            best = more.columns
            value = goal.value_of(program, best)
        if proof:
            bound = value if more.proven else min(bound, more.bound)
            break
    return Solved(best, value, max(bound, value), proven=bound < _more(value, goal))


def _down(bound: float, grain: float) -> float:
    """Lower a bound to the next value that can be reached at all."""
    return math.floor(bound / grain + 1e-6) * grain if grain else bound


def _more(value: float, goal: Goal) -> float:
    return value + max(goal.grain - 1e-6, 1e-9 * max(1.0, abs(value)))


def _holds(program: Program, goal: Goal, columns: Ints) -> bool:
    """Tell whether columns that break no row hold the goal's floors too."""
    if program.column_pins[columns].sum() < goal.pins:
        return False
    if goal.worth is not None and program.column_worth[columns].sum() < goal.worth - 1e-9:
        return False
    served = program.served_of(columns)
    return all(served[number] >= floor for number, floor in enumerate(goal.served))


def best_choice(program: Program, meter: Meter, usable: Flags | None = None) -> Choice:
    """Choose columns in the order of what counts."""
    every = np.ones(len(program.steps), dtype=bool) if usable is None else usable
    nothing = np.zeros(0, dtype=np.int64)
    if not every.any():
        return Choice(nothing, 0.0, proven=True, fairness_cost=0.0)
    if is_matching(program, every):
        choice = _swaps(program, every)
        if choice is not None:
            return choice
    worth = program.column_worth
    nobody = np.zeros(0)
    pins = 0
    start = nothing
    plain = Goal(worth, nobody, every, program.grain)
    if program.pins.any():
        solved = reach(program, Goal(program.column_pins, nobody, every, 1.0), nothing, meter)
        start, pins = solved.columns, int(program.column_pins[solved.columns].sum())
    free = reach(program, replace(plain, pins=pins), start, meter)
    most = _servable(program, every)
    best, served = free, tuple(most.tolist())
    if (program.served_of(free.columns) < most).any():
        best, served = _fair(program, plain, pins, free, meter)
    columns = _neatest(program, best.columns, replace(plain, pins=pins, served=served), meter)
    cost = max(0.0, free.value - best.value)
    return Choice(columns, best.bound, best.proven, cost)


def _swaps(program: Program, usable: Flags) -> Choice | None:
    """Choose swaps alone, exactly."""
    pins, waits = bool(program.pins.any()), len(program.classes) > 0
    columns = best_swaps(program, usable, pins, waits)
    if columns is None:
        return None
    worth = float(program.column_worth[columns].sum())
    free = best_swaps(program, usable, pins, waits=False) if waits else columns
    most = worth if free is None else float(program.column_worth[free].sum())
    return Choice(columns, worth, proven=True, fairness_cost=max(0.0, most - worth))


def _servable(program: Program, usable: Flags) -> Ints:
    """Count the waiting members of each class that any usable column serves."""
    return program.served_of(np.flatnonzero(usable))


def _fair(
    program: Program, plain: Goal, pins: int, free: Solved, meter: Meter
) -> tuple[Solved, tuple[int, ...]]:
    """Serve those who waited, class by class; first try to serve all that can be, in one go."""
    most = _servable(program, plain.usable)
    grain = program.grain
    weight = float(program.column_worth.max()) * 2.0 + 1.0
    weight = math.ceil(weight / grain) * grain if grain else weight
    ranks = len(most) - program.wait_class
    everyone = replace(plain, serve=weight * ranks, pins=pins)
    tried = reach(program, everyone, free.columns, meter)
    served = program.served_of(tried.columns)
    if tried.proven and (served == most).all():
        gift = tried.value - float(program.column_worth[tried.columns].sum())
        return replace(tried, value=tried.value - gift, bound=tried.bound - gift), tuple(most.tolist())
    floors: tuple[int, ...] = ()
    start = tried.columns
    proven = True
    for number in range(len(most)):
        if program.served_of(start)[number] < most[number]:
            serve = (program.wait_class == number).astype(np.float64)
            goal = Goal(np.zeros(len(program.steps)), serve, plain.usable, 1.0, pins, floors)
            solved = reach(program, goal, start, meter)
            start, proven = solved.columns, proven and solved.proven
        floors = (*floors, int(program.served_of(start)[number]))
    last = replace(plain, serve=np.zeros(len(program.wait_class)), pins=pins, served=floors)
    solved = reach(program, last, start, meter)
    if not proven:
        # With a class served less well than may be possible only the free bound is safe.
        return replace(solved, bound=free.bound, proven=False), floors
    return solved, floors


def _neatest(program: Program, columns: Ints, goal: Goal, meter: Meter) -> Ints:
    """Among rounds of the same worth take the one with the shortest rings (least squares).

    Where there are many columns only those are looked at that join the same introductions anew.
    """
    usable = goal.usable
    if np.count_nonzero(usable) > TIDIED:
        used = np.zeros(len(program.worth), dtype=bool)
        used[program.steps[columns]] = True
        used[-1] = True
        usable = usable & used[program.steps].all(axis=1)
    worth = float(program.column_worth[columns].sum())
    untidy = program.lengths.astype(np.float64) ** 2 + _tie_break(program)
    serve = np.zeros(len(program.wait_class) if goal.served else 0)
    floor = worth - (goal.grain or 2e-9 * max(1.0, worth)) / 2
    neat = replace(goal, cost=-untidy, serve=serve, usable=usable, grain=0.0, worth=floor)
    return reach(program, neat, columns, meter.part(TIDY_STEPS)).columns


def _tie_break(program: Program) -> Floats:
    """Give each column a small fixed number of its own, the same for the same arcs."""
    mixed = np.zeros(len(program.steps), dtype=np.uint64)
    for step in range(program.steps.shape[1]):
        mixed = (mixed + program.steps[:, step].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(40)).astype(np.float64) / 2**24 * 1e-3

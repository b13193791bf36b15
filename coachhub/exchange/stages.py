"""The order of what counts: pins, those who waited, worth, shorter rings, a fixed choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints
from coachhub.exchange.branch import Branching
from coachhub.exchange.cuts import tighten
from coachhub.exchange.master import Master
from coachhub.exchange.matching import best_swaps, is_matching
from coachhub.exchange.meter import Meter
from coachhub.exchange.parts import (
    Solved,
    apart,
    circles,
    is_plain,
    kept,
    settle_apart,
    settle_crossed,
)
from coachhub.exchange.program import Goal, Program
from coachhub.exchange.regions import improve
from coachhub.exchange.relax import chosen, dive, integral, join_all, relax
from coachhub.exchange.small import MOST_COLUMNS, best_few, weigh

# First the likeliest few columns, for a better choice; then all that could be in one.
ALL_NODES = 10**9
WIDTHS = ((80, 40), (400, 200), (800, 200), (1_500, 200))
TIDIED = 300
WIDE = 20_000
STAGES = (*WIDTHS, (WIDE, ALL_NODES))  # columns, and nodes unless they are all there are
FAR = 5_000
SPLIT = 500
CROWD = 100
TIDY_STEPS = (2e6, 3e5)
FEW = 60


@dataclass(slots=True, eq=False)
class Memory:
    """What one solve leaves for the next: columns worth starting from, and the round chosen.

    ``prices`` of the turns are those of the last relaxation.
    """

    columns: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    chosen: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    prices: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Columns chosen, their worth's proven bound, and what serving those who waited has cost.

    ``prices``: what one more turn would be worth at most, for each row of turns; empty where the
    round is a matching.
    """

    columns: Ints
    bound: float
    proven: bool
    fairness_cost: float
    prices: Floats


def reach(program: Program, goal: Goal, start: Ints, meter: Meter, memory: Memory) -> Solved:
    """Choose columns for a goal as well as can be, from a choice that holds its floors."""
    if is_plain(goal) and np.count_nonzero(goal.usable) > SPLIT:
        groups = apart(program, np.flatnonzero(goal.usable))
        if len(groups) > 1:
            return settle_apart(program, goal, start, groups, meter, _reach_alone)
    search = _Search(program, goal, start)
    master = Master(program, goal, meter)
    known = memory.columns[goal.usable[memory.columns]]
    reduced = relax(master, np.union1d(start, known))
    if reduced is None:
        most = float(np.dot(program.caps[: program.turns], np.ones(program.turns)))
        ceiling = most * float(max(goal.cost.max(initial=0.0), 0.0)) + float(goal.serve.sum())
        return Solved(start, search.value, max(ceiling, search.value), False, memory.prices)  # noqa: FBT003
        # nothing is proven but what no round can pass
    memory.columns = master.columns
    price = master.price
    prices = price[: program.turns]
    raw = master.bound(reduced[goal.usable])
    search.offer(chosen(master) if integral(master.x) else dive(master, goal.usable))
    if _down(raw, goal.grain) >= search.enough and master.solve():
        # The dive has moved the shares: back to the relaxation before cutting it.
        again = join_all(master)
        cut = None if again is None else tighten(master, again, search.enough)
        if cut is not None:
            reduced, price = cut, master.price
            raw = master.bound(reduced[goal.usable])
            search.offer(chosen(master) if integral(master.x) else dive(master, goal.usable))
    bound = _down(raw, goal.grain)
    open_ = np.flatnonzero(goal.usable & (reduced >= search.enough - raw))
    if program.turns > CROWD and bound >= search.enough and is_plain(goal):
        parts = circles(program, np.flatnonzero(goal.usable))
        if parts is not None:
            crossed = settle_crossed(program, goal, search.best, parts, price, meter, _reach_alone)
            search.offer(crossed.columns)
            bound = min(bound, _down(crossed.bound, goal.grain))
            proven = bound < search.enough
            bound = search.value if proven else max(bound, search.value)
            return Solved(search.best, search.value, bound, proven, prices)
    if len(open_) > FAR and bound >= search.enough and is_plain(goal):
        search.offer(improve(program, goal, reduced, search.best, meter))
    widening = _Widening(search, reduced, raw, bound, master.biting(), master.rows, prices)
    return widening.go_on(meter)


def _reach_alone(program: Program, goal: Goal, start: Ints, meter: Meter) -> Solved:
    return reach(program, goal, start, meter, Memory())


@dataclass
class _Widening:
    """A search over more and more columns, up to all that can be in anything better.

    It can be stopped and gone on with.
    """

    search: _Search
    reduced: Floats
    raw: float
    bound: float
    cuts: list[tuple[int, ...]]
    rows: Ints
    prices: Floats
    stage: int = 0
    last: Branching | None = None

    def go_on(self, meter: Meter) -> Solved:
        """Tell the best choice and the bound that is left once the work is done, or all is."""
        search = self.search
        while self.bound >= search.enough and not meter.empty and not self._looked_at_all:
            if self.last is None:
                self._widen(meter)
            else:
                self._look(self.last, ALL_NODES, meter)
        proven = self.bound < search.enough
        bound = search.value if proven else max(self.bound, search.value)
        rest = None if proven or self._looked_at_all else self.go_on
        return Solved(search.best, search.value, bound, proven, self.prices, rest)

    @property
    def _looked_at_all(self) -> bool:
        return self.stage == len(STAGES) and self.last is None

    def _widen(self, meter: Meter) -> None:
        """Look at the next few columns, or at all of them if those are few enough."""
        search = self.search
        most, nodes = STAGES[self.stage]
        self.stage += 1
        left = search.enough - self.raw - 1e-6
        columns = np.flatnonzero(search.goal.usable & (self.reduced >= left))
        if len(columns) <= 2 * most:
            self.last = self._branching(columns, meter)
        elif nodes < ALL_NODES:
            columns = columns[np.argsort(-self.reduced[columns], kind="stable")[:most]]
            self._look(self._branching(np.union1d(columns, search.best), meter), nodes, meter)

    def _branching(self, columns: Ints, meter: Meter) -> Branching:
        search = self.search
        return Branching(
            search.program, search.goal, columns, search.value, meter, self.cuts, self.rows
        )

    def _look(self, branching: Branching, nodes: int, meter: Meter) -> None:
        found = branching.search(nodes, meter)
        if found.columns is not None:
            self.search.offer(found.columns)
        if branching is self.last:
            self.bound = self.search.value if found.proven else min(self.bound, found.bound)


class _Search:
    """The best choice so far."""

    def __init__(self, program: Program, goal: Goal, start: Ints) -> None:
        self.program, self.goal, self.best = program, goal, start
        self.value = goal.value_of(program, start)

    @property
    def enough(self) -> float:
        """The least value that would be better."""
        return self.value + max(self.goal.grain - 1e-6, 1e-9 * max(1.0, abs(self.value)))

    def offer(self, columns: Ints) -> None:
        """Take columns, which break no row, if they hold the floors and are better."""
        if _holds(self.program, self.goal, columns):
            value = self.goal.value_of(self.program, columns)
            if value > self.value:
                self.best, self.value = columns, value


def _down(bound: float, grain: float) -> float:
    """Lower a bound to the next value that can be reached at all."""
    return math.floor(bound / grain + 1e-6) * grain if grain else bound


def _holds(program: Program, goal: Goal, columns: Ints) -> bool:
    """Tell whether columns that break no row hold the goal's floors too."""
    if program.column_pins[columns].sum() < goal.pins:
        return False
    if goal.worth is not None and program.column_worth[columns].sum() < goal.worth - 1e-9:
        return False
    served = program.served_of(columns)
    return all(served[number] >= floor for number, floor in enumerate(goal.served))


def best_choice(program: Program, usable: Flags, meter: Meter, memory: Memory) -> Choice:
    """Choose columns in the order of what counts."""
    nothing = np.zeros(0, dtype=np.int64)
    if not usable.any():
        return Choice(nothing, 0.0, proven=True, fairness_cost=0.0, prices=np.zeros(0))
    if is_matching(program, usable):
        choice = _swaps(program, usable)
        if choice is not None:
            return choice
    if program.caps.max(initial=0) <= 1:
        choice = _few(program, usable)
        if choice is not None:
            return choice
    worth = program.column_worth
    nobody = np.zeros(0)
    pins = 0
    start = kept(program, usable, memory.chosen)
    plain = Goal(worth, nobody, usable, program.grain)
    if program.pins.any():
        solved = reach(
            program, Goal(program.column_pins, nobody, usable, 1.0), start, meter, memory
        )
        start, pins = solved.columns, int(program.column_pins[solved.columns].sum())
    free = reach(program, replace(plain, pins=pins), start, meter, memory)
    most = _servable(program, usable)
    best, served = free, tuple(most.tolist())
    if (program.served_of(free.columns) < most).any():
        best, served = _fair(program, plain, pins, free, meter, memory)
    columns = _neatest(program, best.columns, replace(plain, pins=pins, served=served), meter)
    cost = max(0.0, free.value - best.value)
    return Choice(columns, best.bound, best.proven, cost, best.prices)


def _few(program: Program, usable: Flags) -> Choice | None:
    """Choose among a handful of columns by trying all that could be."""
    columns = np.flatnonzero(usable)
    if len(columns) > MOST_COLUMNS:
        return None
    ties = _tie_break(program)
    waits = len(program.classes) > 0
    found = best_few(program, columns, weigh(program, columns, ties, waits=waits))
    free = found
    if waits and found is not None:
        free = best_few(program, columns, weigh(program, columns, ties, waits=False))
    if found is None or free is None:
        return None
    worth = float(program.column_worth[found].sum())
    cost = max(0.0, float(program.column_worth[free].sum()) - worth)
    return Choice(found, worth, proven=True, fairness_cost=cost, prices=np.zeros(0))


def _swaps(program: Program, usable: Flags) -> Choice | None:
    """Choose swaps alone, exactly."""
    pins, waits = bool(program.pins.any()), len(program.classes) > 0
    columns = best_swaps(program, usable, pins, waits)
    if columns is None:
        return None
    worth = float(program.column_worth[columns].sum())
    free = best_swaps(program, usable, pins, waits=False) if waits else columns
    most = worth if free is None else float(program.column_worth[free].sum())
    cost = max(0.0, most - worth)
    return Choice(columns, worth, proven=True, fairness_cost=cost, prices=np.zeros(0))


def _servable(program: Program, usable: Flags) -> Ints:
    """Count the waiting members of each class that any usable column serves."""
    return program.served_of(np.flatnonzero(usable))


def _fair(
    program: Program, plain: Goal, pins: int, free: Solved, meter: Meter, memory: Memory
) -> tuple[Solved, tuple[int, ...]]:
    """Serve those who waited, class by class; first try to serve all that can be, in one go."""
    most = _servable(program, plain.usable)
    grain = program.grain
    weight = float(program.column_worth.max()) * 2.0 + 1.0
    weight = math.ceil(weight / grain) * grain if grain else weight
    ranks = len(most) - program.wait_class
    everyone = replace(plain, serve=(weight * ranks).astype(np.float64), pins=pins)
    tried = reach(program, everyone, free.columns, meter, memory)
    served = program.served_of(tried.columns)
    if tried.proven and (served == most).all():
        gift = tried.value - float(program.column_worth[tried.columns].sum())
        return replace(tried, value=tried.value - gift, bound=tried.bound - gift), tuple(
            most.tolist()
        )
    floors: tuple[int, ...] = ()
    start = tried.columns
    proven = True
    for number in range(len(most)):
        if program.served_of(start)[number] < most[number]:
            serve = (program.wait_class == number).astype(np.float64)
            goal = Goal(np.zeros(len(program.steps)), serve, plain.usable, 1.0, pins, floors)
            solved = reach(program, goal, start, meter, memory)
            start, proven = solved.columns, proven and solved.proven
        floors = (*floors, int(program.served_of(start)[number]))
    last = replace(plain, serve=np.zeros(len(program.wait_class)), pins=pins, served=floors)
    solved = reach(program, last, start, meter, memory)
    if not proven:
        # With a class served less well than may be possible only the free bound is safe.
        return replace(solved, bound=free.bound, proven=False), floors
    return solved, floors


def _neatest(program: Program, columns: Ints, goal: Goal, meter: Meter) -> Ints:
    """Among rounds of the same worth take the one with the shortest rings (least squares).

    Where there are many columns only those are looked at that join the same introductions anew.
    """
    usable = goal.usable
    if np.count_nonzero(usable) > (TIDIED if program.caps.max() > 1 else FEW):
        used = np.zeros(len(program.worth), dtype=bool)
        used[program.steps[columns]] = True
        used[-1] = True
        usable = usable & used[program.steps].all(axis=1)
        if np.count_nonzero(usable) == len(columns):
            return columns
    worth = float(program.column_worth[columns].sum())
    untidy = program.lengths.astype(np.float64) ** 2 + _tie_break(program)
    serve = np.zeros(len(program.wait_class) if goal.served else 0)
    floor = worth - (goal.grain or 2e-9 * max(1.0, worth)) / 2
    neat = replace(goal, cost=-untidy, serve=serve, usable=usable, grain=0.0, worth=floor)
    steps = TIDY_STEPS[int(np.count_nonzero(usable) > FEW)]
    return reach(program, neat, columns, meter.part(steps), Memory()).columns


def _tie_break(program: Program) -> Floats:
    """Give each column a small fixed number of its own, the same for the same arcs."""
    mixed = np.zeros(len(program.steps), dtype=np.uint64)
    for step in range(program.steps.shape[1]):
        mixed = (mixed + program.steps[:, step].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(40)).astype(np.float64) / 2**24 * 1e-3

"""A large market is many small ones that hardly touch: settle each alone, and add up.

Columns fall into parts that share no row but with a few columns that cross from part to part.
Rows that crossing columns touch get a price (Lagrangian relaxation), which makes the parts'
bounds, each proven on its own, into a bound of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints
from coachhub.exchange.meter import Meter
from coachhub.exchange.program import Goal, Program

SWEEPS = 12
PROOFS = 0.8  # of the work; the rest fits the choices in with what crosses
FIRST = 0.5
MOST_CROSSING = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Columns chosen for a goal, what they are worth to it, and a proven bound.

    ``rest`` goes on with the search, where it stopped, for more work; None at its end.
    """

    columns: Ints
    value: float
    bound: float
    proven: bool
    prices: Floats
    rest: Callable[[Meter], Solved] | None = None


Reach = Callable[[Program, Goal, Ints, Meter], Solved]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Columns by part, and those that cross; parts share no row but through crossing columns."""

    inside: tuple[Ints, ...]
    crossing: Ints


def is_plain(goal: Goal) -> bool:
    """Tell whether a goal adds up over columns, with nothing to be kept over all of them."""
    return not (len(goal.serve) or goal.pins or goal.served) and goal.worth is None


def apart(program: Program, columns: Ints) -> tuple[Ints, ...]:
    """Split columns into the parts that share no row at all, in the order of their first rows."""
    rows = program.rows_of(columns)
    none = len(program.caps)
    label = np.arange(none + 1)
    while True:
        least = np.where(rows < none, label[rows], none).min(axis=1)
        spread = label.copy()
        np.minimum.at(spread, rows, least[:, None])
        spread[none] = none
        spread = np.minimum(spread, spread[spread])
        if (spread == label).all():
            return _grouped(columns, least)
        label = spread


def _grouped(columns: Ints, mark: Ints) -> tuple[Ints, ...]:
    order = np.argsort(mark, kind="stable")
    cuts = np.flatnonzero(np.diff(mark[order])) + 1
    return tuple(np.split(columns[order], cuts)) if len(columns) else ()


def circles(program: Program, columns: Ints) -> Parts | None:
    """Find members who share columns mostly with each other; None where there are no such circles.

    Everybody joins, again and again, the circle that most of their columns lead to (label
    propagation: Raghavan, Albert and Kumara, 2007), in a fixed order.
    """
    turns = program.hits[:, 0].copy()
    turns[turns >= program.turns] = -1
    members = turns[program.steps[columns]]
    circle = _spread(_beside(members, program.turns))
    label = np.array([*circle, -1])
    found = np.where(members >= 0, label[members], label[members[:, :1]])
    across = (found != found[:, :1]).any(axis=1)
    across |= _strays(program, columns, found[:, 0], across)
    inside = _grouped(columns[~across], found[~across, 0])
    if len(inside) < 2 or across.sum() > MOST_CROSSING * len(columns):  # noqa: PLR2004
        # one circle is no split
        return None
    return Parts(inside, columns[across])


def _strays(program: Program, columns: Ints, circle: Ints, across: Flags) -> Flags:
    """Flag columns that share a row (a need, the end of a chain) with another circle's."""
    rows = program.rows_of(columns)
    owner = np.full(len(program.caps) + 1, program.turns, dtype=np.int64)
    np.minimum.at(owner, rows[~across], circle[~across, None])
    foreign: Flags = ((owner[rows] != circle[:, None]) & (rows < len(program.caps))).any(axis=1)
    return foreign


def _beside(members: Ints, turns: int) -> list[dict[int, int]]:
    """Count, for each member, the columns shared with each other one."""
    beside: list[dict[int, int]] = [{} for _ in range(turns)]
    for met in members.tolist():
        for a in met:
            for b in met:
                if a >= 0 <= b and a != b:
                    beside[a][b] = beside[a].get(b, 0) + 1
    return beside


def _spread(beside: list[dict[int, int]]) -> list[int]:
    """Let everybody join the circle that most of what they share leads to, until none moves."""
    circle = list(range(len(beside)))
    for _ in range(SWEEPS):
        moved = 0
        for member, others in enumerate(beside):
            pull: dict[int, int] = {}
            for other, times in others.items():
                pull[circle[other]] = pull.get(circle[other], 0) + times
            if pull:
                best = min(pull, key=lambda name: (-pull[name], name))
                if pull[best] > pull.get(circle[member], 0):
                    circle[member] = best
                    moved += 1
        if not moved:
            break
    return circle


def settle_apart(
    program: Program, goal: Goal, start: Ints, groups: tuple[Ints, ...], meter: Meter, reach: Reach
) -> Solved:
    """Settle parts that share no row: their values and bounds add up."""
    begun = np.zeros(len(program.steps), dtype=bool)
    begun[start] = True
    solved = [
        _settle(program, goal, group, begun, share, reach)
        for group, share in _shared_out(groups, meter)
    ]
    _go_on(solved, meter)
    prices = np.zeros(program.turns)
    for part in solved:
        prices += part.prices
    return Solved(
        np.sort(np.concatenate([part.columns for part in solved])),
        sum(part.value for part in solved),
        sum(part.bound for part in solved),
        all(part.proven for part in solved),
        prices,
    )


def settle_crossed(
    program: Program,
    goal: Goal,
    start: Ints,
    parts: Parts,
    price: Floats,
    meter: Meter,
    reach: Reach,
) -> Solved:
    """Settle parts that a few columns cross, given the prices (r+1,) of a relaxation.

    The crossing columns of ``start`` stay; the bound holds for any choice of them.
    """
    none = len(program.caps)
    touched = np.zeros(none + 1, dtype=bool)
    touched[program.rows_of(parts.crossing)] = True
    touched[none] = False
    toll = np.where(touched, price, 0.0)
    cost = goal.cost - program.total(toll[program.hits].sum(axis=1))
    priced = replace(goal, cost=cost, grain=0.0)
    bound = float(toll[:-1] @ program.caps) + float(np.maximum(cost[parts.crossing], 0.0).sum())
    across = start[np.isin(start, parts.crossing)]
    left = (program.caps - program.load_of(across)).astype(np.int64)
    fits = program.fitting(left)
    begun = np.zeros(len(program.steps), dtype=bool)
    begun[start] = True
    met = [group for group in parts.inside if touched[program.rows_of(group)].any()]
    alone = [group for group in parts.inside if not touched[program.rows_of(group)].any()]
    proofs = meter.part(meter.left * PROOFS)
    solved = [
        _settle(program, goal if place < len(alone) else priced, group, begun, share, reach)
        for place, (group, share) in enumerate(_shared_out([*alone, *met], proofs))
    ]
    _go_on(solved, proofs)
    meter.left += proofs.left
    bound += sum(part.bound for part in solved)
    varied = program.varied(left, program.pins)
    for group, part in zip(met, solved[len(alone) :], strict=True):
        # What is best under the prices is nearly best: what fits of it is gone on from.
        dear = part.columns[np.argsort(-goal.cost[part.columns], kind="stable")]
        also = kept(varied, fits, dear)
        if goal.cost[also].sum() > goal.cost[group[begun[group]]].sum():
            begun[group] = False
            begun[also] = True
    fitted = [
        _settle(varied, goal, group[fits[group]], begun, share, reach)
        for group, share in _shared_out(met, meter)
    ]
    _go_on(fitted, meter)
    chosen = [across, *(part.columns for part in (*solved[: len(alone)], *fitted))]
    columns = np.sort(np.concatenate(chosen))
    value = goal.value_of(program, columns)
    return Solved(columns, value, max(bound, value), False, price[: program.turns])  # noqa: FBT003
    # whether the bound proves it is for the caller to see


def kept(program: Program, usable: Flags, columns: Ints) -> Ints:
    """Keep of an earlier choice, one by one, what still fits."""
    left = program.caps.astype(np.float64)
    found = []
    for column in columns[usable[columns]].tolist():
        load = program.load_of(np.array([column]))
        if (load <= left).all():
            left -= load
            found.append(column)
    return np.array(found, dtype=np.int64)


def _shared_out(groups: Sequence[Ints], meter: Meter) -> Iterator[tuple[Ints, Meter]]:
    """Give each part its share of what is left, by its columns; what it leaves goes on.

    Where there are many, half of it, so that those soon at their end leave the rest to others.
    """
    total = max(1, sum(len(group) for group in groups))
    each = meter.left / total
    for group in groups:
        most = 2 * len(group) > total
        share = meter.part(each * len(group) * (1.0 if most else FIRST))
        yield group, share
        meter.left += share.left


def _go_on(solved: list[Solved], meter: Meter) -> None:
    """Go on with those that aren't proven, a little each and again: the easy ones end first."""
    while not meter.empty:
        rests = [(place, one.rest) for place, one in enumerate(solved) if one.rest is not None]
        if not rests:
            break
        turn = meter.left / (2 * len(rests))
        for place, rest in rests:
            share = meter.part(turn)
            solved[place] = rest(share)
            meter.left += share.left


def _settle(
    program: Program, goal: Goal, group: Ints, begun: np.ndarray, meter: Meter, reach: Reach
) -> Solved:
    """Settle one part alone, and tell it in the numbers of the whole."""
    if len(group) == 0:
        return Solved(group, 0.0, 0.0, True, np.zeros(program.turns))  # noqa: FBT003
        # nothing can be chosen
    part, rows = program.part(group)
    local = Goal(goal.cost[group], goal.serve, np.ones(len(group), dtype=bool), goal.grain)
    found = reach(part, local, np.flatnonzero(begun[group]), meter)
    return _in_whole(program, group, rows[: part.turns], found)


def _in_whole(program: Program, group: Ints, turns: Ints, found: Solved) -> Solved:
    prices = np.zeros(program.turns)
    prices[turns] = found.prices
    more = found.rest
    rest = None if more is None else lambda meter: _in_whole(program, group, turns, more(meter))
    columns = group[found.columns]
    return Solved(columns, found.value, found.bound, found.proven, prices, rest)

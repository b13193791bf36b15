"""Branch and bound: the best whole choice among a few thousand columns, with its proof."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints
from coachhub.exchange.master import Master
from coachhub.exchange.meter import Meter
from coachhub.exchange.program import Goal, Program
from coachhub.exchange.relax import integral

WHOLE = 1e-6
# In a program of more columns than these so many arcs are tried out at a node, for so many steps;
# in a smaller one the arc nearest to a half is as good a choice, and costs nothing.
SMALL = 1_000
TRIED = 8
STEPS_TRIED = 40
PATIENCE = 1
SPARE = 24
DANTZIG = 0
INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Found:
    """The best choice found, or None if none beats the one to beat; a bound; whether it is proven.

    ``work`` counts the nodes looked at.
    """

    columns: Ints | None
    bound: float
    proven: bool
    work: int


@dataclass(slots=True)
class Node:
    """A part of the choices: which arcs must and mustn't be used, which columns are still open.

    ``basis`` is that of the node it comes from, where it is gone on with later.
    """

    bound: float
    open: Flags
    must: tuple[int, ...] = ()
    taken: tuple[int, ...] = ()
    basis: highspy.HighsBasis | None = None
    swept: int = 0


class Costs:
    """What deciding each arc one way has cost so far, per unit moved."""

    def __init__(self, arcs: int) -> None:
        """Begin with nothing known of any arc."""
        self.total = np.zeros(arcs)
        self.times = np.zeros(arcs, dtype=np.int64)
        self.first = 0.0
        self.known = 0

    def add(self, arc: int, cost: float) -> None:
        """Note a cost."""
        if not self.times[arc]:
            self.first += cost
            self.known += 1
        self.total[arc] += cost
        self.times[arc] += 1

    def of(self, arcs: Ints) -> Floats:
        """Tell the arcs' means; for those not tried yet that of the others' first tries."""
        usual = self.first / self.known if self.known else 1.0
        times = self.times[arcs]
        return np.where(times, self.total[arcs] / np.maximum(times, 1), usual)


class Habit:
    """What deciding an arc has cost so far; down: not used, up: used."""

    def __init__(self, arcs: int) -> None:
        """Begin with nothing known of any arc."""
        self.down, self.up = Costs(arcs), Costs(arcs)

    def scores(self, arcs: Ints, shares: Floats) -> Floats:
        """Guess how much deciding each arc will move the bound on both sides."""
        down = np.maximum(self.down.of(arcs) * shares, WHOLE)
        return down * np.maximum(self.up.of(arcs) * (1 - shares), WHOLE)

    def ranked(self, arcs: Ints, shares: Floats) -> Ints:
        """Return the arcs, those first that are likely to move most; of equals the first."""
        return arcs[np.argsort(-self.scores(arcs, shares), kind="stable")]

    def learn(self, arc: int, share: float, lost_down: float, lost_up: float) -> None:
        """Note what was lost by deciding an arc with this share."""
        self.down.add(arc, lost_down / share)
        self.up.add(arc, lost_up / (1 - share))


class Branching:
    """A search over arcs used or not: the likelier side first, then where the bound is highest.

    Deciding an arc (a match used or not) splits the choices far more evenly than deciding a
    column does; see Ryan and Foster (1981) for the idea.
    """

    def __init__(  # noqa: D107
        # the class says what it is
        self,
        program: Program,
        goal: Goal,
        columns: Ints,
        beat: float,
        meter: Meter,
        cuts: Sequence[tuple[int, ...]] = (),
        rows: Ints | None = None,
    ) -> None:
        self.program = program
        self.goal = goal
        self.best: Ints | None = None
        self.beat = beat
        self.master = Master(program, goal, meter)
        # Every node goes on from another basis, for which better weights would be made anew.
        self.master.highs.setOptionValue("simplex_dual_edge_weight_strategy", DANTZIG)
        if rows is not None:
            self.master.expect(rows)
        self.master.add(columns)
        if cuts:
            self.master.cut(list(cuts))
        self.steps = program.steps[columns]
        self.arc_row: dict[int, int] = {}
        self.habit = Habit(len(program.worth))
        self.tries = len(columns) > SMALL
        self.swept = 0
        self.now = (np.zeros(len(columns)), np.ones(len(columns)))
        self.demanded: set[int] = set()
        self.work = 0
        # Down to the end of a branch, then on where most is still possible: the bound falls too.
        self.waiting: list[tuple[float, int, Node]] = []
        self.at: Node | None = Node(INFINITY, np.ones(len(columns), dtype=bool))

    @property
    def enough(self) -> float:
        """The least value that would be better than the best so far."""
        return self.beat + max(self.goal.grain - 1e-6, 1e-9 * max(1.0, abs(self.beat)))

    def search(self, most: int, meter: Meter) -> Found:
        """Look at up to ``most`` nodes; called again, it goes on where it stopped."""
        self.master.meter = meter
        most += self.work
        while self.at is not None and self.work < most and not meter.empty:
            self.work += 1
            halves = self._look(self.at)
            self.at = None
            if halves:
                other, self.at = halves
                other.basis, other.swept = self.master.highs.getBasis(), self.swept
                heapq.heappush(self.waiting, (-other.bound, -self.work, other))
            elif self.waiting:
                self.at = heapq.heappop(self.waiting)[2]
            if self.at is not None and self.at.bound < self.enough:
                self.at = None  # and so is all that waits
        left = max(
            [-one[0] for one in self.waiting] + ([self.at.bound] if self.at else []),
            default=-INFINITY,
        )
        left = left if left >= self.enough else -INFINITY
        return Found(self.best, max(left, self.beat), left == -INFINITY, self.work)

    def _look(self, node: Node) -> list[Node]:
        """Bound a node; split it unless it holds nothing better. The likelier half comes last."""
        self._enter(node)
        if node.basis is not None and node.swept == self.swept:
            self._go_back(node.basis)
        node.basis = None
        if not self.master.solve() or self.master.value < self.enough:
            return []
        value, x = self.master.value, self.master.x
        node.bound = min(node.bound, value)
        if integral(x):
            self.best = np.sort(self.master.columns[x > 0.5])  # noqa: PLR2004
            # shares are 0 or 1 here
            self.beat = self.goal.value_of(self.program, self.best)
            return []
        duals = np.asarray(self.master.highs.getSolution().col_dual)[self.master.q :]
        node.open = node.open & (duals > self.enough - value - WHOLE)
        used = self._usage(x)
        arcs = np.flatnonzero((used > WHOLE) & (used < 1 - WHOLE))
        if len(arcs) == 0:
            return self._split_column(node, x)
        arc = self._choose(node, arcs, used, value)
        uses = (self.steps == arc).any(axis=1)
        without = Node(node.bound, node.open & ~uses, node.must, node.taken)
        with_it = Node(node.bound, node.open, (*node.must, arc), node.taken)
        return [without, with_it] if used[arc] >= 0.5 else [with_it, without]  # noqa: PLR2004
        # the likelier half is the one on the share's side of a half

    def _split_column(self, node: Node, x: Floats) -> list[Node]:
        """Split on a column where the arcs are all decided but can be joined in several ways."""
        place = int(np.argmin(np.abs(x - 0.5)))
        without = node.open.copy()
        without[place] = False
        return [
            Node(node.bound, without, node.must, node.taken),
            Node(node.bound, node.open, node.must, (*node.taken, place)),
        ]

    def _usage(self, x: Floats) -> Floats:
        arcs = len(self.program.worth) - 1
        shares = np.repeat(x, self.steps.shape[1])
        used = np.bincount(self.steps.ravel(), shares, minlength=arcs + 1)[:-1]
        return used.astype(np.float64)

    def _enter(self, node: Node) -> None:
        """Set the master's bounds to those of a node, touching only what differs."""
        low = np.zeros(len(node.open))
        low[list(node.taken)] = 1.0
        high = node.open.astype(np.float64)
        places = np.flatnonzero((low != self.now[0]) | (high != self.now[1]))
        if len(places):
            self.master.highs.changeColsBounds(
                len(places), (places + self.master.q).astype(np.int32), low[places], high[places]
            )
        self.now = (low, high)
        wanted = set(node.must)
        for arc in sorted(self.demanded ^ wanted):
            self._demand(arc, 1.0 if arc in wanted else -INFINITY)
        self.demanded = wanted

    def _go_back(self, basis: highspy.HighsBasis) -> None:
        """Take up an earlier basis; rows that have joined since are slack."""
        fresh = self.master.height - len(basis.row_status)
        basis.row_status = [*basis.row_status, *[highspy.HighsBasisStatus.kBasic] * fresh]
        self.master.highs.setBasis(basis)

    def _sweep(self) -> None:
        """Drop the rows of arcs that nothing is demanded of, once there are many."""
        if len(self.arc_row) - len(self.demanded) < SPARE:
            return
        basis = self.master.highs.getBasis()
        # A row may go without a new basis only where its own slack is in the basis.
        basic = highspy.HighsBasisStatus.kBasic
        status = basis.row_status
        spare = [
            arc
            for arc, row in self.arc_row.items()
            if arc not in self.demanded and status[row] == basic
        ]
        rows = np.array(sorted(self.arc_row.pop(arc) for arc in spare), dtype=np.int64)
        self.swept += 1
        self.master.drop_rows(rows, basis)
        moved = {arc: row - int(np.searchsorted(rows, row)) for arc, row in self.arc_row.items()}
        self.arc_row = moved

    def _demand(self, arc: int, least: float) -> None:
        self.master.highs.changeRowBounds(self._row_of(arc), least, 1.0)

    def _row_of(self, arc: int) -> int:
        """Name the row that counts an arc's uses, added when it is first asked for."""
        if arc not in self.arc_row:
            places = np.flatnonzero((self.steps == arc).any(axis=1)) + self.master.q
            self.arc_row[arc] = self.master.height
            self.master.add_rows(
                np.ones(1), np.zeros(1, dtype=np.int64), places, np.ones(len(places))
            )
        return self.arc_row[arc]

    def _choose(self, node: Node, arcs: Ints, used: Floats, value: float) -> int:
        """Choose the arc whose deciding moves the bound most, trying out the ones little known."""
        shares = used[arcs]
        order = arcs[np.lexsort((arcs, -np.minimum(shares, 1 - shares).round(6)))]
        if not self.tries:
            return int(order[0])
        ranked = self.habit.ranked(order, used[order])
        unknown = ranked[self.habit.down.times[ranked] < PATIENCE][:TRIED].tolist()
        if unknown:
            for arc in unknown:
                self._row_of(arc)
            basis = self.master.highs.getBasis()
            self.master.highs.setOptionValue("simplex_iteration_limit", STEPS_TRIED)
            for arc in unknown:
                lost = [self._try(node, arc, value, basis, up=up) for up in (False, True)]
                self.habit.learn(arc, float(used[arc]), lost[0], lost[1])
            self.master.highs.setOptionValue("simplex_iteration_limit", 2**31 - 1)
            self._enter(node)
            self.master.highs.setBasis(basis)
            self._sweep()
            ranked = self.habit.ranked(order, used[order])
        return int(ranked[0])

    def _try(
        self, node: Node, arc: int, value: float, basis: highspy.HighsBasis, *, up: bool
    ) -> float:
        """Tell how far the bound falls in a few steps of the simplex method, to the end at most."""
        uses = (self.steps == arc).any(axis=1)
        if up:
            half = Node(value, node.open, (*node.must, arc), node.taken)
        else:
            half = Node(value, node.open & ~uses, node.must, node.taken)
        self._enter(half)
        self.master.highs.setBasis(basis)
        self.master.run()
        most = value - self.enough
        if self.master.infeasible():
            return most
        lost = value - self.master.highs.getInfo().objective_function_value
        return min(max(0.0, lost), most)

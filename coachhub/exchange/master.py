"""The linear relaxation over some of the columns, with rows that join when they are needed."""

from __future__ import annotations

import highspy
import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints
from coachhub.exchange.meter import Meter
from coachhub.exchange.program import Goal, Program

TINY = 1e-7
RUN = 3.3e4
PIVOT = 700  # what an iteration costs beside the program's size
NOTHING = np.zeros(0)
NO_INDEX = np.zeros(0, dtype=np.int32)


def quiet_highs() -> highspy.Highs:
    """Make a HiGHS that prints nothing and takes the same path every time."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)  # noqa: FBT003
    # the binding takes option values by place only
    highs.setOptionValue("threads", 1)
    return highs


class Master:
    """A linear program over columns of a `Program`, solved again and again from its last basis.

    First come the waiting members' own columns (1 if served) and the rows of the goal's floors,
    then rings and chains as they join. Rows of turns, meetings and needs join once they are
    broken. After `solve`: ``value``, ``x`` (share of each joined column), ``price`` (r+1,) of the
    rows, ``floor_price`` of the floors.
    """

    def __init__(  # noqa: D107
        # the class says what it is
        self,
        program: Program,
        goal: Goal,
        meter: Meter,
    ) -> None:
        self.meter = meter
        self.program = program
        self.goal = goal
        self.highs = quiet_highs()
        self.highs.setOptionValue("solver", "simplex")
        self.highs.setOptionValue("presolve", "off")
        self.r = len(program.caps)
        self.caps = np.append(program.caps, 0).astype(np.float64)
        self.columns: Ints = np.zeros(0, dtype=np.int64)
        self.joined = np.zeros(len(program.steps), dtype=bool)
        self.row = np.full(self.r + 1, -1, dtype=np.int64)
        self.rows: Ints = np.zeros(0, dtype=np.int64)
        self.x: Floats = NOTHING
        self.value = 0.0
        self.own = 0.0
        self.solved = False
        self.price = np.zeros(self.r + 1)
        self.served_price = np.zeros(len(program.wait_class) + 1)
        self.pin_price = 0.0
        self.worth_price = 0.0
        self.cut_rows: Ints = np.zeros(0, dtype=np.int64)
        self.cut_caps = self.cut_price = self.cut_factor = NOTHING
        self.cut_columns: Ints = np.zeros(0, dtype=np.int64)
        self.cut_of: Ints = np.zeros(0, dtype=np.int64)
        self.cut_sets: list[tuple[int, ...]] = []
        self._begin()

    def _begin(self) -> None:
        """Lay out the waiting members' columns and the floors."""
        program, goal = self.program, self.goal
        self.q = q = len(goal.serve)
        self.height = 0
        self.highs.passModel(
            q, 0, 0, 1, -1, 0.0, goal.serve.astype(np.float64), np.zeros(q), np.ones(q),
            NOTHING, NOTHING, np.zeros(q, dtype=np.int32), NO_INDEX, NOTHING,
            np.zeros(q, dtype=np.int32),
        )  # fmt: skip
        if q:
            places = np.arange(q, dtype=np.int32)
            self.add_rows(np.zeros(q), places, places, np.ones(q))
        for number, floor in enumerate(goal.served):
            members = np.flatnonzero(program.wait_class == number).astype(np.int32)
            self.add_rows(
                np.array([-float(floor)]), np.zeros(1, dtype=np.int64), members,
                -np.ones(len(members)),
            )  # fmt: skip
        self.pin_row = self.worth_row = -1
        if goal.pins:
            self.pin_row = self.height
            self.add_rows(
                np.array([-float(goal.pins)]), np.zeros(1, dtype=np.int64), NO_INDEX, NOTHING
            )
        if goal.worth is not None:
            self.worth_row = self.height
            self.add_rows(np.array([-goal.worth]), np.zeros(1, dtype=np.int64), NO_INDEX, NOTHING)

        # Turns bind nearly always, so their rows are there from the start; the others join later.
        self.expect(np.flatnonzero(self._wanted()[: program.turns]))

    def expect(self, rows: Ints) -> None:
        """Let rows join that are likely to be broken, before any column does."""
        fresh = rows[self.row[rows] < 0]
        self.row[fresh] = self.height + np.arange(len(fresh))
        self.rows = np.concatenate([self.rows, fresh])
        nowhere = np.zeros(len(fresh), dtype=np.int64)
        self.add_rows(self.caps[fresh], nowhere, nowhere[:0], NOTHING)

    def _wanted(self) -> Flags:
        """Flag the rows that some usable column takes a place in."""
        program = self.program
        used = np.zeros(len(program.worth), dtype=bool)
        steps = program.steps if self.goal.usable.all() else program.steps[self.goal.usable]
        used[steps] = True
        wanted = np.zeros(self.r + 1, dtype=bool)
        wanted[program.hits[used]] = True
        return wanted

    def add_rows(self, upper: Floats, start: Ints, index: Ints, values: Floats) -> None:
        """Add rows ``values`` at columns ``index`` ≤ ``upper``, each from its ``start`` on."""
        low = np.full(len(upper), -highspy.kHighsInf)
        self.highs.addRows(
            len(upper), low, upper, len(index), start.astype(np.int32), index.astype(np.int32),
            values,
        )  # fmt: skip
        self.height += len(upper)

    def add(self, columns: Ints) -> None:
        """Let columns join."""
        k = len(columns)
        if k == 0:
            return
        program = self.program
        found = self.row[program.rows_of(columns)]
        parts: list[tuple[Ints, Ints, Floats]] = []
        at = np.nonzero(found >= 0)
        parts.append((at[0], found[at], np.ones(len(at[0]))))
        if self.q:
            waits = program.waits[program.steps[columns]]
            at = np.nonzero(waits >= 0)
            parts.append((at[0], waits[at], -np.ones(len(at[0]))))
        for row, totals in (
            (self.pin_row, program.column_pins),
            (self.worth_row, program.column_worth),
        ):
            if row >= 0:
                some = np.flatnonzero(totals[columns])
                parts.append((some, np.full(len(some), row), -totals[columns][some]))
        if len(self.cut_columns):
            place = np.full(len(program.steps), -1, dtype=np.int64)
            place[columns] = np.arange(k)
            some = np.flatnonzero(place[self.cut_columns] >= 0)
            cols = place[self.cut_columns[some]]
            parts.append((cols, self.cut_rows[self.cut_of[some]], self.cut_factor[some]))
        cols, rows, values = (
            np.concatenate([part[0] for part in parts]),
            np.concatenate([part[1] for part in parts]),
            np.concatenate([part[2] for part in parts]),
        )
        if len(parts) > 1:
            order = np.argsort(cols, kind="stable")
            cols, rows, values = cols[order], rows[order], values[order]
        start = np.searchsorted(cols, np.arange(k)).astype(np.int32)
        self.highs.addCols(
            k, self.goal.cost[columns], np.zeros(k), np.ones(k), len(rows), start,
            rows.astype(np.int32), values,
        )  # fmt: skip
        self.columns = np.concatenate([self.columns, columns])
        self.joined[columns] = True

    def drop_rows(self, rows: Ints, basis: highspy.HighsBasis) -> None:
        """Drop rows, rising, that neither the program nor a cut owns, and go on from a basis.

        Their slacks must be in the basis.
        """
        self.highs.deleteRows(len(rows), rows.astype(np.int32))
        gone = set(rows.tolist())
        basis.row_status = [s for row, s in enumerate(basis.row_status) if row not in gone]
        self.highs.setBasis(basis)
        self.height -= len(rows)
        self.row -= np.searchsorted(rows, self.row)
        self.cut_rows -= np.searchsorted(rows, self.cut_rows)

    def cut(self, sets: list[tuple[int, ...]]) -> None:
        """Add the odd cuts of sets of an odd number of rows with one place each.

        Columns that take two or three of a set's rows fill one pair of places, of which there are
        (rows - 1) / 2: a Chvátal-Gomory cut with multipliers of a half.
        """
        columns, numbers, factors = [], [], []
        most: list[float] = []
        self.cut_sets += sets
        for rows in sets:
            held, times = np.unique(
                np.concatenate([self.program.columns_in(row) for row in rows]), return_counts=True
            )
            pairs = times // 2
            columns.append(held[pairs > 0])
            factors.append(pairs[pairs > 0].astype(np.float64))
            numbers.append(np.full(len(columns[-1]), len(self.cut_rows) + len(most)))
            most.append(float((len(rows) - 1) // 2))
        place = np.full(len(self.program.steps), -1, dtype=np.int64)
        place[self.columns] = np.arange(len(self.columns)) + self.q
        here = [place[held] >= 0 for held in columns]
        start = np.cumsum([0, *(int(flags.sum()) for flags in here)])[:-1]
        self.cut_rows = np.append(self.cut_rows, self.height + np.arange(len(most)))
        self.cut_caps = np.append(self.cut_caps, most)
        self.cut_price = np.append(self.cut_price, np.zeros(len(most)))
        self.cut_columns = np.concatenate([self.cut_columns, *columns])
        self.cut_of = np.concatenate([self.cut_of, *numbers])
        self.cut_factor = np.concatenate([self.cut_factor, *factors])
        self.add_rows(
            np.array(most),
            start,
            np.concatenate([place[held[flags]] for held, flags in zip(columns, here, strict=True)]),
            np.concatenate([held[flags] for held, flags in zip(factors, here, strict=True)]),
        )

    def biting(self) -> list[tuple[int, ...]]:
        """Return the sets whose cuts hold the bound down under the prices of the last solve."""
        prices = self.cut_price.tolist()
        return [rows for rows, price in zip(self.cut_sets, prices, strict=True) if price > TINY]

    def run(self) -> None:
        """Run the simplex method once, and count its steps."""
        self.highs.run()
        steps = self.highs.getInfo().simplex_iteration_count + 1
        self.meter.spend(RUN + steps * (PIVOT + self.height + len(self.columns)))

    def infeasible(self) -> bool:
        """Tell whether the last run found that nothing holds all rows."""
        status = self.highs.getModelStatus()
        return bool(status == highspy.HighsModelStatus.kInfeasible)

    def solve(self) -> bool:
        """Solve to the end, adding rows as they break; False if the floors can't be held."""
        while True:
            self.run()
            status = self.highs.getModelStatus()
            if status != highspy.HighsModelStatus.kOptimal:
                if status != highspy.HighsModelStatus.kInfeasible:
                    self.highs.clearSolver()
                    self.highs.run()
                    if self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                        continue
                return False
            solution = self.highs.getSolution()
            self.x = np.asarray(solution.col_value)[self.q :]
            if not self._add_broken():
                break
        self.solved = True
        self.value = self.highs.getInfo().objective_function_value
        self._read_prices(np.maximum(np.asarray(solution.row_dual), 0.0))
        return True

    def _add_broken(self) -> bool:
        some = np.flatnonzero(self.x > TINY)
        load = self.program.load_of(self.columns[some], self.x[some])
        broken = np.flatnonzero((load > self.caps[:-1] + 1e-6) & (self.row[:-1] < 0))
        if len(broken) == 0:
            return False
        mark = np.full(self.r + 1, -1, dtype=np.int64)
        mark[broken] = np.arange(len(broken))
        hit = mark[self.program.rows_of(self.columns)]
        at = np.nonzero(hit >= 0)
        order = np.argsort(hit[at], kind="stable")
        start = np.searchsorted(hit[at][order], np.arange(len(broken)))
        self.row[broken] = self.height + np.arange(len(broken))
        self.rows = np.concatenate([self.rows, broken])
        columns = self.q + at[0][order]
        self.add_rows(self.caps[broken], start, columns, np.ones(len(columns)))
        return True

    def _read_prices(self, duals: Floats) -> None:
        self.price = np.zeros(self.r + 1)
        self.price[self.rows] = duals[self.row[self.rows]]
        self.served_price[: self.q] = duals[: self.q]
        self.pin_price = duals[self.pin_row] if self.pin_row >= 0 else 0.0
        self.worth_price = duals[self.worth_row] if self.worth_row >= 0 else 0.0
        self.cut_price = duals[self.cut_rows]
        # What the goal's own part adds to the bound: floors, and members' columns.
        classes = duals[self.q : self.q + len(self.goal.served)]
        self.own = -float(np.dot(classes, self.goal.served)) - self.pin_price * self.goal.pins
        self.own -= self.worth_price * (self.goal.worth or 0.0)
        self.own += float(np.dot(self.cut_price, self.cut_caps))
        if self.q:
            gain = self.goal.serve - self.served_price[:-1]
            if len(self.goal.served):
                priced = np.zeros(len(self.program.classes))
                priced[: len(classes)] = classes
                gain = gain + priced[self.program.wait_class]
            self.own += float(np.maximum(gain, 0.0).sum())

    def reduced(self, columns: Ints | None = None) -> Floats:
        """Reduced cost of all or some columns under the prices of the last solve."""
        program = self.program
        per_arc = self.price[program.hits].sum(axis=1) - self.served_price[program.waits]
        per_arc -= self.pin_price * program.pins + self.worth_price * program.worth
        cost = self.goal.cost if columns is None else self.goal.cost[columns]
        reduced = cost - program.total(per_arc, columns)
        if len(self.cut_columns) == 0:
            return reduced
        priced = self.cut_factor * self.cut_price[self.cut_of]
        cuts = np.bincount(self.cut_columns, priced, minlength=len(program.steps))
        return reduced - (cuts if columns is None else cuts[columns])

    def bound(self, reduced: Floats) -> float:
        """Bound the goal from above, with the reduced cost of every usable column.

        Weak duality: each column is taken once at most, so prices times places, plus what any
        column earns beyond its price, is never below the best.
        """
        gains = np.maximum(reduced, 0.0).sum()
        return float(np.dot(self.price[:-1], self.caps[:-1]) + gains + self.own)

    def confine(self, places: Ints, low: float, high: float) -> None:
        """Bound the shares of joined columns, given by their place in ``columns``."""
        k = len(places)
        self.highs.changeColsBounds(
            k, (places + self.q).astype(np.int32), np.full(k, low), np.full(k, high)
        )

"""Choose columns exactly, with the MIP solver HiGHS."""

from __future__ import annotations

import highspy
import numpy as np

from coachhub.exchange.program import Floats, Goal, Ints, Program


def quiet_highs() -> highspy.Highs:
    """Make a HiGHS that prints nothing and always takes the same path."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)  # noqa: FBT003
    # the binding takes option values by place only
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 1e-7)
    return highs


def choose(program: Program, goal: Goal, columns: Ints) -> Ints | None:
    """Choose among the columns those that serve the goal best; None if its floors can't hold."""
    rows_of, cols_of, values, bounds = _matrix(program, goal, columns)
    k, q = len(columns), len(program.wait_class)
    order = np.lexsort((rows_of, cols_of))
    start = np.searchsorted(cols_of[order], np.arange(k + q + 1)).astype(np.int32)
    highs = quiet_highs()
    highs.passModel(
        k + q,
        len(bounds),
        len(order),
        1,
        -1,
        0.0,
        np.concatenate([goal.cost[columns], goal.serve]),
        np.zeros(k + q),
        np.ones(k + q),
        np.full(len(bounds), -np.inf),
        bounds,
        start[:-1],
        rows_of[order].astype(np.int32),
        values[order],
        np.ones(k + q, dtype=np.int32),
    )
    highs.run()
    if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return None
    chosen = np.asarray(highs.getSolution().col_value[:k]) > 0.5  # noqa: PLR2004
    # a binary is 0 or 1 but for rounding
    return columns[chosen]


def _matrix(program: Program, goal: Goal, columns: Ints) -> tuple[Ints, Ints, Floats, Floats]:
    """Lay out the rows as triplets (row, column, value) and upper bounds."""
    k, q = len(columns), len(program.wait_class)
    steps = program.steps[columns]
    rows, cols, values = [], [], []
    bounds = [program.caps.astype(np.float64)]
    height = len(program.caps)

    hit = program.hits[steps].reshape(k, -1)
    at = np.nonzero(hit >= 0)
    rows.append(hit[at])
    cols.append(at[0])
    values.append(np.ones(len(at[0])))

    if q:
        waits = program.waits[steps]
        at = np.nonzero(waits >= 0)
        rows += [height + waits[at], height + np.arange(q)]
        cols += [at[0], k + np.arange(q)]
        values += [-np.ones(len(at[0])), np.ones(q)]
        bounds.append(np.zeros(q))
        height += q
        for number, floor in enumerate(goal.served):
            members = np.flatnonzero(program.wait_class == number)
            rows.append(np.full(len(members), height))
            cols.append(k + members)
            values.append(-np.ones(len(members)))
            bounds.append(np.array([-float(floor)]))
            height += 1
    for floor, per_arc in ((goal.pins or None, program.pins), (goal.worth, program.worth)):
        if floor is not None:
            total = per_arc[steps].sum(axis=1).astype(np.float64)
            some = np.flatnonzero(total)
            rows.append(np.full(len(some), height))
            cols.append(some)
            values.append(-total[some])
            bounds.append(np.array([-float(floor)]))
            height += 1
    return (
        np.concatenate(rows),
        np.concatenate(cols),
        np.concatenate(values),
        np.concatenate(bounds),
    )

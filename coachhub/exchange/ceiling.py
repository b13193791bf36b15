"""What rings of any length could bring at most: a bound that needs no ring listed."""

from __future__ import annotations

import highspy
import numpy as np

from coachhub.exchange.arrays import Flags, Floats, Ints
from coachhub.exchange.listing import Graph
from coachhub.exchange.master import quiet_highs
from coachhub.exchange.table import Columns

MOST_ARCS = 150_000


def ceiling(columns: Columns, graph: Graph, match: Ints, starters: Ints, *, chains: bool) -> float:
    """Bound what rings and chains of any length could be worth together.

    The best circulation where that is small enough to be worked out, else what the best matches
    of every giver, or of every receiver, add up to.
    """
    worth = columns.worth[match]
    tops = min(
        _tops(graph.giver, worth, columns.give), _tops(graph.receiver, worth, columns.receive)
    )
    if len(match) > MOST_ARCS:
        return tops
    balanced = np.ones(graph.n, dtype=bool)
    if chains:
        balanced[starters] = False
    return min(tops, _circulation(columns, graph, match, balanced, ends=chains))


def _tops(side: Ints, worth: Floats, cap: Ints) -> float:
    """Add up, for each member on one side, as many of the best matches as the cap allows."""
    order = np.lexsort((-worth, side))
    ranked = side[order]
    rank = np.arange(len(ranked)) - np.searchsorted(ranked, ranked)
    return float(worth[order][rank < cap[ranked]].sum())


def _circulation(
    columns: Columns, graph: Graph, match: Ints, balanced: Flags, *, ends: bool
) -> float:
    """Solve the flow: gives and receives in balance, or receives more where chains may end.

    Rows: gives, receives, balances, needs, meetings.
    """
    n, a = graph.n, len(match)
    arcs = np.arange(a)
    pairs, pair = np.unique(graph.pair, return_inverse=True)
    need = columns.need[match]
    needy = np.flatnonzero(need >= 0)
    needs = int(need.max(initial=-1)) + 1
    out, in_ = arcs[balanced[graph.giver]], arcs[balanced[graph.receiver]]
    parts = (
        (arcs, graph.giver, 1.0),
        (arcs, n + graph.receiver, 1.0),
        (out, 2 * n + graph.giver[out], 1.0),
        (in_, 2 * n + graph.receiver[in_], -1.0),
        (needy, 3 * n + need[needy], 1.0),
        (arcs, 3 * n + needs + pair, 1.0),
    )
    cols = np.concatenate([part[0] for part in parts])
    rows = np.concatenate([part[1] for part in parts])
    values = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    order = np.argsort(cols, kind="stable")
    upper = np.concatenate(
        [columns.give, columns.receive, np.zeros(n), np.ones(needs + len(pairs))]
    )
    lower = np.full(len(upper), -highspy.kHighsInf)
    if not ends:
        lower[2 * n : 3 * n] = 0.0
    highs = quiet_highs()
    highs.passModel(
        a, len(upper), len(cols), 1, -1, 0.0, columns.worth[match], np.zeros(a), np.ones(a),
        lower, upper.astype(np.float64),
        np.searchsorted(cols[order], arcs).astype(np.int32), rows[order].astype(np.int32),
        values[order], np.zeros(a, dtype=np.int32),
    )  # fmt: skip
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return float("inf")
    value = float(highs.getInfo().objective_function_value)
    return value + 1e-6 * max(1.0, value)

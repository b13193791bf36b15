"""Swaps alone, with one turn each, are a matching: polynomial, by Edmonds' blossoms."""

from __future__ import annotations

import numpy as np
import rustworkx

from coachhub.exchange.arrays import Flags, Ints
from coachhub.exchange.program import Program

MOST_BITS = 120
FINE = 2**30


def is_matching(program: Program, usable: Flags) -> bool:
    """Tell whether all usable columns are swaps, and a turn each is the only limit that binds."""
    if not usable[: program.first_chain].any() or usable[program.first_chain :].any():
        return False
    if program.caps[: program.turns].max(initial=0) > 1 or program.lengths[usable].max() > 2:  # noqa: PLR2004
        # a swap is two introductions
        return False
    return not _shared_need(program, usable)


def _shared_need(program: Program, usable: Flags) -> bool:
    """Tell whether a row beyond the turns has places in swaps that share nobody."""
    columns = np.flatnonzero(usable)
    rows = program.rows_of(columns)
    members: dict[int, set[int]] = {}
    for held in rows.tolist():
        turns = {row for row in held if row < program.turns}
        for row in held:
            if program.turns <= row < len(program.caps):
                known = members.setdefault(row, set(turns))
                known &= turns
    return any(not known for known in members.values())


def best_swaps(program: Program, usable: Flags, pins: bool, waits: bool) -> Ints | None:
    """Choose swaps by pins, then waiting members, then worth; None if the figures grow too large.

    ``pins`` and ``waits`` say whether those count. Whole-number weights keep the order exactly.
    Source: J. Edmonds, "Paths, trees, and flowers" (1965), as built into rustworkx.
    """
    columns = np.flatnonzero(usable)
    fine = program.grain or float(program.worth.max()) / FINE or 1.0
    weights = np.round(program.column_worth[columns] / fine).astype(np.int64).tolist()
    scale = 2 * sum(weights) + 1
    if waits:
        served = program.waits[program.steps[columns]]
        for number in range(len(program.classes) - 1, -1, -1):
            of_class = np.append(program.wait_class == number, False)
            # whoever doesn't wait has number -1: the last
            counts = of_class[served].sum(axis=1).tolist()
            weights = [w + scale * count for w, count in zip(weights, counts, strict=True)]
            scale *= 2 * program.turns + 1
    if pins:
        kept = program.column_pins[columns].astype(np.int64).tolist()
        weights = [w + scale * count for w, count in zip(weights, kept, strict=True)]
        scale *= 2 * program.turns + 1
    if scale.bit_length() > MOST_BITS:
        return None
    ends = program.hits[program.steps[columns, :2], 0].tolist()
    best: dict[tuple[int, int], tuple[int, int]] = {}
    for column, weight, pair in zip(columns.tolist(), weights, ends, strict=True):
        key = (min(pair), max(pair))
        if weight > best.get(key, (0, 0))[0]:
            best[key] = (weight, column)
    graph: rustworkx.PyGraph[int, tuple[int, int]] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(program.turns))
    graph.add_edges_from([(a, b, entry) for (a, b), entry in best.items()])
    pairs = rustworkx.max_weight_matching(graph, weight_fn=lambda entry: entry[0])
    return np.array(sorted(best[min(p), max(p)][1] for p in pairs), dtype=np.int64)

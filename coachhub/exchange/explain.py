"""Why a member isn't served, and why a pin isn't kept."""

from __future__ import annotations

import numpy as np

from coachhub.exchange.arrays import Flags, Ints
from coachhub.exchange.components import reached, strong_components
from coachhub.exchange.layout import Layout
from coachhub.exchange.market import UnmetPin, Unserved, Why


def unserved(layout: Layout, usable: Flags, receivers: set[int]) -> tuple[Unserved, ...]:
    """Tell of each member who receives nothing why that is, in the order of the market."""
    columns = layout.columns
    missing = [i for i in range(len(columns.ids)) if i not in receivers]
    if not missing:
        return ()
    in_some = np.zeros(layout.graph.n, dtype=bool)
    in_some[layout.graph.receiver[_used_arcs(layout, usable)]] = True
    longer = _longer_only(layout)
    wanted = np.zeros(layout.graph.n, dtype=bool)
    wanted[columns.receiver] = True
    no_turn = (columns.receive == 0) | (columns.give == 0)
    reasons: list[Why] = [
        "cap"
        if in_some[i] or (no_turn[i] and wanted[i] and not longer[i])
        else ("ring length" if longer[i] else "no match")
        for i in missing
    ]
    return tuple(Unserved(columns.ids[i], why) for i, why in zip(missing, reasons, strict=True))


def unmet_pins(layout: Layout, usable: Flags, used: set[int]) -> tuple[UnmetPin, ...]:
    """Tell of each pinned match that isn't used why that is, in the order of the pins."""
    unmet = [pin for pin in dict.fromkeys(layout.rules.pinned) if pin not in used]
    if not unmet:
        return ()
    columns = layout.columns
    forbidden = set(layout.rules.forbidden)
    possible = set(layout.match[_used_arcs(layout, usable)].tolist())
    longer = _longer_only(layout)
    label = strong_components(layout.graph.n, *_arcs(layout))
    told = []
    for pin in unmet:
        giver, receiver = int(columns.giver[pin]), int(columns.receiver[pin])
        why: Why = "no match"
        if pin in forbidden:
            why = "forbidden"
        elif giver == receiver:
            why = "no match"
        elif pin in possible or not (columns.give[giver] and columns.receive[receiver]):
            why = "cap"
        elif label[giver] == label[receiver] >= 0 or (
            layout.rules.max_chain and longer[giver] and longer[receiver]
        ):
            why = "ring length"
        told.append(UnmetPin(pin, why))
    return tuple(told)


def _used_arcs(layout: Layout, usable: Flags) -> np.ndarray:
    used = np.zeros(len(layout.match) + 1, dtype=bool)
    used[layout.program.steps if usable.all() else layout.program.steps[usable]] = True
    return np.flatnonzero(used[:-1])


def _longer_only(layout: Layout) -> Flags:
    """Flag members to whom a ring or chain leads if it may be as long as it likes."""
    graph = layout.graph
    giver, receiver = _arcs(layout)
    flags = strong_components(graph.n, giver, receiver) >= 0
    if layout.rules.max_chain and len(layout.starters):
        led = reached(graph.n, giver, receiver, *layout.starters.tolist())
        led[layout.starters] = flags[layout.starters]
        flags |= led
    return flags


def _arcs(layout: Layout) -> tuple[Ints, Ints]:
    """Name giver and receiver of the arcs that are neither forbidden nor without a turn."""
    giver, receiver, columns = layout.graph.giver, layout.graph.receiver, layout.columns
    live = ~np.isin(layout.match, np.array(layout.rules.forbidden, dtype=np.int64))
    live &= (columns.give[giver] > 0) & (columns.receive[receiver] > 0)
    return giver[live], receiver[live]

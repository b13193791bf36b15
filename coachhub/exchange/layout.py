"""Lay a market out as a program: live matches, graph, columns, rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coachhub.exchange.arrays import Flags, Ints, Steps
from coachhub.exchange.ceiling import ceiling
from coachhub.exchange.listing import Graph, TooManyError, graph_of, list_chains, list_rings
from coachhub.exchange.market import (
    LONGEST_RING,
    SHORTEST_RING,
    Market,
    MarketError,
    Rules,
)
from coachhub.exchange.program import Program
from coachhub.exchange.table import Columns, columns_of

LISTED = 5_000_000
PLENTY = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A market, its graph of live matches and its program.

    ``match`` (a,): the match of each arc; ``starters``: places of members who start chains.
    ``lengths``: the longest ring and chain that are listed; where those are shorter than the
    rules', since there are too many, ``ceiling`` bounds what all could bring.
    """

    columns: Columns
    rules: Rules
    graph: Graph
    match: Ints
    starters: Ints
    program: Program
    lengths: tuple[int, int]
    ceiling: float | None = None

    @property
    def meetings(self) -> bool:
        """Tell whether every pair has a row that lets them meet once only."""
        return len(self.match) <= PLENTY and bool(_often(self.columns, self.graph).any())

    def matches_of(self, column: int) -> tuple[int, ...]:
        """Name the matches of a column, in the order of giving."""
        steps = self.program.steps[column]
        return tuple(self.match[steps[steps < len(self.match)]].tolist())


def layout_of(market: Market, rules: Rules) -> Layout:
    """Check market and rules, list rings and chains, and lay out the program.

    Raises:
        MarketError: the market or the rules can't be used.
    """
    columns = columns_of(market)
    starters = checked(rules, columns)
    n = len(columns.ids)
    live = (columns.giver != columns.receiver) & (columns.give[columns.giver] > 0)
    live &= columns.receive[columns.receiver] > 0
    live[np.array(rules.forbidden, dtype=np.int64)] = False
    match = np.flatnonzero(live)
    match = match[np.lexsort((columns.receiver[match], columns.giver[match]))]
    graph = graph_of(n, columns.giver[match], columns.receiver[match])
    rings, chains, lengths = _listed(graph, starters, rules)
    most = None
    if lengths != (rules.max_ring, rules.max_chain):
        most = ceiling(columns, graph, match, starters, chains=rules.max_chain > 0)
    program = program_of(columns, rules, graph, match, rings, chains)
    return Layout(columns, rules, graph, match, starters, program, lengths, most)


def _listed(graph: Graph, starters: Ints, rules: Rules) -> tuple[Steps, Steps, tuple[int, int]]:
    """List rings and chains, as long as the rules allow or as can be listed; and how long."""
    ring, chain = rules.max_ring, rules.max_chain
    rings = np.empty((0, 2), dtype=np.int32)
    while ring >= SHORTEST_RING:
        try:
            rings = list_rings(graph, ring, LISTED)
            break
        except TooManyError:
            ring -= 1
    while True:
        try:
            return rings, list_chains(graph, starters, chain, LISTED), (ring, chain)
        except TooManyError:
            chain -= 1


def checked(rules: Rules, columns: Columns) -> Ints:
    """Check rules against a market; return the places of the starters.

    Raises:
        MarketError: a length out of range, an unknown match or member.
    """
    if not SHORTEST_RING <= rules.max_ring <= LONGEST_RING:
        raise MarketError(f"The longest ring is 2 to 4, not {rules.max_ring}.")
    if rules.max_chain < 0:
        raise MarketError(f"The longest chain is 0 or more, not {rules.max_chain}.")
    for label, indices in (("pinned", rules.pinned), ("forbidden", rules.forbidden)):
        for index in indices:
            if not 0 <= index < len(columns.giver):
                raise MarketError(f"{label}: there is no match {index}.")
    for name in rules.starters:
        if name not in columns.place:
            raise MarketError(f"starters: {name!r} is no member.")
    return np.unique(np.array([columns.place[name] for name in rules.starters], dtype=np.int64))


def program_of(
    columns: Columns, rules: Rules, graph: Graph, match: Ints, rings: Steps, chains: Steps
) -> Program:
    """Lay out the program over listed rings and chains."""
    a = len(match)
    width = max(rings.shape[1], chains.shape[1])
    steps = np.full((len(rings) + len(chains), width), a, dtype=np.int32, order="F")
    steps[: len(rings), : rings.shape[1]] = np.where(rings < 0, a, rings)
    steps[len(rings) :, : chains.shape[1]] = np.where(chains < 0, a, chains)
    need = np.append(columns.need[match], -1)
    if (need >= 0).any():
        fine = ~_twice(need[steps])
        first_chain = int(fine[: len(rings)].sum())
        steps = np.asfortranarray(steps[fine])
    else:
        first_chain = len(rings)
    with_chains = len(chains) > 0
    hits, caps = _rows(columns, graph, need, chains=with_chains)
    waits, wait_class = _waiting(columns, graph, steps)
    return Program(
        steps=steps,
        hits=np.where(hits < 0, len(caps), hits),
        caps=caps,
        turns=graph.n * (2 if with_chains else 1),
        worth=np.append(columns.worth[match], 0.0),
        pins=pins_of(rules, match),
        waits=waits,
        wait_class=wait_class,
        first_chain=first_chain,
    )


def _twice(marks: Ints) -> Flags:
    """Tell which rows hold the same mark (from 0) twice."""
    ranked = np.sort(marks, axis=1)
    twice: Flags = ((ranked[:, 1:] == ranked[:, :-1]) & (ranked[:, 1:] >= 0)).any(axis=1)
    return twice


def _rows(columns: Columns, graph: Graph, need: Ints, *, chains: bool) -> tuple[Ints, Ints]:
    """Number the rows that can bind: turns (or gives and receives), meetings, needs."""
    n, a = graph.n, len(graph.giver)
    hits = [graph.giver]
    caps = [turns_of(columns, chains=chains)]
    if chains:
        hits.append(graph.receiver + n)
    height = len(caps[0])
    # Where giver or receiver has one turn only, that row already says they meet once.
    many = _often(columns, graph)
    if a <= PLENTY and many.any():
        # so that a what-if may raise a cap
        many[:] = True
    if many.any():
        pairs, number = np.unique(graph.pair[many], return_inverse=True)
        row = np.full(a, -1, dtype=np.int64)
        row[many] = height + number
        hits.append(row)
        caps.append(np.ones(len(pairs), dtype=np.int64))
        height += len(pairs)
    if (need >= 0).any():
        hits.append(np.where(need[:-1] >= 0, need[:-1] + height, -1))
        caps.append(np.ones(int(need.max()) + 1, dtype=np.int64))
    table = np.full((a + 1, len(hits)), -1, dtype=np.int64)
    table[:a] = np.column_stack(hits)
    return table, np.concatenate(caps)


def _waiting(columns: Columns, graph: Graph, steps: Steps) -> tuple[Ints, Ints]:
    """Number the waiting members that some column serves, and their classes."""
    waiting = columns.waited > 0
    if waiting.any():
        used = np.zeros(len(graph.giver) + 1, dtype=bool)
        used[steps] = True
        reached = np.zeros(graph.n, dtype=bool)
        reached[graph.receiver[used[:-1]]] = True
        waiting &= reached
    members = np.flatnonzero(waiting)
    number = np.full(graph.n, -1, dtype=np.int64)
    number[members] = np.arange(len(members))
    _, rank = np.unique(-columns.waited[members], return_inverse=True)
    return np.append(number[graph.receiver], -1), rank.astype(np.int64)


def _often(columns: Columns, graph: Graph) -> Flags:
    """Flag the arcs whose giver and receiver both have more than one turn."""
    return (columns.give[graph.giver] > 1) & (columns.receive[graph.receiver] > 1)


def turns_of(columns: Columns, *, chains: bool) -> Ints:
    """Tell the places in the rows of turns: in rings alone a member gives as often as receives."""
    if chains:
        return np.concatenate([columns.give, columns.receive])
    return np.minimum(columns.give, columns.receive)


def pins_of(rules: Rules, match: Ints) -> Ints:
    """Mark the arcs whose match is pinned, with a 0 for padding behind."""
    wanted = np.isin(match, np.array(rules.pinned, dtype=np.int64))
    return np.append(wanted, False).astype(np.int64)
    # the padding is never pinned

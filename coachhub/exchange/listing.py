"""List every ring and chain of a graph, many at a time in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coachhub.exchange.arrays import Flags, Ints, Steps

CHUNK = 1_000_000
DENSE = 4096


class TooManyError(Exception):
    """There are more rings or chains than may be listed."""


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Arcs between nodes 0 to n-1, sorted by giver, then receiver; two may join the same pair.

    ``start`` has shape (n+1,): the arcs of giver g are ``start[g]`` to ``start[g+1]``; ``pair`` is
    ``giver * n + receiver``, rising.
    """

    n: int
    giver: Ints
    receiver: Ints
    start: Ints
    pair: Ints


def graph_of(n: int, giver: Ints, receiver: Ints) -> Graph:
    """Lay out arcs that are already sorted by giver, then receiver."""
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(giver, minlength=n), out=start[1:])
    return Graph(n, giver, receiver, start, giver * n + receiver)


def list_rings(graph: Graph, longest: int, limit: int) -> Steps:
    """List the rings of 2 to ``longest`` arcs, each once, from its smallest node on.

    Returns arcs of shape (rings, longest), padded with -1.

    Raises:
        TooManyError: there are more than ``limit`` rings, or far more paths to try.
    """
    first = np.flatnonzero(graph.receiver > graph.giver)
    work = _paths_behind(graph, longest - 2)[graph.receiver[first]]
    if work.sum() > 60 * limit:
        raise TooManyError
    joins = _joins(graph) if graph.n <= DENSE and longest > 2 else None  # noqa: PLR2004
    # swaps have no step that needs to look ahead
    found: list[Steps] = []
    count = 0
    for part in _chunks(first, work):
        for rings in _rings_from(graph, part, longest, joins):
            found.append(rings)
            count += len(rings)
            if count > limit:
                raise TooManyError
    return _stacked(found, longest)


def list_chains(graph: Graph, starters: Ints, longest: int, limit: int) -> Steps:
    """List the chains of 1 to ``longest`` arcs that begin at a starter and meet nobody twice.

    Returns arcs of shape (chains, longest), padded with -1.

    Raises:
        TooManyError: there are more than ``limit``.
    """
    if longest < 1 or len(starters) == 0:
        return np.empty((0, max(longest, 1)), dtype=np.int32)
    first = np.flatnonzero(np.isin(graph.giver, starters))
    work = _paths_behind(graph, longest - 1)[graph.receiver[first]]
    if work.sum() > 4 * limit:
        raise TooManyError
    found: list[Steps] = []
    for part in _chunks(first, work):
        paths = part[:, None].astype(np.int32)
        found.append(paths)
        for _ in range(longest - 1):
            paths = _longer(graph, paths, graph.giver[paths[:, 0]], above=False)
            found.append(paths)
    chains = _stacked(found, longest)
    if len(chains) > limit:
        raise TooManyError
    return chains


def _paths_behind(graph: Graph, length: int) -> Ints:
    """Count walks of exactly ``length`` arcs from each node (0 arcs: one), an upper bound."""
    walks = np.ones(graph.n)
    for _ in range(length):
        more = np.bincount(graph.giver, walks[graph.receiver], minlength=graph.n)
        walks = more.astype(np.float64)
    return np.minimum(walks, 1e15).astype(np.int64)


def _chunks(first: Ints, work: Ints) -> list[Ints]:
    """Cut the first arcs into runs that each lead to some CHUNK paths."""
    if len(first) == 0:
        return []
    behind = np.cumsum(np.maximum(work, 1))
    cuts = np.searchsorted(behind, np.arange(CHUNK, int(behind[-1]), CHUNK), side="left") + 1
    return [part for part in np.split(first, np.unique(cuts)) if len(part)]


def _rings_from(graph: Graph, first: Ints, longest: int, joins: Flags | None) -> list[Steps]:
    paths = first[:, None].astype(np.int32)
    home = graph.giver[first]
    found = []
    for length in range(2, longest + 1):
        found.append(_closed(graph, paths, home))
        if length < longest:
            closing = joins if length == longest - 1 else None
            paths = _longer(graph, paths, home, above=True, closing=closing)
            home = graph.giver[paths[:, 0]]
    return found


def _closed(graph: Graph, paths: Steps, home: Ints) -> Steps:
    """Close each path with every arc that leads from its end to its first node."""
    wanted = graph.receiver[paths[:, -1]] * graph.n + home
    low = np.searchsorted(graph.pair, wanted, side="left")
    times = np.searchsorted(graph.pair, wanted, side="right") - low
    rows, last = _spread(low, times)
    return np.column_stack([paths[rows], last]).astype(np.int32)


def _joins(graph: Graph) -> Flags:
    """Tell for each node and each first node whether an arc leads from one to the other."""
    joins = np.zeros(graph.n * graph.n, dtype=bool)
    joins[graph.pair] = True
    return joins


def _longer(
    graph: Graph, paths: Steps, home: Ints, *, above: bool, closing: Flags | None = None
) -> Steps:
    """Lead each path one arc on to a new node.

    ``above``: only to nodes above the first; ``closing``: only where an arc leads home.
    """
    end = graph.receiver[paths[:, -1]]
    rows, last = _spread(graph.start[end], graph.start[end + 1] - graph.start[end])
    node = graph.receiver[last]
    keep = node > home[rows] if above else node != home[rows]
    if closing is not None:
        keep &= closing[node * graph.n + home[rows]]
    for column in paths.T[: None if not above else -1]:
        keep &= graph.receiver[column][rows] != node
    return np.column_stack([paths[rows[keep]], last[keep]]).astype(np.int32)


def _spread(low: Ints, times: Ints) -> tuple[Ints, Ints]:
    """Name, for each row, ``times`` numbers from ``low`` on: row indices and the numbers."""
    rows = np.repeat(np.arange(len(low)), times)
    before = np.cumsum(times) - times
    return rows, np.arange(len(rows)) - np.repeat(before - low, times)


def _stacked(found: list[Steps], width: int) -> Steps:
    rows = sum(len(part) for part in found)
    steps = np.full((rows, width), -1, dtype=np.int32)
    at = 0
    for part in found:
        steps[at : at + len(part), : part.shape[1]] = part
        at += len(part)
    return steps

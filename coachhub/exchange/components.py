"""Strongly connected components: only inside one can a ring run."""

from __future__ import annotations

import numpy as np

from coachhub.exchange.arrays import Flags, Ints


def strong_components(n: int, giver: Ints, receiver: Ints) -> Ints:
    """Number the strong components with two or more of the nodes 0 to n-1; -1 for lone nodes.

    Most nodes fall to two sweeps over all arcs at once (trimming, and the component of the
    busiest node by reach forwards and backwards); Tarjan's search (SIAM J. Comput. 1, 1972) takes
    what is left.
    """
    label = np.full(n, -1, dtype=np.int64)
    inside = giver != receiver
    giver, receiver = giver[inside], receiver[inside]
    giver, receiver = _trimmed(n, giver, receiver)
    if len(giver) == 0:
        return label
    hub = int(np.argmax(np.bincount(giver, minlength=n)))
    core = reached(n, giver, receiver, hub) & reached(n, receiver, giver, hub)
    label[core] = 0
    left = ~core[giver] & ~core[receiver]
    giver, receiver = _trimmed(n, giver[left], receiver[left])
    if len(giver):
        _tarjan(n, giver, receiver, label)
    return label


def reached(n: int, giver: Ints, receiver: Ints, *roots: int) -> Flags:
    """Flag the nodes that arcs lead to from the roots, roots included."""
    seen = np.zeros(n, dtype=bool)
    seen[list(roots)] = True
    while True:
        fresh = receiver[seen[giver]]
        before = int(seen.sum())
        seen[fresh] = True
        if int(seen.sum()) == before:
            return seen


def _trimmed(n: int, giver: Ints, receiver: Ints) -> tuple[Ints, Ints]:
    """Drop arcs of nodes that only give or only receive, until none is left."""
    while len(giver):
        both = np.zeros(n, dtype=bool)
        both[giver] = True
        gets = np.zeros(n, dtype=bool)
        gets[receiver] = True
        both &= gets
        keep = both[giver] & both[receiver]
        if keep.all():
            break
        giver, receiver = giver[keep], receiver[keep]
    return giver, receiver


def _tarjan(n: int, giver: Ints, receiver: Ints, label: Ints) -> None:  # noqa: C901
    # one search with its own stack; cut in two it would pass seven things about
    order = np.argsort(giver, kind="stable")
    start = np.searchsorted(giver[order], np.arange(n + 1)).tolist()
    to = receiver[order].tolist()
    found = int(label.max()) + 1
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    on_stack: set[int] = set()
    stack: list[int] = []
    for root in np.unique(giver).tolist():
        if root in index:
            continue
        path = [(root, start[root])]
        while path:
            node, at = path.pop()
            if at == start[node]:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            for next_at in range(at, start[node + 1]):
                other = to[next_at]
                if other not in index:
                    path += [(node, next_at + 1), (other, start[other])]
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                if low[node] == index[node]:
                    cut = stack.index(node)
                    members = stack[cut:]
                    del stack[cut:]
                    on_stack.difference_update(members)
                    if len(members) > 1:
                        label[members] = found
                        found += 1
                if path:
                    parent = path[-1][0]
                    low[parent] = min(low[parent], low[node])

"""Made-up markets for the bench: cohorts and firms, the same for the same seed."""

from __future__ import annotations

import numpy as np

from coachhub.exchange.market import Market, Match, Member


def cohort(seed: int, members: int = 60, matches: int = 1_500) -> Market:
    """Members with two turns and four needs each, some of whom have waited."""
    rng = np.random.default_rng(seed)
    waited = rng.choice([0, 0, 0, 1, 2, 3], members).tolist()
    people = tuple(Member(i, 2, 2, waited[i]) for i in range(members))
    found: dict[tuple[int, int, int], float] = {}
    while len(found) < matches:
        giver, receiver, need = rng.integers(0, [members, members, 4]).tolist()
        if giver != receiver:
            found.setdefault((giver, receiver, need), round(float(rng.uniform(0.1, 1.0)), 3))
    return Market(
        people, tuple(Match(a, b, worth, f"{b}:{need}") for (a, b, need), worth in found.items())
    )


def firm(seed: int, members: int, degree: int = 11, turns: int = 1, size: int = 62) -> Market:
    """Members in circles of ``size``, nineteen of twenty matches inside; popularity varies."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(members)
    drawn = int(members * degree * 1.5)
    giver = rng.integers(0, members, drawn)
    near = np.minimum((giver // size) * size + rng.integers(0, size, drawn), members - 1)
    receiver = np.where(rng.random(drawn) < 0.95, near, rng.integers(0, members, drawn))
    pairs = np.unique((giver * members + receiver)[giver != receiver])
    pairs = np.sort(rng.choice(pairs, size=min(members * degree, len(pairs)), replace=False))
    giver, receiver = order[pairs // members], order[pairs % members]
    liked = 0.5 + rng.random(members) / 2
    worth = np.round(rng.uniform(0.1, 1.0, len(pairs)) * liked[receiver], 3)
    need = rng.integers(0, 4, len(pairs))
    rows = zip(giver.tolist(), receiver.tolist(), worth.tolist(), need.tolist(), strict=True)
    people = tuple(Member(i, turns, turns) for i in range(members))
    return Market(people, tuple(Match(a, b, w, f"{b}:{k}") for a, b, w, k in rows))

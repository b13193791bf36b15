"""A market that falls into parts is settled part by part, and no less well."""

from __future__ import annotations

import random

import pytest

from coachhub.exchange.market import Market, Match, Member, Rules
from coachhub.exchange.solver import solve
from exchange.brute import all_exchanges, allowed


def two_circles(seed: int, across: int) -> Market:
    """Two circles of members with two turns and shared needs, and some matches across."""
    rng = random.Random(seed)  # noqa: S311
    # a market, not a secret
    pairs = [rng.sample(range(start, start + 14), 2) for start in (0, 14) for _ in range(100)]
    pairs += [
        [rng.randrange(14), rng.randrange(14, 28)][:: rng.choice((1, -1))] for _ in range(across)
    ]
    matches = tuple(
        Match(
            a,
            b,
            round(rng.uniform(0.1, 1.0), 2),
            rng.randrange(40) if rng.random() < across / 100 else None,
        )
        for a, b in pairs
    )
    return Market(tuple(Member(i, rng.choice((1, 2)), 2) for i in range(28)), matches)


@pytest.mark.parametrize("across", [0, 3, 8])
@pytest.mark.parametrize("chain", [0, 2])
@pytest.mark.parametrize("seed", range(3))
def test_parts_add_up_to_a_round_within_the_bound(
    seed: int, chain: int, across: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = two_circles(seed, across)
    rules = Rules(max_ring=3, max_chain=chain, starters=(2, 16))
    best = solve(market, rules)
    assert best.status == "optimal"
    monkeypatch.setattr("coachhub.exchange.stages.SPLIT", 5)
    monkeypatch.setattr("coachhub.exchange.stages.CROWD", 5)
    monkeypatch.setattr("coachhub.exchange.parts.MOST_CROSSING", 1.0)
    found = solve(market, rules)
    exchanges = [*found.rings, *found.chains]
    rings, chains = all_exchanges(market, rules)
    assert set(exchanges) <= {*rings, *chains}
    assert allowed(market, exchanges)
    assert found.worth <= best.worth + 1e-9
    assert found.bound >= best.worth - 1e-6
    assert found.worth >= 0.9 * best.worth
    if found.status == "optimal":
        assert found.worth == pytest.approx(best.worth)

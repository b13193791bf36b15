"""The engine finds what trying everything finds."""

from __future__ import annotations

import random

import pytest

from coachhub.exchange.market import Market, Match, Member, Round, Rules
from coachhub.exchange.solver import solve
from exchange.brute import all_exchanges, allowed, best_score, score

MARKETS = 2_400
PER_TEST = 100


def random_market(rng: random.Random) -> tuple[Market, Rules]:
    """A small market with any mix of rules."""
    n = rng.randint(2, 6)
    cap = rng.choice([(1,), (1, 2), (2,), (0, 1, 2, 3)])
    waits = rng.choice([(0,), (0, 0, 1), (0, 1, 2), (1, 2, 3)])
    members = [
        Member(f"m{i}", rng.choice(cap), rng.choice(cap), rng.choice(waits)) for i in range(n)
    ]
    worth = rng.choice([lambda: 1.0, lambda: float(rng.randint(0, 3)), rng.random])
    needs = rng.choice([0, 1, 2])
    matches = []
    for _ in range(rng.randint(1, 11)):
        giver, receiver = rng.choice(members).id, rng.choice(members).id
        need = f"{receiver}:{rng.randrange(needs)}" if needs and rng.random() < 0.8 else None
        matches.append(Match(giver, receiver, worth(), need, "asset"))
    wishes = rng.choice([0, 0, 1, 2])
    rules = Rules(
        max_ring=rng.randint(2, 4),
        max_chain=rng.choice([0, 0, 1, 2, 3]),
        starters=tuple(m.id for m in members if rng.random() < 0.3),
        pinned=tuple(rng.randrange(len(matches)) for _ in range(wishes)),
        forbidden=tuple(rng.randrange(len(matches)) for _ in range(rng.choice([0, 0, 1, 2]))),
    )
    return Market(tuple(members), tuple(matches)), rules


def assert_sound(market: Market, rules: Rules, found: Round) -> None:
    """The answer is allowed and says of itself what is true."""
    rings, chains = all_exchanges(market, rules)
    exchanges = [*found.rings, *found.chains]
    assert set(found.rings) <= set(rings)
    assert set(found.chains) <= set(chains)
    assert len(set(exchanges)) == len(exchanges)
    assert allowed(market, exchanges)
    used = {i for exchange in exchanges for i in exchange}
    assert found.worth == pytest.approx(sum(market.matches[i].worth for i in used))
    assert found.bound >= found.worth
    receivers = {market.matches[i].receiver for i in used}
    assert found.served == len(receivers)
    assert {u.id for u in found.unserved} == {m.id for m in market.members} - receivers
    assert {pin.match for pin in found.unmet} == set(rules.pinned) - used


@pytest.mark.parametrize("seed", range(MARKETS // PER_TEST))
def test_equals_trying_everything(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    # markets, not secrets
    for _ in range(PER_TEST):
        market, rules = random_market(rng)
        found = solve(market, rules)
        assert_sound(market, rules, found)
        assert found.status == "optimal"
        assert score(market, rules, [*found.rings, *found.chains]) == pytest.approx(
            best_score(market, rules)
        ), (market, rules)

"""A market with more rings than can be looked through: what is given up, and what is proven."""

from __future__ import annotations

import random
from typing import Any

import pytest

from coachhub.exchange.listing import TooManyError
from coachhub.exchange.market import Budget, Market, Match, Member, Rules
from coachhub.exchange.solver import solve
from coachhub.introductions.rounds import operations, solving
from coachhub.introductions.rounds.market import Plan

BUDGET = Budget(seconds=2.0)


def drawn(seed: int) -> Market:
    """Draw a small market with needs and turns."""
    chance = random.Random(seed)  # noqa: S311 made-up people, no secret
    members = tuple(Member(f"m{n}", chance.randint(0, 2), chance.randint(0, 2)) for n in range(6))
    owner = [chance.randrange(6) for _ in range(9)]
    matches = []
    for _ in range(18):
        need = chance.randrange(9)
        giver = chance.randrange(6)
        if giver != owner[need]:
            matches.append(
                Match(f"m{giver}", f"m{owner[need]}", float(chance.randint(1, 99)), f"n{need}")
            )
    return Market(members, tuple(matches))


@pytest.mark.parametrize("seed", range(60))
def test_no_round_is_worth_more_than_the_ceiling(seed: int) -> None:
    market = drawn(seed)
    for rules in (Rules(), Rules(max_chain=3, starters=("m0", "m1"))):
        assert solve(market, rules, BUDGET).worth <= solving.ceiling(market) + 1e-9


def test_rings_are_cut_until_they_can_be_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    market = drawn(3)
    tried: list[tuple[int, int]] = []

    def engine(market: Market, rules: Rules, budget: Budget) -> Any:
        tried.append((rules.max_ring, rules.max_chain))
        if rules.max_ring > 2:
            raise TooManyError
        return solve(market, rules, budget)

    monkeypatch.setattr(solving, "solve", engine)
    found = solving.solved(Plan(market, Rules(max_chain=5, starters=("m0",)), ()), BUDGET)
    assert tried == [(4, 5), (4, 4), (4, 3), (3, 3), (3, 2), (2, 2)]
    assert found.cut_to == "rings of up to 2 and chains of up to 2"
    answer = found.answer
    assert answer.status == "bounded"
    assert answer.worth <= answer.bound == solving.ceiling(market)


def test_the_coach_is_told(group: Any, pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def engine(market: Market, rules: Rules, budget: Budget) -> Any:
        if rules.max_ring > 3:
            raise TooManyError
        return solve(market, rules, budget)

    monkeypatch.setattr(solving, "solve", engine)
    draft = operations.propose_round(group.actor(), group.cohort)
    assert draft.bound >= draft.worth > 0
    page = pages.get(f"/{draft.id}")
    assert "This round is made of rings of up to 3." in page.text
    assert "% of the best possible, proven" in page.text

"""A market with more rings than can be looked through: what is given up, and what is proven."""

from __future__ import annotations

from typing import Any

import pytest

from coachhub.exchange.market import Budget, Market, Match, Member, Rules
from coachhub.exchange.solver import solve
from coachhub.introductions.rounds import operations, solving
from coachhub.introductions.rounds.market import Plan

BUDGET = Budget(seconds=2.0)
LISTED = "coachhub.exchange.layout.LISTED"


def test_what_was_cut_is_named_and_the_bound_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    members = tuple(Member(n, 1 + n % 2, 2) for n in range(14))
    pairs = [(a, b) for a in range(14) for b in range(14) if a != b]
    matches = tuple(Match(a, b, 1.0 + (a * b) % 7, f"{b}:{a % 5}") for a, b in pairs)
    market = Market(members, matches)
    rules = Rules(max_ring=3)
    best = solve(market, rules, BUDGET)
    monkeypatch.setattr(LISTED, 300)
    answer = solving.solved(Plan(market, rules, ()), BUDGET).answer
    assert answer.cut_to == "rings of up to 2"
    assert answer.status == "bounded"
    assert answer.worth <= best.bound + 1e-6
    assert best.worth <= answer.bound + 1e-6


def test_the_coach_is_told(group: Any, pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LISTED, 1)
    draft = operations.propose_round(group.actor(), group.cohort)
    assert draft.bound >= draft.worth
    assert draft.cut_to.startswith(("rings of up to ", "no rings"))
    page = pages.get(f"/{draft.id}")
    assert f"This round is made of {draft.cut_to}." in page.text
    assert "% of the best possible, proven" in page.text

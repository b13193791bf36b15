"""From a market to a round."""

from __future__ import annotations

import time

import numpy as np

from coachhub.exchange.explain import unmet_pins, unserved
from coachhub.exchange.layout import Layout, layout_of
from coachhub.exchange.market import Budget, Market, Round, Rules
from coachhub.exchange.meter import Meter
from coachhub.exchange.stages import best_choice


def solve(market: Market, rules: Rules | None = None, budget: Budget | None = None) -> Round:
    """Choose the best round of rings and chains for a market.

    In this order: pins hold, those who waited longest receive, worth, shorter rings. The same
    market, rules and budget always give the same round, but for ``seconds``.

    Raises:
        MarketError: the market or the rules can't be used.
    """
    began = time.process_time()
    rules = rules or Rules()
    budget = budget or Budget()
    layout = layout_of(market, rules)
    choice = best_choice(layout.program, Meter(budget.seconds))
    return _round(layout, choice.columns, choice.bound, choice.proven, choice.fairness_cost, began)


def _round(
    layout: Layout, chosen: np.ndarray, bound: float, proven: bool, fairness_cost: float, began: float
) -> Round:
    program = layout.program
    matches = [layout.matches_of(int(column)) for column in chosen]
    rings = sorted(
        _turned(steps)
        for steps, column in zip(matches, chosen, strict=True)
        if column < program.first_chain
    )
    chains = sorted(
        steps
        for steps, column in zip(matches, chosen, strict=True)
        if column >= program.first_chain
    )
    used = [match for steps in (*rings, *chains) for match in steps]
    worth = float(sum(layout.columns.worth[match] for match in sorted(used)))
    bound = max(worth, bound)
    receivers = set(layout.columns.receiver[used].tolist()) if used else set()
    return Round(
        status="optimal" if proven else "bounded",
        worth=worth,
        bound=bound,
        gap=(bound - worth) / bound if bound else 0.0,
        served=len(receivers),
        rings=tuple(rings),
        chains=tuple(chains),
        unserved=unserved(layout, receivers),
        fairness_cost=fairness_cost,
        seconds=time.process_time() - began,
        unmet=unmet_pins(layout, set(used)),
    )


def _turned(ring: tuple[int, ...]) -> tuple[int, ...]:
    """Begin a ring with its first match."""
    first = ring.index(min(ring))
    return ring[first:] + ring[:first]

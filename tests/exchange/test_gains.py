"""Prices bound what one more turn could bring; a gain is what solving again tells."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from coachhub.exchange.layout import layout_of
from coachhub.exchange.market import Market, Match, Member, Rules
from coachhub.exchange.master import Master
from coachhub.exchange.meter import Meter
from coachhub.exchange.program import Goal
from coachhub.exchange.relax import relax
from coachhub.exchange.solver import Session, solve


def crowd(seed: int) -> Market:
    """Members with one turn or two and too many matches to be tried out one by one."""
    rng = random.Random(seed)  # noqa: S311
    # a market, not a secret
    people = tuple(Member(i, rng.choice((1, 2)), rng.choice((1, 2))) for i in range(14))
    pairs = [rng.sample(range(14), 2) for _ in range(90)]
    return Market(people, tuple(Match(a, b, round(rng.uniform(0.1, 1.0), 2)) for a, b in pairs))


def relaxed(market: Market, rules: Rules) -> float:
    """The value of the linear relaxation over all rings."""
    program = layout_of(market, rules).program
    every = np.ones(len(program.steps), dtype=bool)
    goal = Goal(program.column_worth, np.zeros(0), every, program.grain)
    master = Master(program, goal, Meter(10.0))
    reduced = relax(master, np.zeros(0, dtype=np.int64))
    assert reduced is not None
    return master.bound(reduced)


@pytest.mark.parametrize("seed", range(4))
def test_one_more_turn_never_brings_more_than_the_bound_and_its_price(seed: int) -> None:
    market, rules = crowd(seed), Rules(max_ring=3)
    session = Session(market, rules)
    found = session.solve()
    prices = {price.id: price.worth for price in found.prices}
    assert prices
    # The price is that of the relaxation, which may itself lie above the round.
    slack = relaxed(market, rules) - found.worth
    assert slack >= -1e-6
    for member in market.members:
        turns = min(member.give, member.receive) + 1
        gain = session.gain_of(caps={member.id: (turns, turns)})
        more = tuple(
            replace(m, give=turns, receive=turns) if m.id == member.id else m
            for m in market.members
        )
        again = solve(replace(market, members=more), rules)
        assert gain.worth == pytest.approx(again.worth - found.worth)
        assert gain.worth <= prices.get(member.id, 0.0) + slack + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_a_door_is_worth_what_solving_anew_tells(seed: int) -> None:
    market, rules = crowd(seed), Rules(max_ring=3)
    session = Session(market, rules)
    door = [Match(0, receiver, 2.0) for receiver in range(1, 6)]
    gain = session.gain_of(door)
    with_door = solve(replace(market, matches=(*market.matches, *door)), rules)
    assert gain.status == "optimal"
    assert gain.worth == gain.at_most
    assert gain.worth == pytest.approx(with_door.worth - session.solve().worth)
    assert gain.worth >= 0
    assert session.gain_of().worth == pytest.approx(0.0)

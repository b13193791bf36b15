"""Rounds: known optima, the same answer every time, what-ifs, reasons."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from coachhub.exchange.files import market_as_json, read_market, round_as_json
from coachhub.exchange.market import Budget, Market, Match, Member, Rules
from coachhub.exchange.solver import Session, solve
from tests.exchange.brute import best_score, score

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data" / "exchange"
if not DATA.is_dir():
    DATA = HERE.parents[3] / "shared" / "data" / "exchange"


def known() -> list[tuple[str, int, float]]:
    """What is known of the shared files; none where there are none."""
    if not (DATA / "expected.csv").exists():
        return []
    with (DATA / "expected.csv").open() as file:
        return [(r["file"], int(r["max_ring"]), float(r["worth"])) for r in csv.DictReader(file)]


@pytest.mark.parametrize(("name", "max_ring", "worth"), known())
def test_reaches_the_known_optimum(name: str, max_ring: int, worth: float) -> None:
    market, rules = read_market(DATA / name)
    found = solve(market, replace(rules, max_ring=max_ring), Budget(seconds=60))
    assert (found.status, found.worth, found.bound) == ("optimal", worth, worth)


def cohort(seed: int, members: int = 24, matches: int = 160) -> Market:
    """A cohort with caps of 2, four needs each and classes of waiting."""
    rng = random.Random(seed)  # noqa: S311
    # a market, not a secret
    people = tuple(Member(i, 2, 2, rng.choice((0, 0, 0, 1, 2))) for i in range(members))
    pairs = [rng.sample(range(members), 2) for _ in range(matches)]
    return Market(
        people,
        tuple(
            Match(a, b, round(rng.uniform(0.1, 1.0), 2), f"{b}:{rng.randrange(4)}")
            for a, b in pairs
        ),
    )


def timeless(market: Market, rules: Rules) -> str:
    return round_as_json(replace(solve(market, rules), seconds=0.0))


@pytest.mark.parametrize("seed", range(3))
def test_the_same_market_gives_the_same_bytes(seed: int) -> None:
    market = cohort(seed)
    rules = Rules(max_ring=3, max_chain=2, starters=(0, 5), pinned=(3, 8), forbidden=(1,))
    assert timeless(market, rules) == timeless(market, rules)


def test_other_processes_give_the_same_bytes(tmp_path: Path) -> None:
    rules = Rules(max_ring=3, max_chain=2, starters=(0, 5), pinned=(3, 8), forbidden=(1,))
    (tmp_path / "market.json").write_text(market_as_json(cohort(1), rules))
    command = [sys.executable, "-m", "coachhub.exchange", "solve", "market.json", "--json"]
    told = []
    for seed in ("0", "1", "77"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE.parents[1])}
        run = subprocess.run(  # noqa: S603
            # fixed arguments
            command,
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        told.append({**json.loads(run.stdout), "seconds": 0})
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("seed", range(3))
def test_a_small_budget_still_gives_a_sound_round(seed: int) -> None:
    market = cohort(seed)
    found = solve(market, Rules(max_ring=4), Budget(seconds=0.001))
    best = solve(market, Rules(max_ring=4))
    assert found.bound >= best.worth - 1e-9
    assert found.bound >= found.worth
    assert found.gap >= 0.0
    assert (found.status == "optimal") == (found.gap == 0.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_what_if_is_worth_what_solving_anew_is(seed: int) -> None:
    market = cohort(seed, members=14, matches=60)
    rules = Rules(max_ring=3)
    session = Session(market, rules)
    first = session.solve()
    used = [i for ring in first.rings for i in ring]
    unused = [i for i in range(len(market.matches)) if i not in used]
    for changed in (
        {"forbidden": used[:1]},
        {"pinned": unused[:1]},
        {"pinned": unused[:2], "forbidden": used[:2]},
    ):
        again = solve(market, replace(rules, **changed))
        found = session.what_if(**changed)
        assert found.worth == pytest.approx(again.worth)
        assert found.unmet == again.unmet
    for caps in ({0: (1, 1)}, {0: (3, 3), 1: (0, 2)}):
        members = tuple(
            replace(m, give=caps[m.id][0], receive=caps[m.id][1]) if m.id in caps else m
            for m in market.members
        )
        assert session.what_if(caps=caps).worth == pytest.approx(
            solve(replace(market, members=members), rules).worth
        )
    assert session.what_if().worth == pytest.approx(first.worth)


def test_the_sample_is_solved_by_its_rules() -> None:
    market, rules = read_market(HERE / "sample.json")
    found = solve(market, rules)
    exchanges = [*found.rings, *found.chains]
    assert score(market, rules, exchanges) == pytest.approx(best_score(market, rules))
    market, rules = read_market(HERE / "sample.input")
    for max_ring, worth in ((2, 2.0), (3, 5.0), (4, 7.0)):
        assert solve(market, replace(rules, max_ring=max_ring)).worth == worth


def test_says_why_a_member_is_not_served() -> None:
    members = tuple(Member(name, 1, 1) for name in "abcdefgh")
    ring = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")]
    swap = [("e", "f"), ("f", "e"), ("e", "g"), ("g", "e")]
    matches = tuple(Match(a, b, 1.0) for a, b in [*ring, *swap, ("a", "h")])
    found = solve(Market(members, matches), Rules(max_ring=3))
    why = {member.id: member.why for member in found.unserved}
    assert {why[name] for name in "abcd"} == {"ring length"}
    assert [why[name] for name in "fg" if name in why] == ["cap"]
    assert why["h"] == "no match"


def test_says_why_a_pin_is_not_kept() -> None:
    members = tuple(Member(name, 1, 1) for name in "abcde")
    pairs = [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a"), ("d", "e"), ("b", "b")]
    matches = tuple(Match(a, b, 1.0) for a, b in pairs)
    rules = Rules(max_ring=2, pinned=(0, 1, 2, 4, 5), forbidden=(3,))
    unmet = {pin.match: pin.why for pin in solve(Market(members, matches), rules).unmet}
    assert unmet == {2: "no match", 4: "no match", 5: "no match"}
    forbidden = Rules(max_ring=2, pinned=(0,), forbidden=(0,))
    assert solve(Market(members, matches), forbidden).unmet[0].why == "forbidden"
    clash = Rules(max_ring=2, pinned=(0, 2))
    assert [pin.why for pin in solve(Market(members, matches), clash).unmet] == ["cap"]


def test_those_who_waited_longest_come_first_and_the_cost_is_told() -> None:
    members = (Member("a", 1, 1), Member("b", 1, 1, 1), Member("c", 1, 1, 5), Member("d", 1, 1, 5))
    pairs = [("a", "b", 9.0), ("b", "a", 9.0), ("a", "c", 1.0), ("c", "a", 1.0)]
    market = Market(members, tuple(Match(*pair) for pair in pairs))
    found = solve(market, Rules(max_ring=2))
    assert found.rings == ((2, 3),)
    assert found.fairness_cost == pytest.approx(16.0)


def test_a_price_tells_what_one_more_turn_could_bring() -> None:
    pairs = [("a", "b", 5.0), ("b", "a", 5.0), ("a", "c", 4.0), ("c", "a", 4.0)]
    triangle = [("b", "c", 1.0), ("c", "d", 1.0), ("d", "b", 1.0)]
    matches = tuple(Match(*pair) for pair in [*pairs, *triangle])
    members = (Member("a", 1, 1), *(Member(name) for name in "bcd"))
    found = solve(Market(members, matches), Rules(max_ring=3))
    prices = {price.id: price.worth for price in found.prices}
    more = solve(
        Market((Member("a", 2, 2), *members[1:]), matches),
        Rules(max_ring=3),
    )
    assert found.worth == 13.0
    assert more.worth - found.worth <= prices["a"] + 1e-6

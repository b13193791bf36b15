"""Markets are read and written as the contract says; a bad one is refused by line and name."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner

from coachhub.exchange.commands import exchange
from coachhub.exchange.files import (
    market_as_input,
    market_as_json,
    read_input,
    read_json,
    read_market,
)
from coachhub.exchange.market import Market, MarketError, Match, Member, Rules
from coachhub.exchange.solver import solve

HERE = Path(__file__).parent
KEYS = ["status", "worth", "bound", "gap", "served", "rings", "chains", "unserved"]

BAD_INPUT = [
    ("", "line 1: two whole numbers"),
    ("3\n", "line 1: two whole numbers"),
    ("2 x\n", "line 1"),
    ("-1 2\n", "line 1"),
    ("2 2\n0 1 1\n1 0 1\n", "line 4: the file ends"),
    ("2 2\n0 1 1\n-1 -1 -1\n", "line 3: -1 -1 -1 after 1 of 2"),
    ("2 1\n0 1 1\n1 0 1\n-1 -1 -1\n", "line 3: after 1 matches"),
    ("2 1\n0 1 1\n-1 -1 -1\n0 1 1\n", "line 4: nothing may follow"),
    ("2 2\n0 1 1\n1 0\n-1 -1 -1\n", "line 3: giver, receiver and worth"),
    ("2 2\n0 1 1 5\n1 0 1 5\n-1 -1 -1\n", "line 2: giver, receiver and worth"),
    ("2 2\n0 1 1\n2 0 1\n-1 -1 -1\n", "line 3: giver '2' is no member"),
    ("2 2\n0 1 1\n1 -3 1\n-1 -1 -1\n", "line 3: receiver '-3' is no member"),
    ("2 2\n0 1 1\n1 0.5 1\n-1 -1 -1\n", "line 3: receiver '0.5'"),
    ("2 1\n0 1 much\n-1 -1 -1\n", "line 2: worth 'much' is no number"),
    ("2 1\n0 1 -2\n-1 -1 -1\n", "line 2: its worth is negative (-2)"),
    ("2 1\n0 1 inf\n-1 -1 -1\n", "line 2: its worth is infinite"),
    ("2 1\n0 1 nan\n-1 -1 -1\n", "line 2: its worth is not a number (NaN)"),
]


@pytest.mark.parametrize(("text", "says"), BAD_INPUT)
def test_bad_input_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(MarketError) as refused:
        read_input(text)
    assert says in str(refused.value)


def json_with(match: str = "", member: str = "", rules: str = "{}") -> str:
    members = ['{"id": "a"}', '{"id": "b"}', *([member] if member else [])]
    match = match or '{"giver": "a", "receiver": "b", "worth": 1}'
    return (
        '{"members": [\n' + ",\n".join(members) + '\n],\n"matches": [\n'
        '{"giver": "b", "receiver": "a", "worth": 1},\n' + match + '\n],\n"rules": ' + rules + "}"
    )


BAD_JSON = [
    ("{", "line 1"),
    ("[]", "line 1: an object"),
    ("{}", "line 1: members is missing"),
    ('{"members": 3, "matches": []}', "line 1: members must be a list"),
    ('{"members": [],\n"matches": [}', "line 2"),
    (json_with(member="7"), "line 4: a member must be an object"),
    (json_with(member='{"give": 1}'), "line 4: a member needs an id"),
    (json_with(member='{"id": "a"}'), "line 4: member 'a' is listed twice"),
    (json_with(member='{"id": "c", "give": -1}'), "line 4: give must be a whole number"),
    (json_with(member='{"id": "c", "receive": 1.5}'), "line 4: receive must be"),
    (json_with(member='{"id": "c", "waited": true}'), "line 4: waited must be"),
    (json_with('{"giver": "z", "receiver": "b", "worth": 1}'), "line 7: giver 'z' is no member"),
    (json_with('{"giver": "a", "worth": 1}'), "line 7: receiver None is no member"),
    (json_with('{"giver": "a", "receiver": "b"}'), "line 7: worth must be a number"),
    (json_with('{"giver": "a", "receiver": "b", "worth": "1"}'), "line 7: worth must be"),
    (json_with('{"giver": "a", "receiver": "b", "worth": -0.5}'), "line 7: its worth is negative"),
    (json_with('{"giver": "a", "receiver": "b", "worth": NaN}'), "line 7: its worth is not a"),
    (json_with('{"giver": "a", "receiver": "b", "worth": 1e999}'), "line 7: its worth is infinite"),
    (json_with('{"giver": "a", "receiver": "b", "worth": 1, "need": []}'), "line 7: need must be"),
    (json_with(rules="[]"), "line 9: rules must be an object"),
    (json_with(rules='{"max_ring": "3"}'), "line 9: max_ring must be a whole number"),
    (json_with(rules='{"pinned": [9]}'), "line 9: pinned: 9 is no match"),
    (json_with(rules='{"starters": ["z"]}'), "line 9: starters: 'z' is no member"),
    (json_with(rules='{"forbidden": 1}'), "line 9: forbidden must be a list"),
]


@pytest.mark.parametrize(("text", "says"), BAD_JSON)
def test_bad_json_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(MarketError) as refused:
        read_json(text)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("market", "rules", "says"),
    [
        (Market((Member(1), Member(1)), ()), Rules(), "listed twice"),
        (Market((Member(1, give=-1),), ()), Rules(), "give must be"),
        (Market((Member(1),), (Match(1, 2, 1.0),)), Rules(), "receiver 2 is no member"),
        (Market((Member(1), Member(2)), (Match(1, 2, math.nan),)), Rules(), "NaN"),
        (Market((Member(1), Member(2)), (Match(1, 2, math.inf),)), Rules(), "infinite"),
        (Market((Member(1), Member(2)), (Match(1, 2, -1.0),)), Rules(), "negative"),
        (Market((), ()), Rules(max_ring=5), "longest ring"),
        (Market((), ()), Rules(max_ring=1), "longest ring"),
        (Market((), ()), Rules(max_chain=-1), "longest chain"),
        (Market((), ()), Rules(pinned=(0,)), "no match 0"),
        (Market((), ()), Rules(forbidden=(0,)), "no match 0"),
        (Market((), ()), Rules(starters=("x",)), "'x' is no member"),
    ],
)
def test_a_market_that_cannot_be_is_refused(market: Market, rules: Rules, says: str) -> None:
    with pytest.raises(MarketError) as refused:
        solve(market, rules)
    assert says in str(refused.value)


def test_what_is_written_reads_the_same() -> None:
    market, rules = read_market(HERE / "sample.json")
    assert read_json(market_as_json(market, rules)) == (market, rules)
    table, _ = read_market(HERE / "sample.input")
    again = read_input(market_as_input(table))
    assert again.members == table.members
    assert tuple(again.matches) == tuple(table.matches)
    with pytest.raises(MarketError):
        market_as_input(market)


def test_the_command_answers_in_json_and_in_words() -> None:
    run = CliRunner()
    answer = run.invoke(exchange, ["solve", str(HERE / "sample.json"), "--json"])
    assert answer.exit_code == 0
    told = json.loads(answer.output)
    assert list(told)[: len(KEYS) + 2] == [*KEYS, "fairness_cost", "seconds"]
    words = run.invoke(exchange, ["solve", str(HERE / "sample.json")])
    assert words.exit_code == 0
    assert "served" in words.output
    short = run.invoke(exchange, ["solve", str(HERE / "sample.input"), "--max-ring", "2", "--json"])
    assert json.loads(short.output)["rings"] == [[0, 1]]
    chained = run.invoke(
        exchange, ["solve", str(HERE / "sample.json"), "--max-chain", "0", "--json"]
    )
    assert json.loads(chained.output)["chains"] == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("bad.input", "2 1\n0 1 -2\n-1 -1 -1\n", "bad.input: line 2"),
        ("bad.input", "2 1\n0 1 inf\n-1 -1 -1\n", "bad.input: line 2: its worth is infinite"),
        ("bad.json", json_with('{"giver": "a", "receiver": "b", "worth": NaN}'), "(NaN)"),
        ("bad.json", '{"members": [],\n"matches": 3}', "line 2: matches must be a list"),
        ("bad.txt", "", "ends in .input or .json"),
        ("bad.json", "{}", "members is missing"),
    ],
)
def test_the_command_leaves_with_2_on_a_bad_file(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / name).write_text(text)
    answer = CliRunner().invoke(exchange, ["solve", str(tmp_path / name)])
    assert answer.exit_code == 2
    assert says in answer.output


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b'{"members": [],\n"matches": [\xff]}')
    with pytest.raises(MarketError, match="line 2: this is no UTF-8 text"):
        read_market(tmp_path / "bad.json")


@pytest.mark.parametrize("longest", ["0", "3"])
def test_a_market_too_large_for_exactness_says_so_and_gives_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, longest: str
) -> None:
    pairs = [(a, b) for a in range(14) for b in range(14) if a != b]
    market = Market(
        tuple(Member(i, 1 + i % 2, 2) for i in range(14)),
        tuple(Match(a, b, 1.0 + (a * b) % 7, f"{b}:{a % 5}") for a, b in pairs),
    )
    rules = Rules(max_ring=3, max_chain=int(longest), starters=(0, 1))
    (tmp_path / "large.json").write_text(market_as_json(market, rules))
    best = solve(market, rules)
    monkeypatch.setattr("coachhub.exchange.layout.LISTED", 300)
    command = ["solve", str(tmp_path / "large.json"), "--max-chain", longest]
    answer = CliRunner().invoke(exchange, [*command, "--json"])
    assert answer.exit_code == 0
    told = json.loads(answer.output)
    assert told["status"] == "bounded"
    assert best.bound - 1e-6 <= told["bound"]
    assert 0 < told["worth"] <= best.bound + 1e-6
    assert "too large" in told["note"]
    words = CliRunner().invoke(exchange, command)
    assert "rings of up to 2" in words.output


def test_a_market_with_too_many_swaps_still_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(a, b) for a in range(6) for b in range(6) if a != b]
    market = Market(tuple(map(Member, range(6))), tuple(Match(a, b, 1.0) for a, b in pairs))
    best = solve(market)
    monkeypatch.setattr("coachhub.exchange.layout.LISTED", 3)
    monkeypatch.setattr("coachhub.exchange.ceiling.MOST_ARCS", 3)
    found = solve(market)
    assert (found.status, found.worth, found.rings) == ("bounded", 0.0, ())
    assert found.bound >= best.worth

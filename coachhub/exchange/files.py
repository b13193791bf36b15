"""Markets in files: ``.input`` (numbers in lines) and ``.json``; rounds as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from coachhub.exchange.market import Market, MarketError, Match, Member, MemberId, Round, Rules
from coachhub.exchange.places import line_of_item
from coachhub.exchange.table import MatchTable, what_is_wrong

END = ("-1", "-1", "-1")
COLUMNS = 3
JSON_SPACE = re.compile(r"[ \t\n\r]*")


def read_market(path: Path) -> tuple[Market, Rules]:
    """Read a market and its rules; what a file doesn't say has the default of `Rules`.

    Raises:
        MarketError: the file is neither kind, or malformed; the message names the line.
    """
    kind = path.suffix.lower()
    if kind not in {".input", ".json"}:
        raise MarketError(f"{path.name}: a market's file ends in .input or .json.")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise MarketError(f"line {line}: this is no UTF-8 text.") from None
    return (read_input(text), Rules()) if kind == ".input" else read_json(text)


def read_input(text: str) -> Market:
    """Read the ``.input`` form: ``n m``, then m lines ``giver receiver worth``, then -1 -1 -1.

    Every cap is 1; a match's index is its place among the m lines, counted from 0.

    Raises:
        MarketError: malformed; the message names the line, counted from 1.
    """
    lines = text.splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    n, m = _head(lines[0] if lines else "")
    if len(lines) != m + 2:
        _refuse_input(lines, n, m)
    if tuple(lines[-1].split()) != END:
        _refuse_input(lines, n, m)
    try:
        # One conversion of the joined columns is several times faster than line by line.
        giver, receiver, worth = zip(*map(str.split, lines[1:-1]), strict=True) if m else ((),) * 3
        table = MatchTable(
            np.array(giver, dtype=np.int64),
            np.array(receiver, dtype=np.int64),
            np.array(worth, dtype=np.float64),
        )
    except (ValueError, OverflowError):
        _refuse_input(lines, n, m)
        raise
    ends = np.concatenate([table.giver, table.receiver, np.zeros(1, dtype=np.int64)])
    fine = ends.min() >= 0 and (m == 0 or ends.max() < n)
    if not fine or not np.all(np.isfinite(table.worth) & (table.worth >= 0)):
        _refuse_input(lines, n, m)
    return Market(tuple(Member(i, 1, 1) for i in range(n)), table)


def _head(line: str) -> tuple[int, int]:
    parts = line.split()
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):  # noqa: PLR2004
        # two is what "n m" says
        raise MarketError(f"line 1: two whole numbers are due, members and matches, not {line!r}.")
    return int(parts[0]), int(parts[1])


def _refuse_input(lines: list[str], n: int, m: int) -> None:  # noqa: C901
    # one plain question after the other
    """Raise for the first line that is wrong; slow, so only called when one is."""
    for number, line in enumerate(lines[1:], start=2):
        parts = line.split()
        where = f"line {number}"
        if number == m + 2:
            if tuple(parts) != END:
                raise MarketError(f"{where}: after {m} matches -1 -1 -1 is due, not {line!r}.")
            continue
        if number > m + 2:
            raise MarketError(f"{where}: nothing may follow -1 -1 -1, but here is {line!r}.")
        if tuple(parts) == END:
            raise MarketError(f"{where}: -1 -1 -1 after {number - 2} of {m} matches.")
        if len(parts) != COLUMNS:
            raise MarketError(f"{where}: giver, receiver and worth are due, not {line!r}.")
        for part, label in zip(parts[:2], ("giver", "receiver"), strict=True):
            if not (part.isascii() and part.isdigit()) or int(part) >= n:
                raise MarketError(
                    f"{where}: {label} {part!r} is no member; members are 0 to {n - 1}.",
                )
        try:
            worth = float(parts[2])
        except ValueError:
            raise MarketError(f"{where}: worth {parts[2]!r} is no number.") from None
        if not (np.isfinite(worth) and worth >= 0):
            raise MarketError(f"{where}: {what_is_wrong(worth)}")
    if len(lines) < m + 2:
        raise MarketError(f"line {len(lines) + 1}: the file ends before its -1 -1 -1.")


def read_json(text: str) -> tuple[Market, Rules]:
    """Read the ``.json`` form: ``members``, ``matches``, ``rules``.

    Raises:
        MarketError: malformed; the message names the line, counted from 1.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise MarketError(f"line {error.lineno}: {error.msg}.") from None
    except RecursionError:
        raise MarketError("line 1: nested too deeply.") from None
    if not isinstance(data, dict):
        raise MarketError("line 1: an object with members and matches is due.")
    members = [
        _member(item, text, i) for i, item in enumerate(_list(data, "members", text, due=True))
    ]
    known: set[MemberId] = set()
    for i, member in enumerate(members):
        if member.id in known:
            raise _wrong(text, "members", i, f"member {member.id!r} is listed twice")
        known.add(member.id)
    matches = [
        _match(item, known, text, i)
        for i, item in enumerate(_list(data, "matches", text, due=True))
    ]
    return Market(tuple(members), tuple(matches)), _rules(data, known, len(matches), text)


def _wrong(text: str, key: str, index: int | None, what: str) -> MarketError:
    return MarketError(f"line {line_of_item(text, key, index)}: {what}.")


def _list(data: dict[str, Any], key: str, text: str, *, due: bool) -> list[Any]:
    if key not in data and due:
        raise MarketError(f"line 1: {key} is missing.")
    value = data.get(key, [])
    if not isinstance(value, list):
        raise _wrong(text, key, None, f"{key} must be a list")
    return value


def _is_id(value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _member(item: object, text: str, i: int) -> Member:
    if not isinstance(item, dict):
        raise _wrong(text, "members", i, "a member must be an object")
    if not _is_id(item.get("id")):
        raise _wrong(text, "members", i, "a member needs an id, a text or a whole number")
    counts: dict[str, int] = {}
    for label, usual in (("give", 2), ("receive", 2), ("waited", 0)):
        value = item.get(label, usual)
        if type(value) is not int or value < 0:
            what = f"{label} must be a whole number from 0, not {value!r}"
            raise _wrong(text, "members", i, what)
        counts[label] = value
    return Member(item["id"], **counts)


def _match(item: object, known: set[MemberId], text: str, i: int) -> Match:
    if not isinstance(item, dict):
        raise _wrong(text, "matches", i, "a match must be an object")
    for label in ("giver", "receiver"):
        name = item.get(label)
        if not _is_id(name) or name not in known:
            raise _wrong(text, "matches", i, f"{label} {name!r} is no member")
    for label in ("need", "asset"):
        if item.get(label) is not None and not _is_id(item[label]):
            raise _wrong(text, "matches", i, f"{label} must be a text or a whole number")
    worth = item.get("worth")
    if type(worth) is not float and type(worth) is not int:
        raise _wrong(text, "matches", i, f"worth must be a number, not {worth!r}")
    try:
        worth = float(worth)
    except OverflowError:
        raise _wrong(text, "matches", i, "its worth is infinite (too many digits)") from None
    if not (np.isfinite(worth) and worth >= 0):
        raise _wrong(text, "matches", i, what_is_wrong(worth).rstrip("."))
    return Match(item["giver"], item["receiver"], worth, item.get("need"), item.get("asset"))


def _rules(data: dict[str, Any], known: set[MemberId], matches: int, text: str) -> Rules:
    rules = data.get("rules", {})
    if not isinstance(rules, dict):
        raise _wrong(text, "rules", None, "rules must be an object")
    said: dict[str, Any] = {}
    for label in ("max_ring", "max_chain"):
        if label in rules:
            if type(rules[label]) is not int:
                raise _wrong(text, "rules", None, f"{label} must be a whole number")
            said[label] = rules[label]
    for label in ("starters", "pinned", "forbidden"):
        value = rules.get(label, [])
        if not isinstance(value, list):
            raise _wrong(text, "rules", None, f"{label} must be a list")
        for entry in value:
            if label == "starters":
                fine = _is_id(entry) and entry in known
            else:
                fine = type(entry) is int and 0 <= entry < matches
            if not fine:
                what = "member" if label == "starters" else "match"
                raise _wrong(text, "rules", None, f"{label}: {entry!r} is no {what}")
        said[label] = tuple(value)
    return Rules(**said)


def market_as_json(market: Market, rules: Rules) -> str:
    """Write a market and its rules in the ``.json`` form, one member or match a line."""
    members = ",\n  ".join(json.dumps(asdict(member)) for member in market.members)
    matches = ",\n  ".join(json.dumps(asdict(match)) for match in market.matches)
    said = json.dumps(asdict(rules))
    return f'{{"members": [\n  {members}],\n"matches": [\n  {matches}],\n"rules": {said}}}\n'


def market_as_input(market: Market) -> str:
    """Write a market in the ``.input`` form.

    Raises:
        MarketError: a cap other than 1, a wait or a need, which that form can't hold.
    """
    place = {member.id: i for i, member in enumerate(market.members)}
    if any((m.give, m.receive, m.waited) != (1, 1, 0) for m in market.members):
        raise MarketError("An .input file holds only members with caps of 1 who haven't waited.")
    if any(match.need is not None for match in market.matches):
        raise MarketError("An .input file holds no needs.")
    lines = [f"{len(place)} {len(market.matches)}"]
    lines += [f"{place[m.giver]} {place[m.receiver]} {m.worth!r}" for m in market.matches]
    return "\n".join([*lines, " ".join(END), ""])


def round_as_json(found: Round) -> str:
    """Write a round as one line of JSON, keys in the order of `Round`, and its note last."""
    return json.dumps(asdict(found) | {"note": found.note}, allow_nan=False)

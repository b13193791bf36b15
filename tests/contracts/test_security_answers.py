"""ASVS 5.0: every requirement of levels 1 and 2 has one answer, and what it names is there."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from contracts.tree import ROOT, parsed

FOLDER = ROOT / "docs" / "security"
# Facts alone: the numbers of ASVS 5.0.0 and their levels.
NUMBERS = Path(__file__).parent / "asvs_5.0.0.csv"
LINE = re.compile(
    r"\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| (Holds|Not applicable|Open)\. ([^|]+) \|"
)
TEST = re.compile(r"`(tests/[\w/.]+\.py)::(test_\w+)`")
LINK = re.compile(r"\]\(([^)#:]+?)(?:#[\w-]+)?\)")


def pages() -> list[Path]:
    return sorted([*FOLDER.glob("*.md"), ROOT / "docs" / "security.md"])


def answers() -> list[tuple[str, str, str, str]]:
    """Return (number, level, answer, reason) of every line of the tables."""
    found = []
    for page in pages():
        for line in page.read_text(encoding="utf-8").splitlines():
            if re.match(r"\| \d+\.\d+", line):
                match = LINE.fullmatch(line)
                assert match, f"{page.name}: {line}"
                found.append((match[1], match[2], match[4], match[5]))
    return found


def test_every_number_is_answered_once_with_its_level() -> None:
    with NUMBERS.open(encoding="utf-8") as file:
        wanted = [(one["number"], one["level"]) for one in csv.DictReader(file)]
    assert len(wanted) == len(set(wanted)) == 253
    assert sorted(one[:2] for one in answers()) == sorted(wanted)


def test_what_holds_names_what_shows_it_and_the_rest_its_reason() -> None:
    bare = [
        number
        for number, _level, answer, reason in answers()
        if (answer == "Holds" and not (TEST.search(reason) or LINK.search(reason)))
        or (answer != "Holds" and len(reason.split()) < 3)
    ]
    assert bare == []


def test_every_test_that_is_named_is_there() -> None:
    named = {one for page in pages() for one in TEST.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 100
    missing = {
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or name not in functions_of(Path(path))
    }
    assert missing == set()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_every_file_that_is_linked_is_there(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [one for one in links if not (page.parent / one).resolve().is_file()] == []


def test_the_figures_are_those_of_the_answers() -> None:
    count = Counter(answer for _number, _level, answer, _reason in answers())
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    told = re.search(
        r"Of (\d+) requirements (\d+) hold, (\d+) do not apply, and (\d+) are open", text
    )
    assert told is not None
    assert [int(one) for one in told.groups()] == [
        count.total(), count["Holds"], count["Not applicable"], count["Open"],
    ]  # fmt: skip


def functions_of(path: Path) -> set[str]:
    return {one.name for one in ast.walk(parsed(path)) if isinstance(one, ast.FunctionDef)}

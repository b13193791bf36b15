"""What holds for every script and style sheet of ours, the plugins' too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coachhub.core.paths import static

ROOT = Path(__file__).parents[2]
OURS = [
    *static().glob("*.css"),
    *static().glob("*.js"),
    *(ROOT / "plugins").rglob("*.css"),
    *(ROOT / "plugins").rglob("*.js"),
]
SHEETS = sorted(path for path in OURS if path.suffix == ".css")
SCRIPTS = sorted(path for path in OURS if path.suffix == ".js")
# Sides of the screen instead of the text's: a language that is written from the right would not
# mirror. Corners are named by both sides, as in border-top-left-radius.
SIDED = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:"
    r"|text-align:\s*(?:left|right)|(?:float|clear):\s*(?:left|right)"
)
# The same in one line of four, as in margin: 0 1rem 0 0.
FOUR = re.compile(
    r"(?<![\w-])(?:margin|padding|inset):\s*([^\s;]+) +([^\s;]+) +([^\s;]+) +([^\s;]+)\s*;"
)
QUOTED = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
# Two words that begin as a sentence does, or end as one.
SENTENCE = re.compile(r"^[A-Z][a-z]+ [a-z]|[a-z]{2} [a-z]{2,}[.!?]$|^[A-Z][a-z]+$")
# Names of keys and of HTML's elements, as the browser gives them.
NOT_SAID = {"Escape", "Tab"}


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_know_no_left_and_right(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert SIDED.findall(text) == []
    assert [one for one in FOUR.findall(text) if one[1] != one[3]] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_no_sentence(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    said = ["".join(found) for found in QUOTED.findall(text)]
    assert [one for one in said if SENTENCE.search(one) and one not in NOT_SAID] == []


def test_the_searches_find_what_they_look_for() -> None:
    assert SIDED.findall(".a { margin-left: 1px }\n.b {\n  right: 0;\n}")
    assert not SIDED.findall(".a { margin-inline-start: 1px; border-inline: 0; inset-inline: 0 }")
    assert FOUR.findall("margin: 0 1rem 0 0;") == [("0", "1rem", "0", "0")]
    assert SENTENCE.search("Copied")
    assert SENTENCE.search("We kept this.")

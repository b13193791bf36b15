"""The labelled sets: large enough, balanced, written once; and what the guards make of them.

What is asked for is a recall of 0.90 and at most 0.10 false nudges on texts that the guards have
not seen. Contact details reach it. How near the others are stands in
`docs/decisions/guards-read-cues-not-meaning.md`; the floors below may only rise.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("figures", Path(__file__).parent / "figures.py")
assert _SPEC
assert _SPEC.loader
figures = importlib.util.module_from_spec(_SPEC)
sys.modules["figures"] = figures
_SPEC.loader.exec_module(figures)

ASKED_RECALL, ASKED_FALSE = 0.90, 0.10
MASKED = 0.95
# Guard: (recall at least, false nudges at most), the middle of the third and fourth set, by weights
# that had not seen the set.
UNSEEN = {
    "confidential": (0.85, 0.08),
    "scam": (0.89, 0.08),
    "attack": (0.88, 0.08),
    # Fewer false nudges than before for a little recall.
    "selling": (0.83, 0.08),
    "gift": (0.88, 0.08),
}
LEAST_OF_A_GUARD = 600  # texts written for each


@pytest.mark.parametrize("guard", list(figures.GUARDS))
def test_a_set_is_large_balanced_and_says_everything_once(guard: str) -> None:
    rows = [one for half in figures.HALVES for one in figures.labelled(guard, half)]
    assert len(rows) >= 200
    assert 0.45 <= sum(one.wanted for one in rows) / len(rows) <= 0.55
    assert len({one.text for one in rows}) == len(rows)


@pytest.mark.parametrize("guard", list(figures.GUARDS))
def test_what_the_rules_have_seen_is_heard(guard: str) -> None:
    found = figures.measured(guard, "first")
    assert found.recall >= ASKED_RECALL, found.missed
    assert found.false_nudges <= ASKED_FALSE, found.false


def test_contact_details_are_seen_by_rules_that_had_not_seen_them() -> None:
    found = figures.measured("contact", "second")
    assert found.recall >= ASKED_RECALL, found.missed
    assert found.false_nudges <= ASKED_FALSE, found.false


@pytest.mark.parametrize("guard", list(UNSEEN))
def test_weights_that_have_not_seen_a_set_do_not_get_worse(guard: str) -> None:
    recall, false_nudges = UNSEEN[guard]
    rows = [row for row in figures.left_out() if row["guard"] == guard]
    sets = [row for row in rows if row["set"] in {"third", "fourth"}]
    texts = sum(int(row["texts"]) for row in sets)

    def middle(column: str) -> float:
        return sum(float(row[column]) * int(row["texts"]) for row in sets) / texts

    assert texts >= 250
    assert middle("recall") >= recall
    assert middle("false") <= false_nudges
    assert int(next(row["texts"] for row in rows if row["set"] == "own")) >= LEAST_OF_A_GUARD


@pytest.mark.parametrize("half", ["first", "second"])
def test_five_hundred_ways_of_writing_an_address_or_a_number_are_covered(half: str) -> None:
    assert len(figures.ways(half)) == 500
    left = figures.unmasked(half)
    assert len(left) <= 500 * (1 - MASKED), left

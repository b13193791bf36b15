"""Answers become offers: the right kind, the right company, words that stand in a sentence."""

from __future__ import annotations

import pytest

from coachhub.board.drafting import MOST, Told, drafted, lines


@pytest.mark.parametrize(
    ("told", "kind", "company", "title"),
    [
        (
            Told(worked=(("Old Mill Bakeries", ""),)),
            "insider",
            "Old Mill Bakeries",
            "I worked at Old Mill Bakeries and can tell how it is",
        ),
        (
            Told(worked=(("Nordlicht Energy", "Controller, until 2024"),)),
            "insider",
            "Nordlicht Energy",
            "I worked at Nordlicht Energy (Controller, until 2024): ask me how it is there",
        ),
        (
            Told(knows=("A maintenance planner at Harbour Foods",)),
            "door",
            "Harbour Foods",
            "I know a maintenance planner at Harbour Foods, and can ask them for you",
        ),
        (
            Told(knows=("a recruiter for finance leads",)),
            "recruiter",
            "",
            "I know a recruiter for finance leads, and would put in a word for you",
        ),
        (
            Told(reads=("Two shipping weeklies",)),
            "bulletin",
            "",
            "I read two shipping weeklies and pass on what matters",
        ),
        (Told(makes=("a tracker for applications",)), "tools", "", "A tracker for applications"),
        (Told(makes=("walnut bread on Mondays",)), "treat", "", "Walnut bread on Mondays"),
        (Told(can=("a mock interview",)), "time", "", "A mock interview"),
        (Told(can=("Excel models, checked",)), "skill", "", "Excel models, checked"),
    ],
)
def test_each_answer_becomes_an_offer(told: Told, kind: str, company: str, title: str) -> None:
    (offer,) = drafted(told)
    assert (offer.kind, offer.company, offer.title) == (kind, company, title)


def test_the_field_goes_with_what_is_of_a_field() -> None:
    made = drafted(Told(reads=("a weekly",), makes=("bread",)), "shipping")
    assert [one.field for one in made] == ["shipping", ""]


def test_twice_is_once_and_there_is_an_end() -> None:
    assert len(drafted(Told(can=("a mock interview", "A mock interview")))) == 1
    assert len(drafted(Told(reads=tuple(f"weekly {n}" for n in range(30))))) == MOST


def test_lines_are_answers_without_bullets_and_blanks() -> None:
    assert lines("- one\n\n • two \none\n") == ("one", "two")
    assert lines(" \n") == ()

"""Counting, finding passages again, and comparing: without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachhub_pitch import passages, reading

TEXT = (
    "I make old plants run quietly. Last year we halved the stops at a dairy."
    " I look for a maintenance team in the north. Do you know one planner there?"
)
QUOTE = "Last year we halved the stops at a dairy."
AT = TEXT.index(QUOTE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        (" – …  ", 0),
        ("one", 1),
        ("I don't do half-measures", 4),
        ("3.5 % in 2025, e.g. at Müller-Lüdenscheidt", 6),
        ("one\ntwo\tthree", 3),
    ],
)
def test_words_are_counted_as_they_are_said(text: str, words: int) -> None:
    assert reading.words_in(text) == words


@pytest.mark.parametrize(("words", "pace", "seconds"), [(0, 130, 0), (130, 130, 60), (1, 130, 1)])
def test_seconds_follow_from_the_pace(words: int, pace: int, seconds: int) -> None:
    assert reading.seconds_of("word " * words, pace) == seconds


def test_a_span_and_its_goal_are_said_in_words() -> None:
    assert [reading.spoken(one) for one in (0, 59, 60, 65)] == ["0 s", "59 s", "1 min", "1 min 5 s"]
    assert reading.judged(0, 12) == "Nothing to say yet."
    assert reading.judged(20, 12) == "8 s over the goal: leave one thing out."
    assert reading.judged(12, 12) == "Within the goal."
    assert reading.judged(5, 12).startswith("Well within")


def test_a_passage_that_only_moved_is_found_to_the_letter() -> None:
    found = passages.find(f"Hello. {TEXT}", QUOTE, AT)
    assert found == passages.Passage(AT + 7, AT + 7 + len(QUOTE), exact=True)


def test_of_the_same_words_twice_the_nearer_ones_win() -> None:
    text = "I help. You win. I help. You win. I help."
    assert passages.find(text, "I help.", 15) == passages.Passage(17, 24, exact=True)


@pytest.mark.parametrize(
    "changed",
    [
        "Last year we nearly halved the stops at a dairy.",
        "Last year we halved stops at a dairy",
        "Last year, we halved the stops at one dairy.",
    ],
)
def test_a_passage_that_changed_a_little_is_still_found(changed: str) -> None:
    text = TEXT.replace(QUOTE, changed)
    found = passages.find(text, QUOTE, AT)
    assert found is not None
    assert not found.exact
    assert "halved" in text[found.start : found.end]
    assert abs(found.start - AT) < 8


@pytest.mark.parametrize("text", ["", "I bake bread.", TEXT.replace(QUOTE, "We also sell cars.")])
def test_a_passage_that_is_gone_is_not_found_elsewhere(text: str) -> None:
    assert passages.find(text, QUOTE, AT) is None


def test_no_quote_is_no_passage() -> None:
    assert passages.find(TEXT, "", 0) is None


@given(before=st.text(max_size=60), quote=st.text(min_size=1, max_size=40), after=st.text())
def test_what_stands_there_is_found_where_it_stands(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    found = passages.find(text, quote, len(before))
    assert found == passages.Passage(len(before), len(before) + len(quote), exact=True)


@given(text=st.text(max_size=200), quote=st.text(max_size=60), start=st.integers(0, 500))
def test_finding_stays_inside_the_text(text: str, quote: str, start: int) -> None:
    found = passages.find(text, quote, start)
    assert found is None or 0 <= found.start < found.end <= len(text)


def test_sentences_are_where_they_say() -> None:
    found = passages.sentences(TEXT)
    assert len(found) == 4
    assert all(TEXT[at : at + len(words)] == words for at, words in found)
    assert passages.sentences("First line\n\nSecond line") == [
        (0, "First line"),
        (12, "Second line"),
    ]
    assert passages.sentences(" ... ") == []


@given(old=st.text(max_size=120), new=st.text(max_size=120))
def test_a_comparison_holds_both_texts(old: str, new: str) -> None:
    changes = passages.compared(old, new)
    assert "".join(text for change, text in changes if change != "gone") == new
    assert "".join(text for change, text in changes if change != "added") == old


def test_marks_may_overlap_and_lose_no_letter() -> None:
    pieces = passages.marked(
        "abcdef", [(1, passages.Passage(0, 4, exact=True)), (2, passages.Passage(2, 6, exact=True))]
    )
    assert [(one.text, one.marks) for one in pieces] == [("ab", (1,)), ("cd", (1, 2)), ("ef", (2,))]
    assert passages.marked("abc", []) == [passages.Piece("abc")]

"""How the guards read: plain letters, passages as typed, details covered, words watched."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachhub.moderation.guarding.cues import WORDS, lexicon
from coachhub.moderation.guarding.details import covered, details
from coachhub.moderation.guarding.plain import plain
from coachhub.moderation.guarding.watched import problem, watch
from coachhub.moderation.own_guards import SAID

LETTERS = st.text("abc -.", max_size=60)


@given(st.text(max_size=80))
def test_every_plain_letter_knows_where_it_was_typed(typed: str) -> None:
    read = plain(typed)
    assert len(read.at) == len(read.text) + 1
    assert list(read.at) == sorted(read.at)
    assert read.at[-1] == len(typed)
    ends = list(read.sentences())
    assert all(one[1] <= other[0] for one, other in pairwise(ends))


def test_a_passage_is_quoted_as_it_was_typed() -> None:
    verdict = lexicon("confidential").judge("Our STRICTLY  Confidential price list")
    assert verdict.speaks
    assert verdict.passage in "Our STRICTLY  Confidential price list"
    assert "footer +1.1" in verdict.explained()


@pytest.mark.parametrize("guard", ["confidential", "scam", "attack", "selling"])
def test_a_guard_says_its_word_kindly_and_shortly(guard: str) -> None:
    known = lexicon(guard)
    for sentence in (known.why, known.instead):
        assert sentence.endswith(".")
        assert "!" not in sentence
        assert len(sentence) <= 160
        assert sentence in SAID, "what is not collected stays English"
    assert {one.weight > 0 for one in known.cues} == {True, False}


def test_another_language_is_a_folder() -> None:
    assert {one.name for one in WORDS.iterdir()} == {"en", "es", "fr"}
    with pytest.raises(FileNotFoundError):
        lexicon("scam", "xx")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Ring 0171 2345678 or 0171 2345679.", "Ring [phone number] or [phone number]."),
        ("ada [at] example [dot] org, please", "[mail address], please"),
        ("Look at example.org/careers", "Look at example.org/careers"),
        ("12.03.2026, 55,000 to 62,000 euros", "12.03.2026, 55,000 to 62,000 euros"),
    ],
)
def test_details_are_covered_and_other_numbers_are_not(typed: str, read: str) -> None:
    assert covered(typed) == read
    assert covered(read) == read


@given(st.text(max_size=120))
def test_what_is_covered_lies_in_the_text_and_apart(typed: str) -> None:
    found = details(typed)
    assert all(0 <= one.start < one.end <= len(typed) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.lists(st.text("abc*", min_size=2, max_size=6), max_size=8), LETTERS)
def test_a_watched_word_is_found_where_a_plain_search_finds_it(
    words: list[str], typed: str
) -> None:
    good = tuple(dict.fromkeys(word for word in words if not problem(word)))
    found = {one.word for one in watch(good).sightings(typed)}
    for word in good:
        pattern = re.escape(word).replace(r"\*", r"\w*")
        assert (word in found) == bool(re.search(rf"\b{pattern}\b", typed)), word


@pytest.mark.parametrize("word", ["", "*", "a*", "gold *", "x" * 81])
def test_what_cannot_be_watched_is_told(word: str) -> None:
    assert problem(word)


def test_a_regular_expression_is_read_letter_by_letter() -> None:
    assert not watch(("(a+)+b", "c.t")).sightings("aaaaaaaab cat")
    assert watch(("c.t",)).sightings("write c.t like this")[0].passage == "c.t"

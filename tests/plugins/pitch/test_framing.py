"""The ask builder: the same words give the same framings, and each could be acted on tomorrow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from coachhub.board.specific import check_ask
from coachhub_pitch.framing import RULES, Situation, company_in, framings, weak_points

TODAY = dt.date(2026, 3, 2)
BLUNT = {
    "I need a job": "door",
    "Can you get me into Shell?": "door",
    "Do you know any recruiters?": "recruiter",
    "Could you look at my CV?": "skill",
    "What do they pay at Shell?": "market",
    "Any tips?": "door",
}


@pytest.fixture(scope="module", autouse=True)
def inside(app: Flask) -> Iterator[None]:
    """The check of an ask knows the kinds that plugins add."""
    with app.app_context():
        yield


def situation(words: str, **more: str) -> Situation:
    given = {"company": "Shell", "role": "Plant engineer"} | more
    return Situation(words=words, today=TODAY, **given)


@pytest.mark.parametrize(("words", "boldest"), BLUNT.items())
def test_a_blunt_ask_becomes_three_that_could_be_acted_on(words: str, boldest: str) -> None:
    made = framings(situation(words))
    assert len({one.title for one in made}) == 3
    assert made[2].kind == boldest
    for one in made:
        assert one.problem == ""
        check_ask(one.kind, one.title, one.body, "Shell", ())
        assert len(one.title) <= 160
        assert {part.rule for part in one.parts} == set(RULES)


@pytest.mark.parametrize("words", BLUNT)
def test_without_a_company_they_still_hold(words: str) -> None:
    for one in framings(situation(words, company="")):
        assert one.problem == ""
        assert "{" not in one.title + one.body


def test_own_words_target_and_offer_stand_in_it() -> None:
    asked = situation(
        "I need a job",
        learn="How long do they take to decide?",
        give="Excel models: I check one for you.",
    )
    first, talk, step = framings(asked)
    assert first.title == (
        "One question to somebody who has worked at Shell: how long do they take to decide?"
    )
    assert first.kind == "insider"
    assert "In return: Excel models: I check one for you." in first.body
    assert "9 March 2026" in first.body
    assert "12 March 2026" in talk.body
    assert "16 March 2026" in step.body
    assert "no is a good answer" in step.body


def test_the_same_words_give_the_same_framings() -> None:
    assert framings(situation("I need a job")) == framings(situation("I need a job"))


def test_an_ask_that_says_nothing_asks_back() -> None:
    made = framings(Situation(words="Help", today=TODAY))
    assert all(one.title and one.body for one in made)


@pytest.mark.parametrize(
    ("words", "company"),
    [
        ("Can you get me into Shell?", "Shell"),
        ("a door at nordlicht energy please", "Nordlicht Energy"),
        ("who works at Harbour Foods & Sons today", "Harbour Foods & Sons"),
        ("I would work for Rail Europe.", "Rail Europe"),
        ("I need a job", ""),
        ("somebody in marketing", ""),
    ],
)
def test_the_company_is_read_from_the_words(words: str, company: str) -> None:
    assert company_in(words, ["Nordlicht Energy", "Nordlicht"]) == company


def test_what_is_weak_is_said_with_the_rule_that_mends_it() -> None:
    weak = weak_points(Situation(words="I need a job", today=TODAY))
    assert [one.rule.key for one in weak] == ["small", "specific", "give", "end", "out"]
    strong = weak_points(
        replace(
            situation("Fifteen minutes with a planner at Shell by Friday, I offer my template"),
            role="",
        )
    )
    assert [one.rule.key for one in strong] == ["small", "out"]


@given(words=st.text(min_size=1, max_size=200), learn=st.text(max_size=90), role=st.text())
def test_no_words_break_it(words: str, learn: str, role: str) -> None:
    for one in framings(Situation(words, TODAY, role=role, learn=learn, company="Shell")):
        assert 0 < len(one.title) <= 160
    weak_points(Situation(words, TODAY))
    company_in(words, ["Shell"])

"""What the guards learned: small enough to keep, explained by the words that weigh most."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachhub.moderation.guarding.cues import WORDS
from coachhub.moderation.guarding.learned import closely, judge, learned, parts
from coachhub.moderation.guarding.meaning import features, stem, tokens
from coachhub.moderation.guarding.plain import plain
from coachhub_gifts import rule

GUARDS = ("confidential", "scam", "attack", "selling")
LARGEST = 400_000  # bytes
FILES = [*(WORDS / "en" / f"{guard}.weights" for guard in GUARDS), rule.WEIGHTS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_weights_are_of_a_size_that_a_repository_can_keep(path: Path) -> None:
    assert path.stat().st_size <= LARGEST
    known = learned(path)
    assert {name[0] for name in known.weights} <= set("wmcdqk")
    assert max(known.weights.values()) > 0 > min(known.weights.values())


def test_words_that_mean_the_same_count_as_one() -> None:
    [one], [other] = tokens(plain("whisky")), tokens(plain("claret"))
    assert one.stem != other.stem
    assert set(one.meanings) == set(other.meanings) == {"alcohol", "dear_thing"}
    assert stem("selling") == stem("sells") == stem("sell")
    together = {name for name, _ in features(tokens(plain("send me your passport")))}
    assert {"midentity", "msecond_person>identity", "wsend me"} <= together


def test_names_sums_and_quotations_are_told_by_how_they_are_written() -> None:
    typed = 'On Monday Ada said "well", Grace. Thanks, Alan. 85 each, or 3.20 at 8:30, in 2024.'
    meant = {one.word: set(one.meanings) for one in tokens(plain(typed))}
    assert "name" in meant["ada"]
    assert {"called"} <= meant["grace"] & meant["alan"]
    assert "called_first" in meant["thanks"]
    assert not {"name", "called"} & meant["monday"]
    assert "quoted" in meant["well"]
    assert "many" in meant["85"]
    assert "few" in meant["3.20"] & meant["8:30"]
    assert not {"few", "many"} & meant["2024"]
    begun = {name for name, _ in features(tokens(plain("I rest. Shut up. Now!")))}
    assert {"w^i", "w^shut", "w^now"} <= begun


def test_the_numbers_of_a_list_weigh_nothing() -> None:
    lines = ["Tea and a listening ear", "Reading CVs", "A lift to the fair", "Pitch practice"] * 8
    listed = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    bare = "\n".join(lines)
    assert [one.stem for one in tokens(plain(listed))] == [one.stem for one in tokens(plain(bare))]
    for guard in GUARDS:
        verdict = judge(guard, listed)
        assert verdict.score < verdict.enough, guard
    assert "#" in "".join(one.stem for one in tokens(plain("For 12 euros.")))


def test_a_long_text_is_read_in_parts_that_leave_nothing_out() -> None:
    typed = " ".join(f"This is sentence number{'x' * place}." for place in range(23))
    read = parts(plain(typed))
    whole = " ".join(one.text for one in read)
    assert len(read) > 1
    assert all(f"sentence number{'x' * place}." in whole for place in range(23))
    assert {one.passage(0, 4) for one in read} == {"This"}


def test_a_breach_is_found_wherever_it_stands_in_a_long_text() -> None:
    calm = "We met at the library on Monday. The coffee was good, and we talked about trains. "
    breach = "Derek, you are a brainless, spiteful toad, and nobody likes you. Get lost. "
    for before in (0, 20, 60):
        typed = calm * before + breach + calm * (60 - before)
        assert len(closely(learned(FILES[2]), plain(typed))) == 2
        verdict = judge("attack", typed)
        assert verdict.speaks
        assert verdict.passage in breach
        assert {"brainless", "spiteful"} <= set(verdict.words)
    assert not judge("attack", calm * 60).speaks


def test_a_verdict_names_the_words_that_weighed_most_and_quotes_their_passage() -> None:
    typed = "I had a good week. My old boss is a brainless, spiteful toad. The weather's fine."
    verdict = judge("attack", typed)
    assert verdict.speaks
    assert verdict.passage in typed
    assert "toad" in verdict.passage or "brainless" in verdict.passage
    assert all(word in typed.lower() for word in verdict.words)
    assert verdict.explained().count("“") == len(verdict.words)


@pytest.mark.parametrize("guard", GUARDS)
@given(typed=st.text(max_size=200))
@settings(max_examples=25)
def test_any_text_can_be_judged(guard: str, typed: str) -> None:
    assert judge(guard, typed).passage in typed

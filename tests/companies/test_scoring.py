"""Pairs of names: tiers, reasons, and rules that hold whatever the trees say."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachhub.companies.features import FEATURES, features
from coachhub.companies.names import parse
from coachhub.companies.scoring import compare, scorer
from coachhub.companies.trees import scorer_from, under_rules

SAMPLES = Path(__file__).parent / "samples"
NAMES = st.text(alphabet="abcdefghij ABC&.,", min_size=1, max_size=24)


def _samples() -> list[tuple[str, str, str]]:
    with (SAMPLES / "pairs.csv").open(encoding="utf-8", newline="") as file:
        return [(row["name_a"], row["name_b"], row["tier"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("one", "two", "tier"), _samples())
def test_the_sample_pairs_get_their_tier(one: str, two: str, tier: str) -> None:
    (answer,) = compare([(one, two)])
    assert answer.tier == tier, answer


@given(NAMES, NAMES)
@settings(max_examples=200, deadline=None)
def test_the_order_of_a_pair_does_not_matter_to_features_of_the_whole(one: str, two: str) -> None:
    a, b = parse(one), parse(two)
    if not (a.key and b.key):
        return
    there = dict(zip(FEATURES, features(a, b), strict=True))
    back = dict(zip(FEATURES, features(b, a), strict=True))
    for name in ("same_key", "likeness", "edits", "sounds", "glued", "form_conflict"):
        assert there[name] == back[name]


@given(NAMES, NAMES)
@settings(max_examples=200, deadline=None)
def test_every_answer_is_whole(one: str, two: str) -> None:
    (answer,) = compare([(one, two)])
    assert 0 <= answer.score <= 1
    assert answer.reason
    assert answer.tier in {"same", "maybe", "different"}


def test_one_batch_scores_as_one_by_one() -> None:
    pairs = [(one, two) for one, two, _ in _samples()]
    assert compare(pairs) == [compare([pair])[0] for pair in pairs]


def test_reasons_are_plain_words() -> None:
    pairs = [
        ("Brindlewix", "Brindlewix Health"),
        ("Meta", "Facebook"),
        ("student", "Brindlewix"),
        ("General Motors", "General Electric"),
    ]
    reasons = [answer.reason for answer in compare(pairs)]
    assert reasons == [
        "same words, plus: Health",
        "both are known names of Meta Platforms",
        "“student” names no company",
        "two different companies that we know",
    ]


def test_an_extra_telling_word_is_never_sure() -> None:
    extra = ["Biotech", "Robotics", "Energy", "Capital", "Zorvane", "Target", "Health"]
    for answer in compare([("Brindlewix", f"Brindlewix {word}") for word in extra]):
        assert answer.tier != "same", answer


def test_companies_known_apart_stay_below_what_they_would_score() -> None:
    row = np.zeros((2, len(FEATURES)))
    names = list(FEATURES)
    row[1, names.index("known")] = -2
    free, apart = under_rules(np.array([0.8, 0.8]), row, 0.9)
    assert apart < free


def test_the_trees_are_monotone_where_they_must_be() -> None:
    trees = scorer()
    rng = np.random.default_rng(7)
    rows = rng.uniform(0, 9, (400, len(FEATURES)))
    for at, direction in enumerate(FEATURES.values()):
        if direction:
            more = rows.copy()
            more[:, at] += 1
            gain = (trees._raw(more) - trees._raw(rows)) * direction
            assert gain.min() >= -1e-6, list(FEATURES)[at]


def test_a_scorer_for_other_features_is_refused() -> None:
    with pytest.raises(ValueError, match="other features"):
        scorer_from({"features": ["something"], "trees": []})

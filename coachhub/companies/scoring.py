"""From features to a score, a tier and a reason in plain words.

The trees and numpy come in with the first score: together they take longer to load than all
the rest of the room.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from coachhub.companies import catalogue
from coachhub.companies.features import FEATURES, align, features
from coachhub.companies.names import Name, parse
from coachhub.companies.words import DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coachhub.companies.trees import Scorer

Tier = Literal["same", "maybe", "different"]
_EDIT_SHARE = list(FEATURES).index("edit_share")
_LETTERS = 3  # so short a word is read as letters


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two names, how sure they are one company (score 0 to 1), and why."""

    name_a: str
    name_b: str
    tier: Tier
    score: float
    reason: str


@cache
def scorer() -> Scorer:
    """The scorer that ships with the package."""
    from coachhub.companies.trees import scorer_from  # noqa: PLC0415 -- brings numpy, 80 ms

    return scorer_from(json.loads((DATA / "scorer.json").read_text("utf-8")))


def rows_for(pairs: Sequence[tuple[Name, Name]]) -> list[list[float]]:
    """Features of pairs of names, catalogue included, one row a pair."""
    return [features(a, b, catalogue.known(a, b)[0], catalogue.near_known(a, b)) for a, b in pairs]


def score_pairs(pairs: Sequence[tuple[Name, Name]], trees: Scorer | None = None) -> list[float]:
    """Scores of many pairs at once; 0 where a side names no company.

    `trees` is another scorer than the one that ships, for measuring.
    """
    real = [at for at, (a, b) in enumerate(pairs) if a.key and b.key]
    scores = [0.0] * len(pairs)
    if real:
        found = (trees or scorer()).score(rows_for([pairs[at] for at in real]))
        for at, score in zip(real, found, strict=True):
            scores[at] = round(float(score), 4)
    return scores


def tier_of(score: float, trees: Scorer | None = None) -> Tier:
    """The tier of a score."""
    trees = trees or scorer()
    if score >= trees.same:
        return "same"
    return "maybe" if score >= trees.maybe else "different"


def _listed(names: Iterable[str]) -> str:
    shown = (name.title() if len(name) > _LETTERS else name.upper() for name in names)
    return ", ".join(dict.fromkeys(shown))


def reason(a: Name, b: Name) -> str:  # noqa: C901, PLR0911 -- one rule a line, read from the top
    """Why two names are, may be or are not one company, in plain words."""
    if not a.key or not b.key:
        empty = b if a.key else a
        return (
            f"“{empty.text.strip()}” names no company"
            if empty.text.strip()
            else "a name is missing"
        )
    strength, entry = catalogue.known(a, b)
    if entry is not None:
        certain = "both are known names of" if strength > 1 else "both may stand for"
        return f"{certain} {entry.name}"
    if strength < 0:
        return "two different companies that we know"
    if a.key == b.key:
        return "same name" if a.words == b.words else "same name, written differently"
    second_a, second_b = a.others | a.former, b.others | b.former
    if a.key in second_b or b.key in second_a or not second_a.isdisjoint(second_b):
        return "one text gives the other's name as a second name"
    pairs, left_a, left_b = align(a, b)
    if sorted(a.plain) == sorted(b.plain):
        return "same words"
    extra = _listed([a.words[i] for i in left_a] + [b.words[j] for j in left_b])
    if "".join(a.plain) == "".join(b.plain):
        return "same name, written differently"
    if a.key in b.initials or b.key in a.initials:
        return "one is the initials of the other"
    if pairs and not (left_a and left_b):
        soft = [(a.words[i], b.words[j]) for i, j, quality in pairs if quality < 1]
        near = "; nearly the same: " + ", ".join(f"{x}/{y}" for x, y in soft) if soft else ""
        return f"same words, plus: {extra}{near}" if extra else f"nearly the same words{near}"
    if pairs:
        common = _listed(a.words[i] for i, _, _ in pairs)
        only_a, only_b = _listed(a.words[i] for i in left_a), _listed(b.words[j] for j in left_b)
        return f"both have: {common}; but {only_a} is not {only_b}"
    if a.key[:1] == b.key[:1] and features(a, b)[_EDIT_SHARE] <= 0.34:  # noqa: PLR2004 -- every third letter
        return "the spelling is close"
    return "nothing in common that tells a company"


def compare(pairs: Sequence[tuple[str, str]]) -> list[Comparison]:
    """Compare pairs of names; one `Comparison` a pair, in the same order."""
    taken = [(parse(a), parse(b)) for a, b in pairs]
    return [
        Comparison(a.text, b.text, tier_of(score), score, reason(a, b))
        for (a, b), score in zip(taken, score_pairs(taken), strict=True)
    ]

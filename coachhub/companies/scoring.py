"""From features to a score, a tier and a reason in plain words.

The scorer is a small ensemble of monotone trees kept as data (`data/scorer.json`; trained
by `tests/bench/train_companies.py`) and evaluated here with numpy.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from coachhub.companies import catalogue
from coachhub.companies.features import FEATURES, align, table
from coachhub.companies.names import Name, parse
from coachhub.companies.words import DATA

Tier = Literal["same", "maybe", "different"]
Matrix = npt.NDArray[np.float64]
_CHUNK = 4096
_AT = {name: at for at, name in enumerate(FEATURES)}
_TELLING = ("left_rare", "left_field", "left_common", "left_number", "left_domain", "soft")
_SURE, _APART = 2.0, -2.0
_BELOW, _APART_SHARE = 0.01, 0.3
_SHORT = 3
_LETTERS = 3  # so short a word is read as letters


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two names, how sure they are one company (score 0 to 1), and why."""

    name_a: str
    name_b: str
    tier: Tier
    score: float
    reason: str


@dataclass(frozen=True)
class Scorer:
    """Trees as arrays, one row a tree: node n goes left if x[feature] <= threshold."""

    base: float
    feature: npt.NDArray[np.int64]
    threshold: Matrix
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    value: Matrix
    depth: int
    same: float
    maybe: float

    def score(self, rows: Matrix) -> Matrix:
        """Score of each row of features, shape (n,), after the rules that no tree may break."""
        parts = [self._raw(rows[at : at + _CHUNK]) for at in range(0, len(rows), _CHUNK)]
        raw = np.concatenate(parts) if parts else np.zeros(0)
        return under_rules(1.0 / (1.0 + np.exp(-raw)), rows, self.same)

    def _raw(self, rows: Matrix) -> Matrix:
        trees = np.arange(len(self.value))
        lines = np.arange(len(rows))[:, None]
        node = np.zeros((len(rows), len(trees)), dtype=np.int64)
        for _ in range(self.depth):
            low = rows[lines, self.feature[trees, node]] <= self.threshold[trees, node]
            node = np.where(low, self.left[trees, node], self.right[trees, node])
        total: Matrix = self.base + self.value[trees, node].sum(axis=1)
        return total


def under_rules(scores: Matrix, rows: Matrix, same: float) -> Matrix:
    """Scores held to rules: equal names are `same`, a mere suggestion stays below it.

    Sure are only equal names, equal words, a name with weak words, places or legal forms
    more, and what the catalogue knows. Two companies that it knows apart stay apart.
    """
    known = rows[:, _AT["known"]]
    equal = (rows[:, _AT["same_key"]] + rows[:, _AT["same_sorted"]]) > 0
    telling = rows[:, [_AT[name] for name in _TELLING]].sum(axis=1) > 0
    unsure = (known < _SURE) & ~equal & (telling | (known > 0))
    held = np.where(unsure, scores * (same - _BELOW), scores)
    held = np.where(
        equal & (rows[:, _AT["form_conflict"]] == 0) & (rows[:, _AT["shortest"]] > _SHORT),
        np.maximum(held, same + _BELOW),
        held,
    )
    return np.where(known <= _APART, held * _APART_SHARE, held)


def scorer_from(data: dict[str, object]) -> Scorer:
    """A scorer from its data form (see `tests/bench/train_companies.py`).

    Raises:
        ValueError: the data was trained on other features than this code has.
    """
    if data["features"] != list(FEATURES):
        raise ValueError("The scorer was trained on other features; train it again.")
    trees = data["trees"]
    if not isinstance(trees, list):
        raise ValueError("The scorer has no trees.")  # noqa: TRY004 -- the file is wrong, not the caller
    size = max(len(tree["value"]) for tree in trees)

    def padded(field: str) -> Matrix:
        return np.array(
            [tree[field] + [0] * (size - len(tree[field])) for tree in trees], np.float64
        )

    return Scorer(
        base=float(str(data["base"])),
        feature=padded("feature").astype(np.int64),
        threshold=padded("threshold"),
        left=padded("left").astype(np.int64),
        right=padded("right").astype(np.int64),
        value=padded("value"),
        depth=int(str(data["depth"])),
        same=float(str(data["same"])),
        maybe=float(str(data["maybe"])),
    )


@cache
def scorer() -> Scorer:
    """The scorer that ships with the package."""
    return scorer_from(json.loads((DATA / "scorer.json").read_text("utf-8")))


def rows_for(pairs: Sequence[tuple[Name, Name]]) -> Matrix:
    """Features of pairs of names, catalogue included."""
    return table([(a, b, catalogue.known(a, b)[0], catalogue.near_known(a, b)) for a, b in pairs])


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
    if a.key[:1] == b.key[:1] and rows_for([(a, b)])[0][list(FEATURES).index("edit_share")] <= 0.34:  # noqa: PLR2004 -- every third letter
        return "the spelling is close"
    return "nothing in common that tells a company"


def compare(pairs: Sequence[tuple[str, str]]) -> list[Comparison]:
    """Compare pairs of names; one `Comparison` a pair, in the same order."""
    taken = [(parse(a), parse(b)) for a, b in pairs]
    return [
        Comparison(a.text, b.text, tier_of(score), score, reason(a, b))
        for (a, b), score in zip(taken, score_pairs(taken), strict=True)
    ]

"""The scorer: a small ensemble of monotone trees kept as data, evaluated with numpy.

The data is `data/scorer.json`, trained by `tests/bench/train_companies.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coachhub.companies.features import FEATURES

Matrix = npt.NDArray[np.float64]
_CHUNK = 4096
_AT = {name: at for at, name in enumerate(FEATURES)}
_TELLING = ("left_rare", "left_field", "left_common", "left_number", "left_domain", "soft")
_SURE, _APART = 2.0, -2.0
_BELOW, _APART_SHARE = 0.01, 0.3
_SHORT = 3


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

    def score(self, features: Sequence[Sequence[float]] | Matrix) -> Matrix:
        """Score of each row of features, shape (n,), after the rules that no tree may break."""
        rows = np.asarray(features, dtype=np.float64).reshape(len(features), len(FEATURES))
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

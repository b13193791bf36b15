"""Trains the scorer of `coachhub.companies` from the open data and writes `scorer.json`.

Needs scikit-learn, in an environment of its own (`.run/train`), never in the product:
`.run/train/bin/python -m tests.bench.train_companies`.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from coachhub.companies.candidates import Index
from coachhub.companies.features import DIRECTIONS, FEATURES
from coachhub.companies.names import Name, parse
from coachhub.companies.scoring import rows_for
from coachhub.companies.words import DATA
from tests.bench import company_data

SEED = 0
SETTINGS = {
    "max_iter": 160,
    "max_depth": 4,
    "learning_rate": 0.06,
    "min_samples_leaf": 10,
    "l2_regularization": 1.0,
}
LISTING_WEIGHT = 0.3  # a listing's candidates are many and mostly easy
SAME, MAYBE = 0.9, 0.13

Rows = npt.NDArray[np.float64]


def hard_rows(pairs: Sequence[company_data.Pair]) -> tuple[Rows, Rows, Rows]:
    """Features, labels and weights of the labelled pairs."""
    rows = np.array(rows_for([(parse(pair.name_a), parse(pair.name_b)) for pair in pairs]))
    return rows, np.array([float(pair.same) for pair in pairs]), np.ones(len(pairs))


def listing_rows(
    listings: Sequence[company_data.Listing], registry: Sequence[tuple[str, str]], most: int = 4
) -> tuple[Rows, Rows, Rows]:
    """The same for the nearest candidates of every listing."""
    index = Index(name for _, name in registry)
    pairs: list[tuple[Name, Name]] = []
    labels: list[float] = []
    for listing in listings:
        name = parse(listing.name)
        for at in index.near(name, most):
            pairs.append((name, parse(registry[at][1])))
            labels.append(float(registry[at][0] == listing.identity))
    return np.array(rows_for(pairs)), np.array(labels), np.full(len(labels), LISTING_WEIGHT)


def fit(parts: Sequence[tuple[Rows, Rows, Rows]]) -> Any:
    """The monotone trees, trained on all parts together."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 -- only here, no product dependency

    rows, labels, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    model = HistGradientBoostingClassifier(
        monotonic_cst=list(DIRECTIONS), early_stopping=False, random_state=SEED, **SETTINGS
    )
    return model.fit(rows, labels, sample_weight=weights)


def as_data(model: Any, same: float = SAME, maybe: float = MAYBE) -> dict[str, object]:
    """The trees as plain lists, in the form that `scoring.scorer_from` reads."""
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        own = range(len(nodes))
        trees.append(
            {
                "feature": [int(node["feature_idx"]) for node in nodes],
                "threshold": [
                    0.0 if node["is_leaf"] else round(float(node["num_threshold"]), 6)
                    for node in nodes
                ],
                "left": [at if nodes[at]["is_leaf"] else int(nodes[at]["left"]) for at in own],
                "right": [at if nodes[at]["is_leaf"] else int(nodes[at]["right"]) for at in own],
                "value": [round(float(node["value"]), 5) for node in nodes],
            }
        )
    return {
        "features": list(FEATURES),
        "base": float(model._baseline_prediction.ravel()[0]),
        "depth": SETTINGS["max_depth"],
        "same": same,
        "maybe": maybe,
        "trees": trees,
    }


def main() -> None:
    """Train on everything that is open and write the data file."""
    if not company_data.is_here():
        sys.exit("The open pairs and listings are not here.")
    parts = [
        hard_rows(company_data.pairs()),
        listing_rows(company_data.listings(), company_data.registry()),
    ]
    target = Path(DATA / "scorer.json")
    target.write_text(json.dumps(as_data(fit(parts)), separators=(",", ":")) + "\n", "utf-8")
    click.echo(f"{target.name}: {len(parts[0][1])} pairs, {len(parts[1][1])} listing candidates")


if __name__ == "__main__":
    main()

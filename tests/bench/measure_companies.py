"""The measures of ENGINE.md section 1 on the open data, cross-validated.

Every pair and every listing is scored by trees that never saw it. The catalogue is not
trained, but whoever wrote it had seen the open pairs: expect less on pairs kept aside.

`.run/train/bin/python -m tests.bench.measure_companies` (needs scikit-learn).
"""

import sys
from collections.abc import Sequence

import click
import numpy as np
import numpy.typing as npt

from coachhub.companies.names import parse
from coachhub.companies.resolve import Registry
from coachhub.companies.scoring import rows_for
from coachhub.companies.trees import scorer_from
from tests.bench import company_data
from tests.bench.train_companies import (
    MAYBE,
    SAME,
    as_data,
    fit,
    hard_rows,
    listing_rows,
)

FOLDS = 5
SURE = 0.995
Rows = npt.NDArray[np.float64]


def best_f1(scores: Rows, same: Rows) -> float:
    """The best F1 over all thresholds."""
    found, total = _by_score(scores, same)
    hits = np.cumsum(found)
    return float((2 * hits / (np.arange(1, len(found) + 1) + total)).max())


def precision_at(scores: Rows, same: Rows, recall: float) -> float:
    """The best precision where at least `recall` of the positives are found."""
    found, total = _by_score(scores, same)
    hits = np.cumsum(found)
    precision = hits / np.arange(1, len(found) + 1)
    return float(precision[hits >= recall * total].max())


def recall_at(scores: Rows, right: Rows, total: int, precision: float) -> float:
    """The best recall of `total` where precision is at least `precision`."""
    found, _ = _by_score(scores, right)
    hits = np.cumsum(found)
    enough = hits / np.arange(1, len(found) + 1) >= precision
    return float(hits[enough].max() / total) if enough.any() else 0.0


def _by_score(scores: Rows, same: Rows) -> tuple[Rows, float]:
    # Ties count against us: a wrong one stands before a right one of the same score.
    order = np.lexsort((same, -scores))
    return same[order], float(same.sum())


def folds(count: int, seed: int) -> Rows:
    """A fold number for each of `count` things, drawn with the seed."""
    numbers = np.arange(count) % FOLDS
    np.random.default_rng(seed).shuffle(numbers)
    return numbers


def main() -> None:
    """Print the measures."""
    if not company_data.is_here():
        sys.exit("The open pairs and listings are not here.")
    pairs, listings = company_data.pairs(), company_data.listings()
    registry = company_data.registry()
    same = np.array([float(pair.same) for pair in pairs])
    scores = np.zeros(len(pairs))
    answers: list[tuple[float, bool, bool]] = []
    of_pair, of_listing = folds(len(pairs), 1), folds(len(listings), 2)
    all_hard = hard_rows(pairs)
    rows = np.array(rows_for([(parse(pair.name_a), parse(pair.name_b)) for pair in pairs]))
    known = Registry(registry)
    for fold in range(FOLDS):
        keep, out = of_pair != fold, of_pair == fold
        own = [listing for at, listing in enumerate(listings) if of_listing[at] != fold]
        other = [listing for at, listing in enumerate(listings) if of_listing[at] == fold]
        hard = (all_hard[0][keep], all_hard[1][keep], all_hard[2][keep])
        trees = scorer_from(as_data(fit([hard, listing_rows(own, registry)])))
        scores[out] = trees.score(rows[out])
        found = known.resolve([listing.name for listing in other], trees)
        answers.extend(
            (answer.score, answer.id == listing.identity, answer.id is not None)
            for answer, listing in zip(found, other, strict=True)
        )
    _report(scores, same, answers, sum(bool(listing.identity) for listing in listings))


def _report(
    scores: Rows, same: Rows, answers: Sequence[tuple[float, bool, bool]], listed: int
) -> None:
    sure = scores >= SAME
    shown = scores >= MAYBE
    given = [(score, right) for score, right, answered in answers if answered]
    listing_scores = np.array([score for score, _ in given])
    listing_right = np.array([float(right) for _, right in given])
    click.echo(f"pairs {len(same)}, positives {int(same.sum())}, folds {FOLDS}")
    click.echo(f"best F1 on hard pairs          {best_f1(scores, same):.3f}   (must reach .85)")
    click.echo(
        f"precision at recall .8         {precision_at(scores, same, 0.8):.3f}   (must reach .90)"
    )
    click.echo(
        f"tier same: precision           {same[sure].mean():.4f}  (must reach .995)\n"
        f"tier same: recall              {same[sure].sum() / same.sum():.3f}   (must reach .45)\n"
        f"same + maybe: recall           {same[shown].sum() / same.sum():.3f}   (must reach .88)\n"
        f"  hard negatives shown         {(1 - same)[shown].sum() / (1 - same).sum():.3f}   "
        "(at most .15)"
    )
    sure_listings = listing_right[listing_scores >= SAME]
    click.echo(
        f"listings: recall at .995       "
        f"{recall_at(listing_scores, listing_right, listed, SURE):.3f}   (must reach .970)\n"
        f"  tier same: precision, recall {sure_listings.mean():.4f}, "
        f"{sure_listings.sum() / listed:.3f}"
    )
    wrong = (1 - same)[sure].sum()
    click.echo(f"  wrong in tier same           {int(wrong)} of {int(sure.sum())}")


if __name__ == "__main__":
    main()

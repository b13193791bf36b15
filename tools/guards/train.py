"""Train the guards: from texts to the weights that `learned` reads; ``make guard-train``.

``texts/<guard>_*.txt`` hold texts by the *way* in which something happens (``= way``), ``-`` for
what should be nudged and ``+`` for what should not. The figures that count leave whole ways out:
what members write tomorrow is a way that nobody thought of. The first and second labelled sets are
learned from as well (without what the cues say of them, since the cues were mended with these very
texts) and are measured by weights that have not seen the text. The third and later sets are not
opened here.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from coachhub.moderation.guarding.cues import WORDS, lexicon
from coachhub.moderation.guarding.learned import BLOCKS, SCALE, cue_features, scales, seen
from coachhub.moderation.guarding.meaning import tokens
from coachhub.moderation.guarding.plain import plain
from coachhub_gifts import rule

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LABELLED = ROOT / "tests" / "moderation" / "guards"
LEFT_OUT = LABELLED / "left_out.csv"
GIFTS = ROOT / "plugins" / "coachhub_gifts" / "gift.weights"
OUT = {
    **{
        guard: WORDS / "en" / f"{guard}.weights"
        for guard in ("confidential", "scam", "attack", "selling")
    },
    "gift": GIFTS,
}
GIFT_LIMIT = 15
HALVES = ("first", "second")
FOLDS = 10
STRENGTH = 30.0  # of what is learned against what is held back
OTHERS = 0.05  # how much the texts of the other guards count
EVERYDAY = 1.0
FALSE = 0.10  # the share of texts like the labelled ones that may be nudged wrongly
MARGIN = {"gift": 0.35}  # so that no idea of our own catalogue is nudged
EVERYDAY_FALSE = 0.06
KEPT = 13_000  # weights of a guard, the heaviest


@dataclass(frozen=True)
class Row:
    """A text to learn from: wanted or not, its way, its fold and how much it counts."""

    wanted: bool
    way: str
    text: str
    sort: str
    counts: float = 1.0


def written(guard: str) -> list[Row]:
    """Return the texts written for a guard."""
    rows, way = [], ""
    for path in sorted((HERE / "texts").glob(f"{guard}_*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                way = line[2:]
            elif line[:2] in {"- ", "+ "}:
                rows.append(Row(line[0] == "-", way, line[2:], "own"))
    return rows


def labelled(guard: str) -> list[Row]:
    """Return the first and second labelled set, each in parts that are left out together."""
    rows = []
    for half in HALVES:
        path = LABELLED / f"{guard}_{half}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                held = [(row["wanted"] == "nudge", row["text"]) for row in csv.DictReader(file)]
        else:
            lines = (ROOT / "tests/plugins/gifts/labelled.txt").read_text(encoding="utf-8")
            held = [(one[0] == "-", one[2:]) for one in lines.splitlines() if one[:1] in {"-", "+"}]
        rows += [
            Row(wanted, f"{half} {place % FOLDS}", text, half)
            for place, (wanted, text) in enumerate(held)
        ]
    return rows


def rows_of(guard: str) -> list[Row]:
    """Return all that a guard learns from; only gifts are read for gifts."""
    made = [*written(guard), *labelled(guard)]
    if guard == "gift":
        return made
    made += [
        Row(one.wanted, f"everyday {place % FOLDS}", one.text, "everyday", EVERYDAY)
        for place, one in enumerate(written("everyday"))
    ]
    for other in OUT:
        if other in {guard, "gift"}:
            continue
        near = {guard, other} == {"scam", "selling"}
        made += [
            Row(wanted=False, way="", text=one.text, sort="other", counts=OTHERS)
            for one in written(other)
            if not (near and one.wanted)
        ]
    return made


def found_in(guard: str, row: Row) -> list[str]:
    """Return the names of a text's features, with the cues' where the cues had not seen it."""
    names = list(seen(tokens(plain(row.text).text)))
    if row.sort in HALVES:
        return names
    if guard == "gift":
        return names + rule.features(rule.listed(row.text, GIFT_LIMIT))
    return names + cue_features(lexicon(guard).judge(row.text))


def vocabulary(found: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the features that at least two texts have, in order."""
    count = Counter(name for names in found for name in names)
    return {
        name: place for place, name in enumerate(sorted(one for one, n in count.items() if n > 1))
    }


def matrix(found: Sequence[Sequence[str]], known: dict[str, int]) -> csr_matrix:
    """Return the texts as rows of what each feature counts."""
    places, values, ends = [], [], [0]
    for names in found:
        shares = scales(names)
        for name in names:
            if name in known:
                places.append(known[name])
                values.append(shares[name[0]])
        ends.append(len(places))
    return csr_matrix((values, places, ends), shape=(len(found), len(known)))


def fitted(table: csr_matrix, wanted: np.ndarray, counts: np.ndarray) -> LogisticRegression:
    """Return the regression over these rows."""
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=400, random_state=0)
    return model.fit(table, wanted, sample_weight=counts)


def balanced(rows: Sequence[Row]) -> np.ndarray:
    """Return how much each row counts, with the wanted up to twice."""
    counts = np.array([row.counts for row in rows])
    wanted = np.array([row.wanted for row in rows])
    counts[wanted] *= min(2.0, counts[~wanted].sum() / counts[wanted].sum())
    return counts


def left_out(rows: Sequence[Row], found: Sequence[Sequence[str]]) -> np.ndarray:
    """Return the score of each row by weights that have not seen its way."""
    ways = sorted({row.way for row in rows if row.way})
    fold = {way: place % FOLDS for place, way in enumerate(ways)}
    of = np.array([fold.get(row.way, -1) for row in rows])
    wanted = np.array([row.wanted for row in rows])
    scores = np.full(len(rows), -9.0)
    for one in range(FOLDS):
        here, away = np.flatnonzero(of == one), np.flatnonzero(of != one)
        known = vocabulary([found[place] for place in away if rows[place].sort != "other"])
        model = fitted(
            matrix([found[place] for place in away], known),
            wanted[away],
            balanced([rows[place] for place in away]),
        )
        scores[here] = model.decision_function(matrix([found[place] for place in here], known))
    return scores


def threshold(rows: Sequence[Row], scores: np.ndarray) -> float:
    """Return the score from which on a guard speaks, by texts it has not seen."""

    def at(sorts: set[str], share: float) -> float:
        held = [
            score
            for row, score in zip(rows, scores, strict=True)
            if row.sort in sorts and not row.wanted
        ]
        return float(np.quantile(held, 1 - share)) if held else -9.0

    # Near misses of ways left out are harder than what members write, so they are on the safe side.
    return max(at({"own", *HALVES}, FALSE), at({"everyday"}, EVERYDAY_FALSE))


def write(path: Path, enough: float, model: LogisticRegression, known: dict[str, int]) -> None:
    """Write the heaviest weights down."""
    weights = [(name, round(SCALE * float(model.coef_[0][place]))) for name, place in known.items()]
    # What a weight can move counts, not the weight alone: blocks have their own share.
    heaviest = sorted(weights, key=lambda one: (-abs(one[1]) * BLOCKS[one[0][0]], one[0]))[:KEPT]
    lines = [f"enough\t{enough:.3f}", f"bias\t{float(model.intercept_[0]):.3f}"]
    lines += [f"{name}\t{weight}" for name, weight in sorted(heaviest) if weight]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def train(guard: str, *, show: bool = False) -> list[tuple[str, str, int, float, float]]:
    """Train a guard, write its weights, and return its figures on ways left out."""
    rows = rows_of(guard)
    found = [found_in(guard, row) for row in rows]
    scores = left_out(rows, found)
    enough = threshold(rows, scores) + MARGIN.get(guard, 0.0)
    known = vocabulary(
        [names for row, names in zip(rows, found, strict=True) if row.sort != "other"]
    )
    model = fitted(matrix(found, known), np.array([row.wanted for row in rows]), balanced(rows))
    write(OUT[guard], enough, model, known)
    figures = []
    for sort in ("own", *HALVES, "everyday"):
        of = [place for place, row in enumerate(rows) if row.sort == sort]
        if not of:
            continue
        spoke = {
            flag: [scores[place] >= enough for place in of if rows[place].wanted is flag]
            for flag in (True, False)
        }
        recall = float(np.mean(spoke[True])) if spoke[True] else float("nan")
        figures.append((guard, sort, len(of), recall, float(np.mean(spoke[False]))))
    if show:
        for place in np.argsort(scores):
            row = rows[place]
            if row.sort != "other" and row.wanted != (scores[place] >= enough):
                sign = "-" if row.wanted else "+"
                sys.stdout.write(
                    f"{scores[place] - enough:6.2f} {row.sort:8} {sign} {row.text[:140]}\n"
                )
    return figures


def keep(guard: str, found: Sequence[tuple[str, str, int, float, float]]) -> None:
    """Write a guard's figures down beside the others'."""
    rows: list[list[str]] = []
    if LEFT_OUT.exists():
        with LEFT_OUT.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row[0] not in {"guard", guard}]
    rows += [
        [name, sort, str(count), "" if np.isnan(recall) else f"{recall:.3f}", f"{false:.3f}"]
        for name, sort, count, recall, false in found
    ]
    rows.sort(key=lambda row: list(OUT).index(row[0]))
    with LEFT_OUT.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [["guard", "set", "texts", "recall", "false"], *rows]
        )


def main() -> None:
    """Train all guards, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guards", nargs="*", default=list(OUT))
    parser.add_argument("--show", action="store_true", help="what is heard wrongly, left out")
    asked = parser.parse_args()
    for guard in asked.guards:
        found = train(guard, show=asked.show)
        for name, sort, count, recall, false in found:
            sys.stdout.write(f"{name:14}{sort:10}{count:6}{recall:8.3f}{false:8.3f}\n")
        keep(guard, found)


if __name__ == "__main__":
    main()

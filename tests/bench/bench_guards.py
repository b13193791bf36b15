"""The four guards that read a post, on a short one, a page, and a post of 20 kB.

The texts are the labelled sets' own, one after the other. Prints the median of processor time for
all four guards together. Usage: ``make bench-guards``.
"""

from __future__ import annotations

import csv
import random
import statistics
import sys
import time
from pathlib import Path

from coachhub.moderation.guarding import learned
from coachhub.moderation.guarding.learned import judge

SETS = Path(__file__).parents[1] / "moderation" / "guards"
GUARDS = ("confidential", "scam", "attack", "selling")
SIZES = (200, 2_000, 20_000)
ROUNDS = 7


def main() -> None:
    """Measure; the texts are drawn the same way every time."""
    texts = []
    for guard in GUARDS:
        with (SETS / f"{guard}_fourth.csv").open(encoding="utf-8", newline="") as file:
            texts += [row["text"] for row in csv.DictReader(file) if row["wanted"] == "fine"]
    random.Random(5).shuffle(texts)  # noqa: S311 - the same order every time
    long = " ".join(texts)
    for size in SIZES:
        took = []
        for place in range(ROUNDS + 1):
            text = long[place : place + size]
            learned.forget()
            began = time.process_time()
            for guard in GUARDS:
                judge(guard, text)
            took.append((time.process_time() - began) * 1000)
        # The first round reads the weights.
        sys.stdout.write(f"{size:6} characters {statistics.median(took[1:]):8.1f} ms\n")


if __name__ == "__main__":
    main()

"""What was measured at training, kept for the tests."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def keep(
    file_of: Path, found: Sequence[tuple[str, str, int, float, float]], order: Sequence[str]
) -> None:
    """Write a guard's figures down beside the others', the guards in this order."""
    rows: list[list[str]] = []
    if file_of.exists():
        with file_of.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row[0] not in {"guard", found[0][0]}]
    rows += [
        [name, sort, str(count), "" if np.isnan(recall) else f"{recall:.3f}", f"{false:.3f}"]
        for name, sort, count, recall, false in found
    ]
    rows.sort(key=lambda row: order.index(row[0]))
    with file_of.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [["guard", "set", "texts", "recall", "false"], *rows]
        )

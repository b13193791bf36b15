"""Work counted in steps instead of time, so that a round doesn't depend on the machine."""

from __future__ import annotations

import time
from typing import Self

RATE = 9.0e7
PATIENCE = 5.0


class Meter:
    """What is left of a budget.

    A step is about what one number of a linear program costs in one iteration of the simplex
    method; some ninety million of them fill a second. The clock is only looked at to stop a
    solve that runs ``PATIENCE`` times over its seconds (a very slow machine).
    """

    def __init__(self, seconds: float) -> None:
        """Turn seconds into steps."""
        self.left = seconds * RATE
        self.deadline = time.monotonic() + seconds * PATIENCE

    def part(self, steps: float) -> Self:
        """Set a part aside for work that may stay unfinished."""
        share = type(self)(0.0)
        share.left = min(steps, self.left)
        share.deadline = self.deadline
        self.left -= share.left
        return share

    def spend(self, steps: float) -> None:
        """Count steps as done."""
        self.left -= steps

    @property
    def empty(self) -> bool:
        """Tell whether the budget is used up."""
        return self.left <= 0 or time.monotonic() > self.deadline

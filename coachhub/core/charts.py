"""Small charts as SVG, drawn on the server. Pure geometry: words and tables are the page's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_WIDE, _HIGH = 26.0, 72.0
_GAP = 8.0
_SIDE = 7.0  # a label may be wider than its bar
_HEAD, _FOOT = 16.0, 18.0
_LEAST = 2.0  # a bar of nothing is a line, so that nobody looks for it


@dataclass(frozen=True)
class Bar:
    """One bar with its figure above and its label below, in units of the picture."""

    x: float
    y: float
    height: float
    middle: float
    value: int
    label: str


@dataclass(frozen=True)
class Bars:
    """A bar chart of `width` by `height` units; `base` is where the bars stand."""

    width: int
    height: int
    base: float
    bar_width: float
    bars: tuple[Bar, ...]

    @property
    def total(self) -> int:
        """Return the sum of all bars."""
        return sum(bar.value for bar in self.bars)


def bars(values: Sequence[int], labels: Sequence[str]) -> Bars:
    """Draw one bar for each value; the tallest fills the height. Values are counts, 0 or more."""
    most = max(values, default=0) or 1
    base = _HEAD + _HIGH
    drawn = []
    for number, (value, label) in enumerate(zip(values, labels, strict=True)):
        x = _SIDE + number * (_WIDE + _GAP)
        height = max(_LEAST, _HIGH * value / most)
        drawn.append(Bar(x, base - height, height, x + _WIDE / 2, value, label))
    width = round(2 * _SIDE + max(0.0, len(drawn) * (_WIDE + _GAP) - _GAP))
    return Bars(width, round(base + _FOOT), base, _WIDE, tuple(drawn))

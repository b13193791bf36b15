"""The ring picture: members on a circle, an arrow for each introduction. Pure geometry.

Up to `FEW` members are discs with their names inside; more are dots with their names outside,
turned along the radius, so that sixty still don't touch. Rings differ by colour, dashes and width
(classes ``ring-edge--1`` to ``--4``, again from 1 for the fifth).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Id = TypeVar("Id", bound=Hashable)

LOOKS = 4
FEW = 16
_NAME_LENGTH = 18
_LETTER = 8.6  # width of a letter of 13 px in a wide face, in units of the picture
_ARROW = 10.0
_HALF_ARROW = 5.0
_SHORT = 40.0
_SHALLOW, _DEEP = 26.0, 52.0
_APART = 26.0  # between two dots of many, along the circle
_BESIDE = 3.2 * _APART  # ways up to so far go round inside, the longer the deeper


@dataclass(frozen=True)
class Step(Generic[Id]):
    """One introduction: who gives to whom, in which ring (from 1), and what to say of it."""

    giver: Id
    receiver: Id
    ring: int
    is_chain: bool = False
    label: str = ""


@dataclass(frozen=True)
class Node:
    """One member: where they stand, how large, and how the name is written."""

    x: float
    y: float
    radius: float
    name: str
    full_name: str
    look: str
    label_x: float
    label_y: float
    label_look: str
    turn: str


@dataclass(frozen=True)
class Edge:
    """One introduction: the curve and the arrow's tip, as SVG path data."""

    line: str
    arrow: str
    look: int
    is_chain: bool
    is_faint: bool
    label: str


@dataclass(frozen=True)
class Picture:
    """A picture of `width` by `height` units."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def look_of(ring: int) -> int:
    """Return which of the four looks a ring has."""
    return (ring - 1) % LOOKS + 1


def draw(
    names: Mapping[Id, str],
    steps: Sequence[Step[Id]],
    waiting: Sequence[Id] = (),
    picked: Id | None = None,
) -> Picture:
    """Draw a round.

    Args:
        names: everybody in the picture.
        steps: the introductions; rings are drawn beside each other as far as that goes.
        waiting: members without any, shown dashed.
        picked: a member whose introductions stand out.
    """
    order = circle_order(steps, waiting)
    short = short_names({one: names[one] for one in order})
    size = _Circle(len(order), max(map(len, short.values()), default=0))
    place = {one: size.angle(number) for number, one in enumerate(order)}
    nodes = [
        size.node(place[one], short[one], names[one], _look(one, waiting, picked)) for one in order
    ]
    both = {(step.giver, step.receiver) for step in steps}
    edges = [
        size.edge(
            place[step.giver],
            place[step.receiver],
            step,
            is_swap=(step.receiver, step.giver) in both,
            is_faint=picked is not None and picked not in {step.giver, step.receiver},
        )
        for step in steps
    ]
    return Picture(size.width, size.height, tuple(nodes), tuple(edges))


def circle_order(steps: Sequence[Step[Id]], waiting: Sequence[Id]) -> list[Id]:
    """Return the members round the circle: rings together, then those who wait."""
    order: dict[Id, None] = {}
    for step in steps:
        order.setdefault(step.giver)
        order.setdefault(step.receiver)
    for one in waiting:
        order.setdefault(one)
    return list(order)


def short_names(names: Mapping[Id, str]) -> dict[Id, str]:
    """Return first names, with as much of the last name as tells two of them apart."""
    firsts = [_first(name) for name in names.values()]
    made = {}
    for one, name in names.items():
        first, *rest = name.split() or [name]
        shown = first
        if firsts.count(first) > 1 and rest:
            shown = f"{first} {rest[-1][0]}."
            same = [
                other
                for other in names.values()
                if _first(other) == first and other.split()[-1][:1] == rest[-1][:1]
            ]
            if len(same) > 1:
                shown = f"{first} {rest[-1]}"
        made[one] = shown if len(shown) <= _NAME_LENGTH else f"{shown[: _NAME_LENGTH - 1]}…"
    return made


def _first(name: str) -> str:
    return (name.split() or [name])[0]


def _look(one: Id, waiting: Sequence[Id], picked: Id | None) -> str:
    if one == picked:
        return "ring-node--picked"
    return "ring-node--waiting" if one in waiting else ""


class _Circle:
    """Where things stand for a number of members."""

    def __init__(self, members: int, letters: int) -> None:
        self.members = max(1, members)
        self.few = members <= FEW
        if self.few:
            self.radius, self.dot = max(110.0, 13.5 * members), 30.0
            margin = self.dot + 14
        else:
            # The arc between two neighbours leaves room for a line of text.
            self.radius, self.dot = max(150.0, members * _APART / math.tau), 7.0
            margin = self.dot + 12 + letters * _LETTER
        self.width = self.height = round(2 * (self.radius + margin))
        self.centre = self.width / 2

    def angle(self, number: int) -> float:
        return number * math.tau / self.members - math.tau / 4

    def _at(self, angle: float, radius: float) -> tuple[float, float]:
        return (
            self.centre + radius * math.cos(angle),
            self.centre + radius * math.sin(angle),
        )

    def node(self, angle: float, name: str, full_name: str, look: str) -> Node:
        x, y = self._at(angle, self.radius)
        if self.few:
            return Node(
                round(x, 1), round(y, 1), self.dot, name, full_name, look,
                round(x, 1), round(y, 1), "", "",
            )  # fmt: skip
        label_x, label_y = self._at(angle, self.radius + self.dot + 6)
        degrees = math.degrees(angle)
        left = math.cos(angle) < -1e-9  # noqa: PLR2004 - the left half, but for rounding
        turned = degrees + 180 if left else degrees
        return Node(
            round(x, 1),
            round(y, 1),
            self.dot,
            name,
            full_name,
            look,
            round(label_x, 1),
            round(label_y, 1),
            "ring-label--end" if left else "ring-label--start",
            f"rotate({turned:.1f} {label_x:.1f} {label_y:.1f})",
        )

    def edge(
        self, start: float, end: float, step: Step[Id], *, is_swap: bool, is_faint: bool
    ) -> Edge:
        x1, y1 = self._at(start, self.radius)
        x2, y2 = self._at(end, self.radius)
        bend_x, bend_y = self._bend(x1, y1, x2, y2, is_swap=is_swap)
        from_x, from_y = _towards(x1, y1, bend_x, bend_y, self.dot + 3)
        tip_x, tip_y = _towards(x2, y2, bend_x, bend_y, self.dot + 3)
        base_x, base_y = _towards(tip_x, tip_y, bend_x, bend_y, _ARROW)
        side_x, side_y = _side(tip_x, tip_y, base_x, base_y)
        return Edge(
            line=f"M{from_x:.1f} {from_y:.1f}Q{bend_x:.1f} {bend_y:.1f} {base_x:.1f} {base_y:.1f}",
            arrow=(
                f"M{tip_x:.1f} {tip_y:.1f}L{base_x + side_x:.1f} {base_y + side_y:.1f}"
                f"L{base_x - side_x:.1f} {base_y - side_y:.1f}Z"
            ),
            look=look_of(step.ring),
            is_chain=step.is_chain,
            is_faint=is_faint,
            label=step.label,
        )

    def _bend(
        self, x1: float, y1: float, x2: float, y2: float, *, is_swap: bool
    ) -> tuple[float, float]:
        """Return the curve's control point: a little to the right of the way, inwards if it can."""
        middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        right_x, right_y = -(y2 - y1) / length, (x2 - x1) / length
        inwards = right_x * (self.centre - middle_x) + right_y * (self.centre - middle_y) > 0
        if not self.few and length < _BESIDE:
            depth = self.dot + length * (1.5 if is_swap and inwards else 0.8)
            return _towards(middle_x, middle_y, self.centre, self.centre, depth)
        if length - 2 * self.dot < _SHORT:
            # Neighbours: the way between them is too short for an arrow, so it goes round inside,
            # and the two ways of a swap at different depths.
            depth = self.dot + (_DEEP if is_swap and inwards else _SHALLOW)
            return _towards(middle_x, middle_y, self.centre, self.centre, depth)
        if is_swap:
            return middle_x + right_x * 0.16 * length, middle_y + right_y * 0.16 * length
        pull = 0.5 if length < 1.3 * self.radius else 0.25
        return (
            middle_x + (self.centre - middle_x) * pull + right_x * 0.04 * length,
            middle_y + (self.centre - middle_y) * pull + right_y * 0.04 * length,
        )


def _towards(x: float, y: float, to_x: float, to_y: float, by: float) -> tuple[float, float]:
    length = math.hypot(to_x - x, to_y - y) or 1.0
    return x + (to_x - x) / length * by, y + (to_y - y) / length * by


def _side(tip_x: float, tip_y: float, base_x: float, base_y: float) -> tuple[float, float]:
    length = math.hypot(tip_x - base_x, tip_y - base_y) or 1.0
    return -(tip_y - base_y) / length * _HALF_ARROW, (tip_x - base_x) / length * _HALF_ARROW

"""The ring picture's geometry."""

from __future__ import annotations

import itertools
import math
import re

import pytest

from coachhub.introductions.rounds.picture import (
    FEW,
    Picture,
    Step,
    circle_order,
    draw,
    look_of,
    short_names,
)


def drawn(members: int) -> Picture:
    """A picture of rings of three, the last one or two members waiting."""
    names = {number: f"Member{number} Example{number}" for number in range(members)}
    steps = [
        Step(first + one, first + (one + 1) % 3, first // 3 + 1)
        for first in range(0, members - 2, 3)
        for one in range(3)
    ]
    waiting = [number for number in names if number >= members // 3 * 3]
    return draw(names, steps, waiting)


@pytest.mark.parametrize("members", [3, 4, FEW, FEW + 1, 30, 60, 61])
def test_everything_is_inside_and_nothing_touches(members: int) -> None:
    picture = drawn(members)
    assert len(picture.nodes) == members
    for node in picture.nodes:
        assert node.radius < node.x < picture.width - node.radius
        assert node.radius < node.y < picture.height - node.radius
    for one, other in itertools.combinations(picture.nodes, 2):
        apart = math.dist((one.x, one.y), (other.x, other.y))
        assert apart > one.radius + other.radius
        if one.turn:
            # Turned names are as far apart as their beginnings: a line of text needs 16.
            assert math.dist((one.label_x, one.label_y), (other.label_x, other.label_y)) > 16
    for edge in picture.edges:
        numbers = [float(number) for number in re.findall(r"-?\d+\.\d", edge.line + edge.arrow)]
        assert all(0 <= number <= picture.width for number in numbers)


def test_no_name_leaves_the_picture() -> None:
    names = {number: f"Wolfeschlegelstein{number} Example" for number in range(40)}
    picture = draw(names, [Step(number, (number + 1) % 40, 1) for number in range(40)])
    for node in picture.nodes:
        assert len(node.name) <= 18
        reach = math.dist((node.label_x, node.label_y), (picture.width / 2,) * 2)
        assert reach + 7.2 * len(node.name) <= picture.width / 2 + 1


def test_names_on_the_left_are_not_upside_down() -> None:
    for node in drawn(60).nodes:
        degrees = float(re.findall(r"rotate\(([-\d.]+)", node.turn)[0])
        assert math.cos(math.radians(degrees)) > -1e-6
        left = node.x < drawn(60).width / 2 - 1
        assert (node.label_look == "ring-label--end") is left


def test_rings_stand_together_and_those_who_wait_last() -> None:
    steps = [Step("a", "b", 1), Step("b", "a", 1), Step("c", "b", 2), Step("b", "c", 2)]
    assert circle_order(steps, ["z"]) == ["a", "b", "c", "z"]


def test_four_looks_in_turn() -> None:
    assert [look_of(ring) for ring in range(1, 10)] == [1, 2, 3, 4, 1, 2, 3, 4, 1]


def test_a_picked_member_stands_out() -> None:
    steps = [Step("a", "b", 1), Step("b", "a", 1), Step("c", "d", 2), Step("d", "c", 2)]
    picture = draw(dict.fromkeys("abcd", "Somebody"), steps, picked="a")
    assert [node.look for node in picture.nodes] == ["ring-node--picked", "", "", ""]
    assert [edge.is_faint for edge in picture.edges] == [False, False, True, True]


def test_a_swaps_two_arrows_do_not_lie_on_each_other() -> None:
    picture = draw({"a": "A", "b": "B"}, [Step("a", "b", 1), Step("b", "a", 1)])
    there, back = (re.findall(r"Q([\d.]+) ([\d.]+)", edge.line)[0] for edge in picture.edges)
    assert math.dist(tuple(map(float, there)), tuple(map(float, back))) > 20


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["Ada Osei", "Ben Liang"], ["Ada", "Ben"]),
        (["Ada Osei", "Ada Liang"], ["Ada O.", "Ada L."]),
        (["Ada Osei", "Ada Owen"], ["Ada Osei", "Ada Owen"]),
        (["Ada", "Ada Owen"], ["Ada", "Ada O."]),
        (["", "Bo"], ["", "Bo"]),
    ],
)
def test_short_names_tell_people_apart(names: list[str], shown: list[str]) -> None:
    assert list(short_names(dict(enumerate(names))).values()) == shown


def test_the_same_round_gives_the_same_picture() -> None:
    assert drawn(60) == drawn(60)

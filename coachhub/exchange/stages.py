"""The order of what counts: pins, those who waited longest, worth, shorter rings, a fixed choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coachhub.exchange.mip import choose
from coachhub.exchange.program import Floats, Goal, Ints, Program


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Columns chosen, their worth's proven bound, and what serving those who waited has cost."""

    columns: Ints
    bound: float
    fairness_cost: float


def best_choice(program: Program) -> Choice:
    """Choose columns in the order of what counts."""
    every = np.arange(len(program.steps))
    if len(every) == 0:
        return Choice(every, 0.0, 0.0)
    classes = int(program.wait_class.max()) + 1 if len(program.wait_class) else 0
    nobody = np.zeros(len(program.wait_class))
    worth = program.worth[program.steps].sum(axis=1)
    pins = 0
    if program.pins.any():
        cost = program.pins[program.steps].sum(axis=1).astype(np.float64)
        pins = program.pins_of(_certain(program, Goal(cost, nobody), every))
    free = program.worth_of(_certain(program, Goal(worth, nobody, pins), every))
    served: tuple[int, ...] = ()
    for number in range(classes):
        serve = (program.wait_class == number).astype(np.float64)
        goal = Goal(np.zeros(len(every)), serve, pins, served)
        served = (*served, int(program.served_of(_certain(program, goal, every))[number]))
    chosen = _certain(program, Goal(worth, nobody, pins, served), every)
    total = program.worth_of(chosen)
    chosen = _neatest(program, chosen, pins, served, total)
    return Choice(chosen, total, max(0.0, free - total))


def _certain(program: Program, goal: Goal, every: Ints) -> Ints:
    chosen = choose(program, goal, every)
    if chosen is None:
        raise ArithmeticError("A goal that was reached a moment ago can't be held.")
    return chosen


def _neatest(
    program: Program, chosen: Ints, pins: int, served: tuple[int, ...], total: float
) -> Ints:
    """Among rounds of the same worth take the one with the shortest rings (least squares)."""
    every = np.arange(len(program.steps))
    untidy = -(program.lengths.astype(np.float64) ** 2) - _tie_break(program)
    slack = 1e-9 * max(1.0, total)
    goal = Goal(untidy, np.zeros(len(program.wait_class)), pins, served, total - slack)
    neat = choose(program, goal, every)
    if neat is None or program.worth_of(neat) < total - 2 * slack:
        return chosen
    return neat


def _tie_break(program: Program) -> Floats:
    """Give each column a small fixed number of its own, the same for the same arcs."""
    mixed = (program.steps.astype(np.uint64) + 1) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))).sum(axis=1) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(40)).astype(np.float64) / 2**24 * 1e-3

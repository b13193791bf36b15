"""Time kep-solver (PuLP and CBC) on .input files; run by its own Python, away from ours.

Arguments: ``file:longest ring``, one after the other. Prints one JSON object a line.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from kep_solver.entities import Donor, Instance, Transplant
from kep_solver.model import Objective, Sense, TransplantCount
from kep_solver.programme import Programme


class Worth(Objective):
    """The sum of the matches' worth, where they aren't all 1."""

    def __init__(self, worth: dict[tuple[str, str], float]) -> None:
        self._worth = worth

    def value(self, graph: object, exchange: Any) -> float:  # noqa: ARG002
        # the peer's types are its own
        names = [vertex.donor.id for vertex in exchange.vertices]
        return sum(self._worth[a, b] for a, b in zip(names, [*names[1:], names[0]], strict=True))

    def describe(self) -> str:
        return "worth"

    @property
    def sense(self) -> Sense:
        return Sense.MAX


def spent() -> float:
    """CPU seconds of this process and its children."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def read(path: Path) -> tuple[Instance, dict[tuple[str, str], float]]:
    """Read a file as pairs, one donor and one recipient each."""
    lines = path.read_text().splitlines()
    n, m = map(int, lines[0].split())
    instance = Instance()
    donors = []
    for number in range(n):
        donor = Donor(str(number))
        donor.recipient = instance.recipient(str(number))
        donor.recipient.addDonor(donor)
        instance.addDonor(donor)
        donors.append(donor)
    worth = {}
    for line in lines[1 : m + 1]:
        giver, receiver, weight = line.split()
        if giver != receiver:
            worth[giver, receiver] = float(weight)
            recipient = instance.recipient(receiver)
            instance.addTransplant(Transplant(donors[int(giver)], recipient, float(weight)))
    return instance, worth


def main() -> None:
    for argument in sys.argv[1:]:
        name, longest = argument.rsplit(":", 1)
        before = spent()
        instance, worth = read(Path(name))
        counted = set(worth.values()) <= {1.0}
        programme = Programme(
            [TransplantCount() if counted else Worth(worth)],
            maxCycleLength=int(longest),
            maxChainLength=0,
            description="",
            full_details=False,
        )
        solution, _ = programme.solve_single(instance)
        told = {"file": Path(name).name, "longest": int(longest), "worth": solution.values[0]}
        print(json.dumps({**told, "cpu": spent() - before}), flush=True)  # noqa: T201
        # the bench reads this


main()

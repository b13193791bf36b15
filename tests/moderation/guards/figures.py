"""Recall and false nudges of every guard on its labelled sets, each set by itself.

The first half was written before the rules, the second after they were fixed; the third, where
there is one, after the mend that the second half made needed, the fourth after weights were first
learned, the fifth when those had been measured. Today's weights have learned from these five, so
what counts of them is what weights made of them that had not seen the set (`left_out`). Of the
sixth and seventh only the thresholds know: from which score on a guard speaks. Attack and gift
learn from the sixth as well; the seventh and eighth set their thresholds. The others' eighth is
not opened by training: written by somebody who knew neither texts nor weights, it is what counts.
``make guard-figures`` prints all.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coachhub.moderation.guarding.details import details
from coachhub.moderation.own_guards import verdict
from coachhub_gifts import rule

HERE = Path(__file__).parent
GIFTS = HERE.parents[1] / "plugins" / "gifts" / "labelled.txt"
HALVES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
LEFT_OUT = HERE / "left_out.csv"  # written by `make guard-train`
LIMIT = 15  # of a gift, in the firm's currency
WAYS = 250  # of writing a mail address, and as many of a phone number, in each half
SEED = 7


@dataclass(frozen=True)
class Labelled:
    """A text, whether its author should hear a word, and in which voice it is written."""

    wanted: bool
    voice: str
    text: str


@dataclass(frozen=True)
class Figures:
    """What a guard made of a set."""

    missed: tuple[str, ...]
    false: tuple[str, ...]
    nudges: int
    passes: int

    @property
    def recall(self) -> float:
        """The share of texts with something in them that got a word."""
        return 1 - len(self.missed) / self.nudges

    @property
    def false_nudges(self) -> float:
        """The share of innocent texts that got a word all the same."""
        return len(self.false) / self.passes


def _judged(guard: str) -> Callable[[str], bool]:
    return lambda text: verdict(guard, text).speaks


GUARDS: dict[str, Callable[[str], bool]] = {
    **{guard: _judged(guard) for guard in ("confidential", "scam", "attack", "selling")},
    "contact": lambda text: bool(details(text)),
    "gift": lambda text: bool(rule.breaches(text, LIMIT)),
}


def labelled(guard: str, half: str) -> list[Labelled]:
    """Return a set; an empty list where there is none."""
    if (guard, half) == ("gift", "first"):
        return [
            Labelled(line[0] == "-", "", line[2:])
            for line in GIFTS.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        ]
    path = HERE / f"{guard}_{half}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Labelled(row["wanted"] == "nudge", row["voice"], row["text"])
            for row in csv.DictReader(file)
        ]


def measured(guard: str, half: str) -> Figures:
    """Return the figures of a guard on one set."""
    rows, speaks = labelled(guard, half), GUARDS[guard]
    return Figures(
        missed=tuple(one.text for one in rows if one.wanted and not speaks(one.text)),
        false=tuple(one.text for one in rows if not one.wanted and speaks(one.text)),
        nudges=sum(one.wanted for one in rows),
        passes=sum(not one.wanted for one in rows),
    )


def ways(half: str) -> dict[str, str]:
    """Return texts with the address or number in each, all different, half of either."""
    held = json.loads((HERE / f"ways_{half}.json").read_text(encoding="utf-8"))
    draw = random.Random(SEED)  # noqa: S311 - the same ways every time
    made: dict[str, str] = {}
    while len(made) < WAYS:
        name, domain, end = draw.choice(held["people"])
        dot = draw.choice(held["dot"])
        address = name + draw.choice(held["at"]) + f"{domain}.{end}".replace(".", dot)
        made[draw.choice(held["around"]).format(address)] = address
    while len(made) < 2 * WAYS:
        number = _number(held, draw)
        made[draw.choice(held["said"]).format(number)] = number
    return made


def _number(held: dict[str, list[str]], draw: random.Random) -> str:
    drawn = (str(draw.randrange(10)) if one == "#" else one for one in draw.choice(held["digits"]))
    written, style = "".join(drawn), draw.random()
    if style < 0.2:
        digits = (int(one) for one in written if one.isdigit())
        return draw.choice(held["word_gaps"]).join(held["number_words"][one] for one in digits)
    signs = held["numerals"][draw.choice(list(held["numerals"]))] if style < 0.4 else "0123456789"  # type: ignore[call-overload]
    return "".join(signs[int(one)] if one.isdigit() else one for one in written)


def unmasked(half: str) -> list[str]:
    """Return the ways of writing that are not covered from end to end."""
    return [
        text
        for text, value in ways(half).items()
        if not any(
            one.start <= text.index(value) + 1 and one.end >= text.index(value) + len(value) - 1
            for one in details(text)
        )
    ]


def left_out() -> list[dict[str, str]]:
    """Return what was measured at training by weights that had not seen the text or its way."""
    with LEFT_OUT.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines() -> Iterator[str]:
    """Yield the figures for people."""
    yield "By weights that had not seen the text, its way or its set:"
    yield f"{'guard':14}{'set':10}{'texts':>6}{'recall':>8}{'false nudges':>14}"
    for row in left_out():
        recall, false = float(row["recall"] or "nan"), float(row["false"])
        yield f"{row['guard']:14}{row['set']:10}{row['texts']:>6}{recall:8.2f}{false:14.2f}"
    yield "By the guards as they stand: learned from five, told by the next two where to speak:"
    yield f"{'guard':14}{'set':8}{'texts':>6}{'recall':>8}{'false nudges':>14}"
    for guard in GUARDS:
        for half in HALVES:
            if labelled(guard, half):
                found = measured(guard, half)
                count = found.nudges + found.passes
                yield f"{guard:14}{half:8}{count:6}{found.recall:8.2f}{found.false_nudges:14.2f}"
    for half in HALVES[:2]:
        masked = 1 - len(unmasked(half)) / len(ways(half))
        yield f"{'masked':14}{half:8}{len(ways(half)):6}{masked:8.3f}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")

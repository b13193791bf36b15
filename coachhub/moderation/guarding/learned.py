"""What a guard learned from texts written for it: a weight for each feature, nothing else.

A logistic regression, trained by ``make guard-train`` and kept beside the words as data; here it is
only read and added up, so that each verdict can say which passage weighed most. What the cues
found (`cues`) is a feature among the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from coachhub.moderation.guarding.cues import WORDS, Verdict, lexicon
from coachhub.moderation.guarding.meaning import Token, features, tokens
from coachhub.moderation.guarding.plain import Plain, plain

# How much a block counts beside the others; training and reading share it.
BLOCKS: Mapping[str, float] = {"w": 1.0, "m": 1.5, "c": 1.0, "q": 0.1, "k": 0.5}
SCALE = 100  # weights are kept as whole hundredths
_WHOLE = 8  # sentences: a text of up to so many is read in one
_REACH, _STEP = 6, 5  # sentences read together in a longer one, and how far to go on
_QUOTED = 14  # words of a passage at most
_TOLD = 4  # words that an explanation names

Read = Sequence[Token]


@dataclass(frozen=True)
class Stretch:
    """Words that are read together, their features with their places, and each block's share."""

    words: Read
    found: Mapping[str, Sequence[int]]
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Weighing:
    """What a stretch of a text weighs, and its strongest passage as places in the plain text."""

    score: float
    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Learned:
    """The weights of one guard, from which score on it speaks."""

    enough: float
    bias: float
    weights: Mapping[str, float]

    def weigh(self, stretch: Stretch, cues: Iterable[str] = ()) -> Weighing:
        """Weigh a stretch of a text by its features, and by what the cues found."""
        score, weights = self.bias, self.weights
        words, at = stretch.words, [0.0] * len(stretch.words)
        for name, places in stretch.found.items():
            weight = weights.get(name)
            if weight is None:
                continue
            worth = weight * stretch.shares[name[0]]
            score += worth
            for place in places:
                at[place] += worth / len(places)
        score += sum(weights.get(cue, 0.0) * stretch.shares["k"] for cue in cues)
        first, last = _heaviest(at)
        told = sorted(range(first, last), key=lambda place: -at[place])[:_TOLD]
        return Weighing(
            score,
            words[first].start,
            words[last - 1].end,
            tuple(words[place].word for place in sorted(told) if at[place] > 0),
        )


def scales(found: Iterable[str]) -> dict[str, float]:
    """Return what one feature of each block counts, given the names of all that a text has."""
    count = dict.fromkeys(BLOCKS, 0)
    for name in found:
        count[name[0]] += 1
    made = {block: BLOCKS[block] / max(1, number) ** 0.5 for block, number in count.items()}
    # Cues are few and each stands for itself.
    return {**made, "k": BLOCKS["k"]}


def stretches(text: Plain) -> list[Read]:
    """Return what is read together: all of a short text, neighbouring sentences of a long one."""
    ends = list(text.sentences())
    words = tokens(text.text)
    if len(ends) <= _WHOLE:
        return [words] if words else []
    made = []
    for first in range(0, len(ends) - _REACH + _STEP, _STEP):
        low, high = ends[first][0], ends[min(first + _REACH, len(ends)) - 1][1]
        made.append([one for one in words if low <= one.start < high])
    return [one for one in made if one]


def seen(words: Read) -> dict[str, list[int]]:
    """Return the features of a stretch, each with the words at which it stands."""
    found: dict[str, list[int]] = {}
    for name, place in features(words):
        found.setdefault(name, []).append(place)
    return found


def cue_features(verdict: Verdict) -> list[str]:
    """Return what the cues found, as features: each cue, and how much they weigh together."""
    if not verdict.evidence:
        return []
    made = dict.fromkeys(f"k{one.cue.name}" for one in verdict.evidence)
    return [*made, f"k={min(4, max(-1, round(2 * verdict.score / verdict.enough)))}"]


@lru_cache(maxsize=16)
def _read(typed: str) -> tuple[Stretch, ...]:
    """Read a text once for all guards."""
    made = []
    for words in stretches(plain(typed)):
        found = seen(words)
        made.append(Stretch(words, found, scales(found)))
    return tuple(made)


def judge(guard: str, typed: str, language: str = "en") -> Verdict:
    """Judge a text by what was learned and by the cues together."""
    told = lexicon(guard, language).judge(typed)
    known = learned(WORDS / language / f"{guard}.weights")
    found = judged(known, typed, cue_features(told))
    if found is None:
        return told
    by_cue = told.speaks and told.passage
    read = plain(typed)
    return Verdict(
        found.score,
        known.enough,
        told.evidence,
        told.passage if by_cue else read.passage(found.start, found.end),
        told.why if by_cue else lexicon(guard, language).why,
        found.words,
    )


def judged(known: Learned, typed: str, cues: Iterable[str] = ()) -> Weighing | None:
    """Return the heaviest stretch of a text; None for a text without words."""
    named = tuple(cues)
    weighed = [known.weigh(stretch, named) for stretch in _read(typed)]
    return max(weighed, key=lambda one: one.score, default=None)


@cache
def learned(path: Path) -> Learned:
    """Return the weights kept in a file: ``name<TAB>hundredths``, the first two lines apart."""
    held = dict(
        line.rsplit("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if line
    )
    enough, bias = (float(held.pop(name)) for name in ("enough", "bias"))
    return Learned(enough, bias, {name: int(weight) / SCALE for name, weight in held.items()})


def _heaviest(at: Sequence[float]) -> tuple[int, int]:
    """Return the run of words, not too long, that weighs most."""
    best, span = float("-inf"), (0, 1)
    for first in range(len(at)):
        total = 0.0
        for last in range(first, min(first + _QUOTED, len(at))):
            total += at[last]
            if total > best:
                best, span = total, (first, last + 1)
    return span

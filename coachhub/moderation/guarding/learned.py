"""What a guard learned from texts written for it: a weight for each feature, nothing else.

A logistic regression, trained by ``make guard-train`` and kept beside the words as data; here it is
only read and added up, so that each verdict can say which passage weighed most. What the cues
found (`cues`) is a feature among the others.

A file of weights is text. Its first line holds from which score on the guard speaks, where the sum
begins, and how much a whole step is; each other line a number of steps, and all features that
weigh so much, with tabs between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from coachhub.moderation.guarding.cues import WORDS, Lexicon, Verdict, lexicon
from coachhub.moderation.guarding.meaning import Token, features, tokens, words_in
from coachhub.moderation.guarding.plain import Plain, plain
from coachhub.moderation.guarding.tongue import ENGLISH, tongue

# How much a block counts beside the others; training and reading share it.
BLOCKS: Mapping[str, float] = {"w": 1.0, "m": 1.5, "c": 1.0, "d": 2.0, "q": 0.1, "k": 0.5}
_WHOLE = 8  # sentences: a text of up to so many is read in one
_REACH, _STEP = 6, 5  # sentences read together in a longer one, and how far to go on
_CLOSELY = 2  # parts of a long text that are read word by word
_REMEMBERED = 20_000  # words whose weight alone is kept
# What a feature of a single word counts in a part of some hundred words.
_ALONE: Mapping[str, float] = {"w": 0.06, "m": 0.15, "d": 0.25}
_QUOTED = 14  # words of a passage at most
FEWEST = 5  # words: a name or a short answer says too little, only cues are looked for
SURE = 1.25  # what it counts that a guard would speak by cues or lists alone
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
    _alone: dict[str, float] = field(default_factory=dict, compare=False, repr=False)

    def alone(self, words: Iterable[str]) -> float:
        """Return what words weigh without their neighbours: enough to see where to look."""
        known, total = self._alone, 0.0
        for word in words:
            worth = known.get(word)
            if worth is None:
                worth = self._worth(word)
                if len(known) < _REMEMBERED:
                    known[word] = worth
            total += worth
        return total

    def _worth(self, word: str) -> float:
        return sum(
            self.weights.get(name, 0.0) * _ALONE.get(name[0], 0.0)
            for name in seen(tokens(plain(word)))
            if name[1] != "^"
        )

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


def parts(text: Plain) -> list[Plain]:
    """Return what is read together: all of a short text, neighbouring sentences of a long one."""
    ends = list(text.sentences())
    if len(ends) <= _WHOLE:
        return [text]
    return [
        text.part(ends[first][0], ends[min(first + _REACH, len(ends)) - 1][1])
        for first in range(0, len(ends) - _REACH + _STEP, _STEP)
    ]


def closely(known: Learned, text: Plain) -> list[Plain]:
    """Return the parts of a text that a guard reads word by word.

    Of a long one that is the two whose single words weigh most, so that a post of any length is
    read in the time that a page takes.
    """
    found = parts(text)
    if len(found) <= _CLOSELY:
        return found
    return sorted(found, key=lambda one: -known.alone(words_in(one.text)))[:_CLOSELY]


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


@lru_cache(maxsize=64)
def _stretch(part: Plain) -> Stretch:
    """Read a part of a text once for all guards."""
    words = tokens(part)
    found = seen(words)
    return Stretch(words, found, scales(found))


def forget() -> None:
    """Forget the texts that were read last; what they say is read anew."""
    _stretch.cache_clear()


def judge(guard: str, typed: str) -> Verdict:
    """Judge a text by what was learned and by the cues together; its heaviest part counts.

    Weights were learned in English only: a text in another language is judged by that language's
    cues, and passes where a guard has none.
    """
    read = plain(typed)
    language = tongue(read)
    if language != ENGLISH:
        return _by_cues(guard, read, language)
    known = learned(WORDS / language / f"{guard}.weights")
    cues = lexicon(guard, language)
    found = closely(known, read)
    # A plain word of abuse among many calm sentences is still one: where the cues would speak by
    # themselves, a little less is enough. In a short text they must say it twice over.
    least = cues.enough if found != [read] else 2 * cues.enough
    verdicts = [_judged(known, cues, part, least) for part in found]
    return max(verdicts, key=lambda one: one.score)


def _by_cues(guard: str, read: Plain, language: str) -> Verdict:
    if (WORDS / language / f"{guard}.toml").exists():
        return lexicon(guard, language).judge(read)
    return Verdict(0.0, 1.0, (), "", "")


def _judged(known: Learned, cues: Lexicon, part: Plain, least: float) -> Verdict:
    told = cues.judge(part)
    stretch = _stretch(part)
    if len(stretch.words) < FEWEST:
        return told
    found = known.weigh(stretch, cue_features(told))
    by_cue = told.speaks and told.passage
    return Verdict(
        found.score + (SURE if told.score >= least else 0.0),
        known.enough,
        told.evidence,
        told.passage if by_cue else part.passage(found.start, found.end),
        told.why if by_cue else cues.why,
        found.words,
    )


def heaviest_passage(known: Learned, typed: str, found: Sequence[str] = ()) -> str | None:
    """Return the passage that weighs most, for a guard that has lists of its own.

    Args:
        known: its weights.
        typed: the text.
        found: what its lists found, as features; then a little less is enough.

    Returns:
        The passage; empty if nothing is to be said; None where the weights can't tell, as the text
        is too short or isn't English.
    """
    read = plain(typed)
    weighed = [
        (known.weigh(stretch, found), part)
        for part in closely(known, read)
        if len((stretch := _stretch(part)).words) >= FEWEST
    ]
    if not weighed or tongue(read) != ENGLISH:
        return None
    most, part = max(weighed, key=lambda one: one[0].score)
    if most.score + (SURE if found else 0.0) < known.enough:
        return ""
    return part.passage(most.start, most.end)


@cache
def learned(path: Path) -> Learned:
    """Return the weights kept in a file."""
    first, *lines = path.read_text(encoding="utf-8").strip().split("\n")
    enough, bias, step = map(float, first.split("\t"))
    weights = {}
    for line in lines:
        steps, *names = line.split("\t")
        weights.update(dict.fromkeys(names, int(steps) * step))
    return Learned(enough, bias, weights)


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

"""Cues and their weights: how words, which are data, become a score that can be explained.

A guard's file under ``words/<language>/`` holds lists, and cues with a weight and phrases. A
phrase is a regular expression of ours with three marks more: a space is any gap between two words,
`` .. `` is up to six words in between, and ``<name>`` is a list of the file. Firms' own words never
come here; they are literals, see `watched`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coachhub.moderation.guarding.plain import Plain, plain

WORDS = Path(__file__).parent / "words"
_REACH = 3  # sentences that are read together: what is further apart does not belong together
_GAP = r"\W+(?:[\w'-]+\W+){0,6}?"


@dataclass(frozen=True)
class Cue:
    """Phrases that mean the same to a guard; a negative weight speaks for the author."""

    name: str
    weight: float
    pattern: re.Pattern[str]
    why: str = ""


@dataclass(frozen=True)
class Evidence:
    """One cue found: where in the plain text, and what it weighs."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True)
class Verdict:
    """What a guard makes of a text: the score, the evidence, and the strongest passage."""

    score: float
    enough: float
    evidence: tuple[Evidence, ...]
    passage: str
    why: str
    words: tuple[str, ...] = ()  # that weighed most, where the weights were learned

    @property
    def speaks(self) -> bool:
        """Say whether the author should hear a word."""
        return self.score >= self.enough - 1e-9

    def explained(self) -> str:
        """Return the cues and the words that weighed most, for whoever looks after the rules."""
        told = [f"{one.cue.name} {one.cue.weight:+g}" for one in self.evidence]
        told += [f"“{word}”" for word in self.words]
        return f"{self.score:.2f}: {', '.join(told)}"


@dataclass(frozen=True)
class Lexicon:
    """What one guard knows in one language, from which score on it speaks, and what it says."""

    guard: str
    rule: str
    enough: float
    why: str
    instead: str
    cues: tuple[Cue, ...]

    def judge(self, text: str | Plain) -> Verdict:
        """Weigh a text: the heaviest few sentences of it count, each cue once."""
        read = text if isinstance(text, Plain) else plain(text)
        found = sorted(self._found(read.text), key=lambda one: one.start)
        best: tuple[float, tuple[Evidence, ...]] = (0.0, ())
        ends = list(read.sentences())
        for first in range(len(ends)):
            low, high = ends[first][0], ends[min(first + _REACH, len(ends)) - 1][1]
            once: dict[str, Evidence] = {}
            for one in found:
                if low <= one.start < high:
                    once.setdefault(one.cue.name, one)
            score = sum(one.cue.weight for one in once.values())
            if score > best[0]:
                best = (score, tuple(once.values()))
        strongest = max(best[1], key=lambda one: one.cue.weight, default=None)
        if strongest is None:
            return Verdict(0.0, self.enough, (), "", self.why)
        passage = read.passage(strongest.start, strongest.end)
        return Verdict(best[0], self.enough, best[1], passage, strongest.cue.why or self.why)

    def _found(self, text: str) -> Iterator[Evidence]:
        for cue in self.cues:
            for match in cue.pattern.finditer(text):
                yield Evidence(cue, match.start(), match.end())


@cache
def lexicon(guard: str, language: str = "en") -> Lexicon:
    """Return what a guard knows in a language; raises FileNotFoundError for a language unknown."""
    held = tomllib.loads((WORDS / language / f"{guard}.toml").read_text(encoding="utf-8"))
    lists = {name: "|".join(words.split("\n")) for name, words in held.get("lists", {}).items()}
    lists = {name: re.sub(r"\s*\|\s*", "|", words).strip("| ") for name, words in lists.items()}
    return Lexicon(
        guard,
        held["rule"],
        held["enough"],
        held["why"],
        held["instead"],
        tuple(
            Cue(
                name,
                cue["weight"],
                _compiled(cue["phrases"].split("\n"), lists),
                cue.get("why", ""),
            )
            for name, cue in held["cues"].items()
        ),
    )


def _compiled(phrases: list[str], lists: dict[str, str]) -> re.Pattern[str]:
    """Return phrases as one pattern; what stands where a word begins is looked for only there."""
    inside: dict[bool, list[str]] = {True: [], False: []}
    for one in phrases:
        if one:
            at_word, made = _phrase(one, lists)
            inside[at_word].append(made)
    first = [rf"(?<!\w)(?:{'|'.join(inside[True])})"] if inside[True] else []
    return re.compile("|".join(first + inside[False]))


def _phrase(phrase: str, lists: dict[str, str]) -> tuple[bool, str]:
    """Return whether a phrase begins where a word does, and the phrase as a pattern."""
    while named := re.search(r"<([a-z_]+)>", phrase):
        words = lists[named.group(1)]
        phrase = phrase.replace(named.group(), f"(?:{words})")
    made = phrase.replace(" .. ", "\0").replace(" ?", r"[\W_]*").replace(" ", r"[\W_]+")
    made = made.replace("\0", _GAP)
    at_word = re.match(r"[\w(\\[]", phrase) is not None
    after = r"(?!\w)" if re.search(r"[\w)\]}+*?]$", phrase) else ""
    return at_word, f"(?:{made}){after}"

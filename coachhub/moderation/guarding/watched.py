"""A firm's own watched words: literals and ``*``, thousands of them in one pass over a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from coachhub.core.words import gettext
from coachhub.moderation.guarding.plain import plain

LONGEST = 80
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PART = re.compile(r"[\w*]+|[^\w\s]")


@dataclass(frozen=True)
class Sighting:
    """A watched word in a text: the word as the firm wrote it, and the passage as typed."""

    word: str
    passage: str


@dataclass(frozen=True)
class _Part:
    """One word of a watched phrase: exact, or with ``*`` for any run of letters."""

    text: str

    def fits(self, token: str) -> bool:
        """Say whether a word of a text is meant."""
        if "*" not in self.text:
            return token == self.text
        first, *middle, last = self.text.split("*")
        if len(token) < len(first) + len(last) or not token.startswith(first):
            return False
        if not token.endswith(last):
            return False
        at, ends = len(first), len(token) - len(last)
        for piece in middle:
            found = token.find(piece, at, ends)
            if found < 0:
                return False
            at = found + len(piece)
        return True


@dataclass(frozen=True)
class _Phrase:
    """A watched phrase in parts."""

    word: str
    parts: tuple[_Part, ...]


@dataclass
class Watch:
    """Watched words, indexed by how their first part begins or ends.

    `exact` holds whole words, `begins` and `ends` what stands before and after a ``*``; each text
    word is looked up once per length that there is, however many words are watched.
    """

    exact: dict[str, list[_Phrase]] = field(default_factory=dict)
    begins: dict[int, dict[str, list[_Phrase]]] = field(default_factory=dict)
    ends: dict[int, dict[str, list[_Phrase]]] = field(default_factory=dict)
    loose: list[_Phrase] = field(default_factory=list)

    @classmethod
    def over(cls, words: Iterable[str]) -> Watch:
        """Return a watch over these words; what `problem` refuses is left out."""
        made = cls()
        for word in words:
            parts = tuple(_Part(part) for part in _parts(word))
            if parts and not problem(word):
                made._add(_Phrase(word, parts))
        return made

    def _add(self, phrase: _Phrase) -> None:
        first = phrase.parts[0].text
        if "*" not in first:
            self.exact.setdefault(first, []).append(phrase)
            return
        head, tail = first.split("*", 1)[0], first.rsplit("*", 1)[1]
        if head:
            self.begins.setdefault(len(head), {}).setdefault(head, []).append(phrase)
        elif tail:
            self.ends.setdefault(len(tail), {}).setdefault(tail, []).append(phrase)
        else:
            self.loose.append(phrase)

    def sightings(self, typed: str) -> list[Sighting]:
        """Return each watched word that stands in a text, once, in the order of the text."""
        read = plain(typed)
        places = [match.span() for match in _TOKEN.finditer(read.text)]
        tokens = [read.text[start:end] for start, end in places]
        held = {token: self._candidates(token) for token in set(tokens)}
        seen: dict[str, Sighting] = {}
        for place, token in enumerate(tokens):
            for phrase in held[token]:
                last = place + len(phrase.parts)
                if phrase.word in seen or last > len(tokens):
                    continue
                here = tokens[place:last]
                if all(part.fits(one) for part, one in zip(phrase.parts, here, strict=True)):
                    passage = read.passage(places[place][0], places[last - 1][1])
                    seen[phrase.word] = Sighting(phrase.word, passage)
        return list(seen.values())

    def _candidates(self, token: str) -> list[_Phrase]:
        """Return the phrases whose first part may be this word."""
        found = [*self.exact.get(token, ()), *self.loose]
        for length, begins in self.begins.items():
            found += begins.get(token[:length], ())
        for length, ends in self.ends.items():
            found += ends.get(token[-length:], ())
        return found


@lru_cache(maxsize=64)
def watch(words: tuple[str, ...]) -> Watch:
    """Return the watch over these words, made once."""
    return Watch.over(words)


def problem(word: str) -> str:
    """Return why a word cannot be watched, as a sentence; empty if it can."""
    if not word.strip():
        return gettext("There is no word on this line.")
    if len(word) > LONGEST:
        return gettext("Up to %(LONGEST)s characters, please.", LONGEST=LONGEST)
    parts = _parts(word)
    if any(not part.strip("*") for part in parts):
        return gettext("A * stands for letters within a word, not for a word of its own.")
    if len("".join(parts).replace("*", "")) < 2:  # noqa: PLR2004 - one letter would be everywhere
        return gettext("Two letters at least, please.")
    return ""


def _parts(word: str) -> list[str]:
    return _PART.findall(plain(word).text)

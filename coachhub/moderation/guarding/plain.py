"""Text as the guards read it: small plain letters, with the way back to what was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_SAME = str.maketrans("‘’‚‛`´“”„«»‐‑‒–—―−•∙⋅", "''''''\"\"\"\"\"-------···")
_SENTENCE_ENDS = re.compile(r"[.!?…]+[\s\"')\]]+|\n+")
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]")
_LETTERS_AT_LEAST = 3  # in front of a full stop that ends a sentence: not "e.g." or "Q3."


@dataclass(frozen=True)
class Plain:
    """A text in plain letters.

    Attributes:
        typed: the text as it was typed.
        text: the same without accents, odd widths, capitals and invisible characters.
        at: for each character of `text`, and for its end, where it stands in `typed`.
    """

    typed: str
    text: str
    at: Sequence[int]

    def passage(self, start: int, end: int) -> str:
        """Return what was typed between two places of `text`."""
        first, last = self.span(start, end)
        return self.typed[first:last].strip()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where that stands in `typed`."""
        return self.at[start], self.at[end - 1] + 1 if end > start else self.at[start]

    def part(self, start: int, end: int) -> Plain:
        """Return what stands between two places of `text`; it knows its place in `typed`."""
        return Plain(self.typed, self.text[start:end], self.at[start : end + 1])

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield the sentences of `text`, from and to."""
        begins = 0
        for match in _SENTENCE_ENDS.finditer(self.text):
            if match.end() - begins > _LETTERS_AT_LEAST:
                yield begins, match.end()
                begins = match.end()
        if self.text[begins:].strip():
            yield begins, len(self.text)


def plain(typed: str) -> Plain:
    """Read a text."""
    if typed.isascii():
        return Plain(typed, typed.lower(), range(len(typed) + 1))
    letters: list[str] = []
    at: list[int] = []
    for match in _RUNS.finditer(typed):
        run, place = match.group(), match.start()
        if run.isascii():
            letters.append(run.lower())
            at.extend(range(place, match.end()))
        else:
            folded = _folded(run)
            letters.append(folded)
            at.extend([place] * len(folded))
    return Plain(typed, "".join(letters), (*at, len(typed)))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if unicodedata.category(character) in {"Cf", "Mn", "Me"}:
        return ""
    apart = unicodedata.normalize("NFKD", character.translate(_SAME)).casefold()
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return "".join(one for one in apart.translate(_SAME) if unicodedata.category(one) != "Mn")

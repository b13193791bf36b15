"""In which language a text is written, by its small words alone.

Weights and cues belong to a language: English weights read a Spanish post as nonsense, and nonsense
can weigh anything. English is kept wherever it is not plainly another one.
"""

from __future__ import annotations

from functools import cache

from coachhub.moderation.guarding.cues import WORDS
from coachhub.moderation.guarding.meaning import words_in
from coachhub.moderation.guarding.plain import Plain

ENGLISH = "en"
_READ = 400  # words from the beginning, enough to know
_FEWEST = 2  # small words of the other language
_SURE = 1.5  # times as many as English ones, so that a name or a quotation doesn't decide


@cache
def _small_words() -> dict[str, frozenset[str]]:
    """Return the small words of each language that the guards read."""
    return {
        path.parent.name: frozenset(path.read_text(encoding="utf-8").split())
        for path in sorted(WORDS.glob("*/small_words.txt"))
    }


def _elided(word: str) -> str:
    """Return what stands before an apostrophe and with it, as in ``l'``; empty if there's none."""
    first, mark, _ = word.partition("'")
    return first + mark if mark else ""


def tongue(text: Plain) -> str:
    """Return the code of a text's language, ``en`` where it isn't plainly another."""
    words = words_in(text.text)[:_READ]
    counts = {
        language: sum(word in small or _elided(word) in small for word in words)
        for language, small in _small_words().items()
    }
    most = max(counts, key=lambda one: counts[one])
    if counts[most] >= _FEWEST and counts[most] >= _SURE * counts[ENGLISH]:
        return most
    return ENGLISH

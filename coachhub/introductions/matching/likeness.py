"""How alike two short texts are: roles, fields, places, topics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

Words = frozenset[str]

_SPLIT = re.compile(r"[^\w+#]+")
_SHORTEST = 2
_SHORTEST_PLURAL = 4
_IT = "information technology"
_SMALL_WORDS = (
    "a about all also am an and any are as at be by can do for from get has have help how i if in"
    " into is it its job jobs me more my new no not of on one or other our out role roles should"
    " so some than that the their them there they this to up us want was we what when where which"
    " who will with work would you your"
)
_SMALL = frozenset(_SMALL_WORDS.split())
# A rank says how high, not what for: two managers need not be after the same work.
_RANK_WORDS = (
    "analyst assistant associate chief consultant coordinator deputy director executive expert"
    " head intern interim junior lead leader manager mid officer partner president principal"
    " senior specialist sr jr staff trainee vice vp"
)
_RANKS = frozenset(_RANK_WORDS.split())
# People who can hire, or know who does.
_HIRING_WORDS = (
    "acquisition ceo chief director founder head hiring hr human manager owner partner people"
    " president recruiter recruiting recruitment talent vp"
)
_HIRING = frozenset(_HIRING_WORDS.split())
ANYWHERE = frozenset({"remote", "anywhere", "worldwide", "hybrid", "home"})


@lru_cache(maxsize=65536)
def words(text: str) -> Words:
    """Return the words of a text that mean something, folded: no accents, no plural."""
    return frozenset(_written(text))


def as_written(found: Words, text: str) -> list[str]:
    """Return how some words stand in a text, in its order: "logistics" for what folds to less."""
    return [word for folded, word in _written(text).items() if folded in found]


@lru_cache(maxsize=65536)
def _written(text: str) -> dict[str, str]:
    # "IT" is a field of work, "it" is not.
    words_in = [_IT if word == "IT" else word for word in _SPLIT.split(text)]
    return {
        _folded(word): "IT" if word is _IT else word.casefold()
        for word in words_in
        if len(word) >= _SHORTEST and word.casefold() not in _SMALL
    }


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if len(plain) >= _SHORTEST_PLURAL and plain.endswith("s") and not plain.endswith("ss"):
        return f"{plain[:-3]}y" if plain.endswith("ies") else plain[:-1]
    return plain


def words_of(texts: Iterable[str]) -> Words:
    """Return the words of several texts together."""
    found: Words = frozenset()
    return found.union(*map(words, texts))


@lru_cache(maxsize=65536)
def role_words(text: str) -> Words:
    """Return what a role is about, without its rank: "Senior product manager" is product."""
    every = words(text)
    return every - _RANKS


def role_words_of(texts: Iterable[str]) -> Words:
    """Return what several roles are about."""
    found: Words = frozenset()
    return found.union(*map(role_words, texts))


def overlap(one: Words, other: Words) -> float:
    """Return which share of the shorter text's words the other has too, 0 to 1."""
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))


@lru_cache(maxsize=65536)
def is_hiring(position: str) -> bool:
    """Say whether somebody with this position is likely to hire, or to know who does."""
    return not _HIRING.isdisjoint(words(position))

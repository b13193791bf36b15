"""What a short text says, as features: words, their meanings, their order, pieces of words.

A feature is a name with a letter in front for its block: ``w`` words and pairs of words, ``m``
meanings and pairs of meanings (`meanings.txt`: so that a noun never met shares what its kind
weighs), ``c`` pieces of words, ``d`` whole words once more (their weight comes from their
neighbours in meaning, so that a word never met has one too), ``q`` marks of the text. A block
counts as much in a long text as in a short one.

Some meanings are in no list but in how a word is written: a name (``name``; ``called`` where it
stands alone between commas, as when somebody is spoken to), a number below twenty (``few``) or not
(``many``), a word in quotation marks. With the word that begins a sentence, they tell to whom a
sentence is said, and how much a thing costs where no currency stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

from coachhub.moderation.guarding.cues import WORDS
from coachhub.moderation.guarding.plain import Plain

_ITEM = re.compile(r"^[^\S\n]*(\d{1,3})[.)](?=\s)", re.MULTILINE)
_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|\d+(?:[.,:]\d+)*|[$€£₹%?]|!+")
_SIGNS = {"$": "currency", "€": "currency", "£": "currency", "₹": "currency"}
_NEAR = 6  # words: how far apart two meanings may stand to count as a pair
_SKIP = 3  # words: the same for two words
_PIECES = (4, 5)  # letters
_YEAR = re.compile(r"(?:19|20)\d\d$")
# Written with a capital, and no name.
_NO_NAME = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|english|german|french|spanish)(?:'?s)?$"
    r"|i'(?:m|ve|d|ll)$"
)
_LONGEST_PHRASE = 3
_STEPS = (10, 20, 50, 100, 1000)  # of numbers: between two they count as the same word
_MANY = 20
_DIGITS = 9  # of a number that are read
_SHORTEST_NAME = 3  # letters
_ENDS = frozenset({"", ",", ".", "?", "!", ":", ";"})  # of what somebody is called by


# Its name, and at which word of the text it begins.
Feature: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Token:
    """A word of a text: its stem, what it means, and where it stands."""

    word: str
    stem: str
    meanings: tuple[str, ...]
    start: int
    end: int
    begins: bool = False  # a sentence
    part: int = 0  # the number of its sentence


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a word without its commonest endings; crude, and the same for all its forms."""
    word = word.removesuffix("'s").removesuffix("s'").replace("-", "")
    if len(word) <= 3 or not word.isalpha():  # noqa: PLR2004 - too short to have an ending
        return word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ied", "y")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and re.search("[aeiouy]", rest):  # noqa: PLR2004
            doubled = rest[-1] == rest[-2] and rest[-1] not in "lsz"
            word = rest[:-1] if doubled else rest
            break
    return word.removesuffix("e") if len(word) > 3 else word  # noqa: PLR2004


def words_in(text: str) -> list[str]:
    """Return the words of a plain text as they stand there."""
    return _TOKEN.findall(text)


def tokens(read: Plain, language: str = "en") -> list[Token]:
    """Return the words of a text."""
    alone, phrases = _meanings(language)
    text = read.text
    # The numbers of a list are no sums: thirty of them would outweigh what stands behind them.
    items = {match.start(1) for match in _ITEM.finditer(text)}
    found = [
        (match.group(), match.start(), match.end())
        for match in _TOKEN.finditer(text)
        if match.start() not in items
    ]
    stems = [_read(word) for word, _, _ in found]
    made: list[Token] = []
    part, ended = -1, 0
    for place, (word, start, end) in enumerate(found):
        before = text[ended:start]
        begins = place == 0 or "." in before or "\n" in before or found[place - 1][0][0] in "?!"
        part, ended = part + begins, end
        meant = list(alone.get(stems[place], ()))
        if word in _SIGNS:
            meant.append(_SIGNS[word])
        elif word[0].isdigit() and stems[place] != "#year":
            meant.append("few" if _amount(word) < _MANY else "many")
        for length in range(2, _LONGEST_PHRASE + 1):
            meant += phrases.get(" ".join(stems[place : place + length]), ())
        if before.endswith('"'):
            meant.append("quoted")
        if _is_name(read, word, start):
            after = text[end : end + 1]
            if not begins:
                meant.append("called" if "," in before and after in _ENDS else "name")
            elif after == ",":
                meant.append("called_first")
        meanings = tuple(dict.fromkeys(meant))
        made.append(Token(word, stems[place], meanings, start, end, begins, part))
    return made


def _is_name(read: Plain, word: str, start: int) -> bool:
    """Say whether a word is written as a name is: a capital, then small letters."""
    if len(word) < _SHORTEST_NAME or not word[:2].isalpha() or _NO_NAME.match(word):
        return False
    at = read.at[start]
    return read.typed[at].isupper() and read.typed[at + 1 : at + 2].islower()


def _read(word: str) -> str:
    if word[0].isdigit():
        if _YEAR.match(word.rstrip(".,:")):
            return "#year"
        amount = _amount(word)
        return f"#{sum(amount >= one for one in _STEPS)}"
    return stem(word)


def _amount(word: str) -> int:
    """Return a number as written, without its decimals; of a time of day the hour."""
    bare = re.sub(r"[.,]\d\d?$", "", word.partition(":")[0])
    return int(re.sub(r"[.,]", "", bare)[:_DIGITS] or 0)


def features(words: Sequence[Token]) -> Iterator[Feature]:
    """Yield what these words have, some of it more than once."""
    for place, one in enumerate(words):
        yield f"w{one.stem}", place
        if one.begins:
            yield f"w^{one.stem}", place
            for meant in one.meanings:
                yield f"m^{meant}", place
        if one.word.isalpha():
            yield f"d{one.word}", place
        for meant in one.meanings:
            yield f"m{meant}", place
        for further, other in enumerate(words[place + 1 : place + 1 + _NEAR], 1):
            for pair in _pairs(one, other, further):
                yield pair, place
        for piece in _pieces(one.word):
            yield piece, place
    for mark in _marks(words):
        yield f"q{mark}", 0


def _pairs(one: Token, other: Token, further: int) -> Iterator[str]:
    """Yield what two words are together that stand so many words apart."""
    for meant in one.meanings:
        for then in other.meanings:
            yield f"m{meant}>{then}"
    if further > _SKIP:
        return
    yield f"w{one.stem}{' ' if further == 1 else '~'}{other.stem}"
    for meant in one.meanings:
        yield f"m{meant}>{other.stem}"
    for then in other.meanings:
        yield f"m{one.stem}>{then}"


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[str, ...]:
    if not word.isalpha():
        return ()
    edged = f"<{word}>"
    return tuple(
        f"c{edged[start : start + length]}"
        for length in _PIECES
        for start in range(len(edged) - length + 1)
    )


def _marks(words: Sequence[Token]) -> Iterator[str]:
    """Yield what only the whole text has."""
    count = len(words)
    yield f"long{min(6, count // 6)}"
    if any(one.word == "?" for one in words):
        yield "asks"
        if words[-1].word == "?":
            yield "ends asking"
    if any("currency" in one.meanings for one in words) and any(
        one.stem.startswith("#") for one in words
    ):
        yield "amount"


@cache
def _meanings(language: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return the meanings of stems, and of stems that stand together."""
    alone: dict[str, list[str]] = {}
    phrases: dict[str, list[str]] = {}
    classes: dict[str, list[str]] = {}
    for line in (WORDS / language / "meanings.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if ":" in line:
            name, listed = line.split(":", 1)
            classes[name] = listed.split()
        elif " < " in line:
            name, kinds = line.split(" < ")
            classes[name] = [word for kind in kinds.split() for word in classes[kind]]
    for name, words in classes.items():
        for word in words:
            stems = [stem(part) for part in word.split("_")]
            held = alone if len(stems) == 1 else phrases
            here = held.setdefault(" ".join(stems), [])
            if name not in here:
                here.append(name)
    return (
        {word: tuple(names) for word, names in alone.items()},
        {word: tuple(names) for word, names in phrases.items()},
    )

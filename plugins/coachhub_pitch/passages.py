"""Finding a passage again after the text around it, or a little of itself, has changed."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.fuzz import partial_ratio_alignment

ALIKE = 75.0  # of 100; below, it is another passage
RUN = 3  # characters in a row that are no accident
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[”\"’)]*|$|(?=\n))")
_PIECE = re.compile(r"\s+|[^\W_]+|[^\w\s]|_")
Change = Literal["same", "added", "gone"]


@dataclass(frozen=True)
class Passage:
    """Where a passage stands: ``text[start:end]``; `exact` if not a letter of it has changed."""

    start: int
    end: int
    exact: bool


@dataclass(frozen=True)
class Piece:
    """A stretch of text with the numbers of the comments that are about it."""

    text: str
    marks: tuple[int, ...] = ()


def find(text: str, quote: str, start: int) -> Passage | None:
    """Find where `quote`, once at `start`, stands in `text` now; None if it is gone.

    The same words nearest to where they were win; else the stretch most like them, if it is at
    least `ALIKE` of 100 alike (Indel similarity of the best substring).
    """
    if not quote:
        return None
    places = [found.start() for found in re.finditer(re.escape(quote), text)]
    if places:
        at = min(places, key=lambda place: (abs(place - start), place))
        return Passage(at, at + len(quote), exact=True)
    near = max(0, start - len(quote))
    return _alike(text, quote, near, start + 2 * len(quote)) or _alike(text, quote, 0, len(text))


def _alike(text: str, quote: str, begin: int, end: int) -> Passage | None:
    part = text[begin:end]
    if len(part) < len(quote) // 2:
        return None
    found = partial_ratio_alignment(quote, part, score_cutoff=ALIKE)
    if found is None or found.dest_end - found.dest_start < len(quote) // 2:
        return None
    # The substring is as long as the quote was; what counts is where the same words begin and end.
    window = part[found.dest_start : found.dest_end]
    matcher = difflib.SequenceMatcher(None, quote, window, autojunk=False)
    same = [block for block in matcher.get_matching_blocks() if block.size >= RUN]
    if not same:
        return None
    begin += found.dest_start
    first, last = begin + same[0].b, begin + same[-1].b + same[-1].size
    # Half a word is no passage.
    while first > 0 and text[first - 1].isalnum() and text[first : first + 1].isalnum():
        first -= 1
    while last < len(text) and text[last].isalnum() and text[last - 1].isalnum():
        last += 1
    return Passage(first, last, exact=False)


def sentences(text: str) -> list[tuple[int, str]]:
    """Return the sentences of a text, each with where it begins."""
    found = []
    for one in _SENTENCE.finditer(text):
        words = one.group().strip()
        if any(character.isalnum() for character in words):
            found.append((one.start() + len(one.group()) - len(one.group().lstrip()), words))
    return found


def marked(text: str, passages: Iterable[tuple[int, Passage]]) -> list[Piece]:
    """Cut a text where passages begin and end; each piece knows the numbers it belongs to."""
    there = list(passages)
    cuts = sorted({0, len(text), *(at for _, one in there for at in (one.start, one.end))})
    pieces = []
    for begin, end in itertools.pairwise(cuts):
        marks = tuple(n for n, one in there if one.start <= begin and end <= one.end)
        pieces.append(Piece(text[begin:end], marks))
    return pieces


def compared(old: str, new: str) -> list[tuple[Change, str]]:
    """Return how `new` came from `old`, word by word, in reading order."""
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    found: list[tuple[Change, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, b1, b2, a1, a2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(("same", _joined(after[a1:a2])))
            continue
        if b2 > b1:
            found.append(("gone", _joined(before[b1:b2])))
        if a2 > a1:
            found.append(("added", _joined(after[a1:a2])))
    return found


def _joined(pieces: Sequence[str]) -> str:
    return "".join(pieces)

"""Phone numbers among all the other numbers of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_FEWEST, _MOST = 7, 15  # digits; fifteen is the most that E.164 allows
_FEWEST_CALLED = 5  # where the words before it say that it is a number to call
_BACK, _AHEAD = 42, 14  # characters around a number that say what it is
_BETWEEN = re.compile(r"[ \t\n]*[-./()·,_|:~*+'\"]*[ \t\n]*")
_ENDS = re.compile(r"[,/|:\n]")  # between two numbers
_LONGEST_BETWEEN = 4
_WORDS_BETWEEN = 4  # between "ring me" and the number
_ISBN, _NOT_AN_AMOUNT = 13, 9  # digits
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([ .,'])\d{3})(?:\1\d{3})*(?:[.,]\d{1,2})?")
_DATE = re.compile(
    r"(?<!\d)(?:(?:[0-3]?\d)[./-](?:[01]?\d)[./-](?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d[./-][01]?\d[./-][0-3]?\d"
    r"|(?:[01]?\d|2[0-3])[:.][0-5]\d[ ]?(?:h|uhr|am|pm)?[ ]?(?:-|to|until)[ ]?"
    r"(?:[01]?\d|2[0-3])[:.][0-5]\d"
    r"|(?:[01]?\d|2[0-3]):[0-5]\d"
    r"|(?:19|20)\d\d[ ]?[-/][ ]?(?:19|20)?\d\d)(?![\d-])"
)
_YEARS = re.compile(r"(?:(?:19|20)\d\d[ ,.;/&-]*(?:and|to|until|or)?[ ]*)+")
_NATIONAL = re.compile(r"\(*(?:\+|00[1-9]|0[1-9])|\(+\d{2,5}\)")
_AMERICAN = re.compile(r"\(?(?:\+?1[ .-]*)?\(?[2-9]\d\d\)?[ .-]+\d{3}[ .-]+\d{4}")
_LOCAL = re.compile(r"[2-9]\d\d-\d{4}")
_MEASURES = re.compile(r"[\d.,]+(?:[ ]?(?:-|to|x|/|by)[ ]?[\d.,]+)*")


@dataclass(frozen=True)
class _Piece:
    """A run of digits, or a word for some."""

    start: int
    end: int
    digits: str
    spelled: bool


@dataclass(frozen=True)
class Numbers:
    """What one language knows about numbers."""

    words: Mapping[str, str]
    piece: re.Pattern[str]
    called: re.Pattern[str]
    coded: re.Pattern[str]
    measured: re.Pattern[str]

    @classmethod
    def reading(cls, words: Mapping[str, str], cues: str, codes: str, units: str) -> Numbers:
        """Return a reader that knows words for digits, and words around numbers."""
        spelled = "|".join(sorted(words, key=len, reverse=True))
        return cls(
            words,
            re.compile(rf"(?<![a-z])(?:(double|triple|treble) )?({spelled}|\d)(?![a-z])|\d+"),
            re.compile(rf"(?<!\w)(?:{cues})(?!\w)"),
            re.compile(
                rf"(?<!\w)(?:{codes})\W{{0,3}}(?:no|nr|number)?[ .:#]*(?:[a-z]{{1,4}}\W?)?$"
            ),
            re.compile(rf"[ ]?(?:-[ ]?)?(?:{units})(?!\w)"),
        )

    def of(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where phone numbers stand in a plain text."""
        for run in self._runs(text):
            for part in self._apart(text, run):
                start, end = part[0].start, part[-1].end
                if self._is_phone(text, part, start, end):
                    yield self._widened(text, start, end)

    def _runs(self, text: str) -> Iterator[list[_Piece]]:
        """Yield pieces that stand together."""
        run: list[_Piece] = []
        for match in self.piece.finditer(text):
            word = match.group(2)
            digits = self.words.get(word, word) if word else match.group()
            times = {"double": 2, "triple": 3, "treble": 3}.get(match.group(1) or "", 1)
            piece = _Piece(
                match.start(), match.end(), digits * times, spelled=not match.group().isdigit()
            )
            if run and not self._joined(text, run[-1], piece):
                yield run
                run = []
            run.append(piece)
        if run:
            yield run

    @staticmethod
    def _joined(text: str, one: _Piece, other: _Piece) -> bool:
        between = text[one.end : other.start]
        return len(between) <= _LONGEST_BETWEEN and _BETWEEN.fullmatch(between) is not None

    def _apart(self, text: str, run: list[_Piece]) -> Iterator[list[_Piece]]:
        """Take dates out of a run, and split it where a comma ends one number, or a plus begins."""
        start, end = run[0].start, run[-1].end
        dates = [match.span() for match in _DATE.finditer(text, max(0, start - 1), end)]
        whole = "".join(one.digits for one in run)
        if _NATIONAL.match(text, start, end) and len(whole) <= _MOST:
            dates = [span for span in dates if span[0] <= start and span[1] >= end]
        part: list[_Piece] = []
        for one in run:
            if any(low <= one.start < high for low, high in dates):
                if part:
                    yield part
                part = []
                continue
            between = text[part[-1].end : one.start] if part else ""
            ends = "+" in between or (len(whole) > _MOST and _ENDS.search(between) is not None)
            if ends and sum(len(piece.digits) for piece in part) >= _FEWEST:
                yield part
                part = []
            part.append(one)
        if part:
            yield part

    def _is_phone(self, text: str, part: list[_Piece], start: int, end: int) -> bool:
        digits = "".join(one.digits for one in part)
        if not _FEWEST_CALLED <= len(digits) <= _MOST + 1:
            return False
        spelled = sum(len(one.digits) for one in part if one.spelled)
        if spelled:
            return len(digits) >= (_FEWEST if spelled > 1 else _FEWEST + 1)
        written = text[start:end]
        before = text[max(0, start - _BACK) : start]
        opening = re.search(r"[+(]*\+?$", before)
        led = (opening.group() if opening else "") + written
        if led.startswith("+"):
            return len(digits) > _FEWEST
        if self._is_something_else(written, digits, before, text[end : end + _AHEAD]):
            return False
        return self._looks_like_one(written, led, digits, called=self._is_called(before))

    def _is_something_else(self, written: str, digits: str, before: str, after: str) -> bool:
        """Say whether it is a code, a measure, an amount, years, or part of a word."""
        isbn = len(digits) == _ISBN and digits.startswith(("978", "979"))
        named = self.coded.search(before) or re.search(r"[$€£%][ ]?$", before)
        glued = re.search(r"[a-z_/=#]$", before) and not self._is_called(before)
        measured = self.measured.match(after)
        return bool(isbn or named or measured or glued or _YEARS.fullmatch(written))

    @staticmethod
    def _looks_like_one(written: str, led: str, digits: str, *, called: bool) -> bool:
        if _AMERICAN.fullmatch(led) or (_LOCAL.fullmatch(written) and called):
            return True
        if _NATIONAL.match(led) and len(digits) >= _FEWEST:
            return "," not in written or called
        if _GROUPED.fullmatch(written):
            return called and len(digits) >= _NOT_AN_AMOUNT and written[0] != "1"
        return called and len(digits) >= _FEWEST

    def _is_called(self, before: str) -> bool:
        """Say whether a word that speaks of calling stands close before the number."""
        ends = [match.end() for match in self.called.finditer(before)]
        return bool(ends) and len(re.findall(r"\w+", before[ends[-1] :])) <= _WORDS_BETWEEN

    @staticmethod
    def _widened(text: str, start: int, end: int) -> tuple[int, int]:
        """Take the plus and the bracket before a number with it."""
        while start and text[start - 1] in "+(":
            start -= 1
        if (
            text[start] == "("
            and end < len(text)
            and text[end] == ")"
            and ")" not in text[start:end]
        ):
            end += 1
        return start, end

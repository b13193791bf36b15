"""Dates as address books write them.

`03/04/2024` is 3 April for one half of the world and March 4th for the other. The whole file
decides: one value above 12 in the first place means that the day stands first, in the second
place that the month does. A file with both is read value by value, and those that stay open are
left empty. A file with neither (all its days are 1 to 12) follows its separator (dots and
hyphens: day first), and for a slash its headings (English: month first, as LinkedIn's American
forms have it; other languages: day first).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, Literal

First = Literal["day first", "month first"]
Order = First | Literal["unknown", "mixed"]

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,].*)?$", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ,].*)?$", re.ASCII)
_DAY_NAME = re.compile(
    r"(\d{1,2})(?:er|st|nd|rd|th|º)?\.?[ /-]+(?:de |of )?([^\W\d_]{3,12})\.?[ /-]+(?:de |del )?"
    r"(\d{4}|\d{2})(?:[T ,].*)?$"
)
_NAME_DAY = re.compile(
    r"([^\W\d_]{3,12})\.?[ /-]+(\d{1,2})(?:st|nd|rd|th)?[ ,-]+(\d{4})(?:[ ,].*)?$"
)

# Beginnings of month names in English, German, French, Spanish and Italian, without accents.
_MONTHS: Final = {
    beginning: number
    for number, beginnings in enumerate(
        (
            ("jan", "ene", "gen"),
            ("feb", "fev"),
            ("mar", "mae", "mrz"),
            ("apr", "avr", "abr"),
            ("may", "mai", "mag"),
            ("jun", "giu", "juin"),
            ("jul", "lug", "juil"),
            ("aug", "aou", "ago"),
            ("sep", "set"),
            ("oct", "okt", "ott"),
            ("nov",),
            ("dec", "dez", "dic"),
        ),
        start=1,
    )
    for beginning in beginnings
}
_CENTURY_TURNS = 70  # two digits: 70 to 99 are 1970 to 1999
_MONTHS_A_YEAR = 12
_REMEMBERED = 10_000  # days, 27 years of them
_MAX_DATE = 60


class Dates:
    """Reads the dates of one file."""

    def __init__(
        self,
        texts: Callable[[], Iterator[str]],
        slash: First,
    ) -> None:
        """Take what is needed to settle an open date.

        Args:
            texts: walks through the file's date column; asked once, and only when a date is open.
            slash: which comes first in `03/04/2024` when nothing in the file tells.
        """
        self._texts = texts
        self._slash = slash
        self._order: Order | None = None
        self._known: dict[str, date | None] = {}

    def read(self, text: str) -> date | None:
        """The date that the text tells, None where it tells none."""
        if len(text) > _MAX_DATE:
            return None
        if text in self._known:
            return self._known[text]
        found = self._read(text.strip())
        if len(self._known) < _REMEMBERED:
            self._known[text] = found
        return found

    def _read(self, text: str) -> date | None:
        if match := _ISO.match(text):
            return _date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NUMBERS.match(text):
            return self._numbers(int(match[1]), match[2], int(match[3]), _year(match[4]))
        if match := _DAY_NAME.match(text):
            return _date(_year(match[3]), _month(match[2]), int(match[1]))
        if match := _NAME_DAY.match(text):
            return _date(int(match[3]), _month(match[1]), int(match[2]))
        return None

    def _numbers(self, one: int, separator: str, two: int, year: int) -> date | None:
        if one > _MONTHS_A_YEAR or one == two:
            return _date(year, two, one)
        if two > _MONTHS_A_YEAR:
            return _date(year, one, two)
        if self._order is None:
            self._order = order_of(self._texts())
        order: Order = self._order
        if order == "unknown":
            order = self._slash if separator == "/" else "day first"
        if order == "mixed":
            return None
        return _date(year, two, one) if order == "day first" else _date(year, one, two)


def order_of(texts: Iterator[str]) -> Order:
    """What the dates of a whole file say about the place of the day."""
    day_first = month_first = False
    for text in texts:
        if match := _NUMBERS.match(text.strip()):
            day_first = day_first or int(match[1]) > _MONTHS_A_YEAR
            month_first = month_first or int(match[3]) > _MONTHS_A_YEAR
            if day_first and month_first:
                return "mixed"
    if day_first:
        return "day first"
    return "month first" if month_first else "unknown"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:  # noqa: PLR2004 a year is written with four digits or two
        return year
    return year + (1900 if year >= _CENTURY_TURNS else 2000)


def _month(name: str) -> int:
    """The month's number, 0 where the word is no month."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return _MONTHS.get(letters[:4]) or _MONTHS.get(letters[:3], 0)

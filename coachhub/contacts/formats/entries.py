"""What a reader hands out, and how large a file may be."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from coachhub.core.errors import DomainError

MAX_BYTES: Final = 10 * 1024 * 1024
"""The largest file, also after unpacking."""

MAX_ROWS: Final = 100_000
"""The most rows or cards in one file, good and bad together."""

MAX_LINE: Final = 65_536
"""The longest line, and the longest row over several lines, in characters."""

HEADING_LINES: Final = 20
"""The headings must stand within so many lines."""


class UnreadableAddressBook(DomainError):  # noqa: N818 it is a sentence shown to a person
    """The file as a whole can't be read; the text says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of an address book.

    Texts are in Unicode NFC without control characters and without space at the ends; what
    the file doesn't tell is empty. `line` is where the row or card begins, counted from 1.
    """

    line: int
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    url: str = ""
    company: str = ""
    position: str = ""
    connected_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row or card that can't be taken: where it begins, what is wrong, how it starts."""

    line: int
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column holds what, counted from 0; None where no column does.

    `full_name` is split into first and last name where those two are empty.
    """

    first_name: int | None = None
    last_name: int | None = None
    full_name: int | None = None
    email: int | None = None
    url: int | None = None
    company: int | None = None
    position: int | None = None
    connected_on: int | None = None
    note: int | None = None

"""CSV files: find the headings, then read the rows below them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from coachhub.contacts.formats.dates import Dates, First
from coachhub.contacts.formats.entries import (
    HEADING_LINES,
    MAX_LINE,
    MAX_ROWS,
    BadRow,
    Entry,
    UnreadableAddressBook,
)
from coachhub.contacts.formats.headings import Headings, letters_of, read_headings
from coachhub.contacts.formats.lines import bounded_lines
from coachhub.contacts.formats.rows import Row, Rows
from coachhub.contacts.formats.script import Script
from coachhub.contacts.formats.upload import Source
from coachhub.contacts.formats.values import (
    BadValueError,
    bad_row,
    clean,
    clean_note,
    entry,
    link,
    mail_address,
)
from coachhub.core.words import gettext, gettext_noop, number

_DELIMITERS: Final = ",;\t|"
_LIKE_ENOUGH = 3  # rows below that have as many cells as the headings
_MAX_COLUMNS = 500
_LONGEST_HEADING = 80
_NO_HEADINGS = gettext_noop(
    "No headings were found in the first %(lines)s lines, so nothing was imported. The file needs"
    " a line such as “First Name,Last Name,Company” above the people. If it comes from LinkedIn,"
    " upload Connections.csv as you got it, or the whole ZIP."
)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file whose headings are found.

    `known` tells whether the headings were recognised; if not, a person has to say which column
    holds what.
    """

    source: Source
    script: Script
    delimiter: str
    below: int
    headings: Headings
    known: bool

    def rows(self) -> Iterator[Row | BadRow]:
        """The rows below the headings; headings repeated between them are left out."""
        rows = Rows(
            self.script.open(self.source), self.delimiter, len(self.headings.cells), self.below
        )
        cells = list(self.headings.cells)
        for row in rows:
            if (
                isinstance(row, BadRow)
                or row[1][0].strip() != cells[0]
                or [c.strip() for c in row[1]] != cells
            ):
                yield row

    def sample(self, number: int) -> tuple[tuple[str, ...], ...]:
        """The first good rows, clean, for a person to see what is in which column."""
        good = (row[1] for row in self.rows() if not isinstance(row, BadRow))
        return tuple(tuple(clean(c) for c in row) for row in islice(good, number))

    def refuse_no_or_too_many_rows(self) -> None:
        """Count before anything is imported, where the number of lines leaves it open.

        Raises:
            UnreadableAddressBook: nobody below the headings, or more than MAX_ROWS.
        """
        if next(self.rows(), None) is None:
            raise UnreadableAddressBook(
                gettext(
                    "The file has headings, but nobody below them. "
                    "Download it again, and look into it before you upload it."
                )
            )
        if self.script.lines > MAX_ROWS and sum(1 for _ in self.rows()) > MAX_ROWS:
            raise UnreadableAddressBook(
                gettext(
                    "The file has more than %(most)s rows. Split it into smaller files and upload"
                    " each part.",
                    most=number(MAX_ROWS),
                )
            )

    def entries(self, places: dict[str, tuple[int, ...]]) -> Iterator[Entry | BadRow]:
        """Read each row with the given columns."""
        width = len(self.headings.cells)
        slash: First = "month first" if self.headings.english else "day first"
        columns = places.get("connected_on", ())
        dates = Dates(lambda: self._texts(columns), slash)
        first, last, full, company, position, note = (
            places.get(which, (-1,))[0]
            for which in ("first_name", "last_name", "full_name", "company", "position", "note")
        )
        emails, urls = places.get("email", ()), places.get("url", ())
        connected = columns[0] if columns else -1
        for row in self.rows():
            if isinstance(row, BadRow):
                yield bad_row(row.line, row.what, row.text)
                continue
            line, cells = row
            if len(cells) < width:
                cells += [""] * (width - len(cells))
            elif len(cells) > width and any(cells[width:]):
                yield self._bad(line, _too_many(len(cells), width), cells)
                continue
            cells.append("")  # column -1, for what the file doesn't hold
            if self.script.damaged and any("\ufffd" in c for c in cells):
                yield self._bad(line, gettext("Some letters in this row are damaged."), cells)
                continue
            try:
                yield entry(
                    line,
                    clean(cells[first]),
                    clean(cells[last]),
                    clean(cells[full]),
                    next((m for at in emails if (m := mail_address(cells[at]))), ""),
                    next((u for at in urls if (u := link(cells[at]))), ""),
                    clean(cells[company]),
                    clean(cells[position]),
                    dates.read(cells[connected]) if cells[connected] else None,
                    clean_note(cells[note]) if cells[note] else "",
                )
            except BadValueError as bad:
                if any(map(clean, cells)):
                    yield self._bad(line, str(bad), cells)

    def _texts(self, columns: tuple[int, ...]) -> Iterator[str]:
        for row in self.rows():
            if not isinstance(row, BadRow):
                for column in columns:
                    if column < len(row[1]):
                        yield row[1][column]

    def _bad(self, line: int, what: str, cells: list[str]) -> BadRow:
        return bad_row(line, what, self.delimiter.join(cells).rstrip(self.delimiter))


def find_table(source: Source, script: Script) -> Table:
    """Find the headings within HEADING_LINES lines.

    Each line is looked at alone, with every delimiter, so that neither a paragraph above the
    headings nor a stray quotation mark in it can hide them.

    Raises:
        UnreadableAddressBook: no line looks like headings.
    """
    with script.open(source) as text:
        # As many again, to see whether unknown headings fit the rows below them.
        lines = list(islice(bounded_lines(text), 2 * HEADING_LINES))
    if lines and len(lines[0]) >= MAX_LINE:
        raise UnreadableAddressBook(
            gettext(
                "The first line is longer than %(most)s characters, so this is not a list of"
                " people. Export your address book again as CSV and upload the new file.",
                most=number(MAX_LINE),
            )
        )
    for at, line in enumerate(lines[:HEADING_LINES]):
        for delimiter in _DELIMITERS:
            headings = read_headings(_split(line, delimiter))
            if headings.complete:
                return Table(source, script, delimiter, at + 1, headings, known=True)
    for at in range(min(HEADING_LINES, len(lines))):
        for delimiter in _DELIMITERS:
            cells = _split(lines[at], delimiter)
            if _like_headings(cells) and _fits_below(len(cells), lines[at + 1 :], delimiter):
                headings = read_headings(cells)
                return Table(source, script, delimiter, at + 1, headings, known=False)
    raise UnreadableAddressBook(gettext(_NO_HEADINGS, lines=HEADING_LINES))


def _split(line: str, delimiter: str) -> list[str]:
    """The line's cells as if it were the whole file; none for a line no heading could be."""
    if len(line) >= MAX_LINE or line.count(delimiter) > _MAX_COLUMNS:
        return []
    return next(csv.reader([line], delimiter=delimiter), [])


def _like_headings(cells: list[str]) -> bool:
    """Short different words: no mail address, no link, no number, no date among them."""
    words = [c.strip() for c in cells if c.strip()]
    return (
        len(words) > 1
        and len({letters_of(w) for w in words}) == len(words)
        and all(
            len(w) <= _LONGEST_HEADING and "@" not in w and "://" not in w and not w[0].isdigit()
            for w in words
        )
    )


def _fits_below(width: int, lines: list[str], delimiter: str) -> bool:
    """Whether the next lines with text have as many cells."""
    below = list(islice((line for line in lines if line.strip()), _LIKE_ENOUGH))
    return bool(below) and all(len(_split(line, delimiter)) == width for line in below)


def _too_many(cells: int, width: int) -> str:
    return gettext(
        "This row has %(cells)s cells where the headings have %(width)s; a comma inside a name"
        " needs quotation marks around the name.",
        cells=cells,
        width=width,
    )

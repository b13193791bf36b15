"""Rows of a CSV file, one at a time, that go on after a quotation mark was left open."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import Final, TextIO

from coachhub.contacts.formats.entries import MAX_LINE, BadRow, UnreadableAddressBook
from coachhub.contacts.formats.lines import bounded_lines
from coachhub.core.words import gettext, number

_MAX_RESTARTS: Final = 1_000
_FEW: Final = 2  # a sentence has a comma sooner than a row's number of them
_SHOWN: Final = 200

Row = tuple[int, list[str]]


class _QuoteLeftOpenError(Exception):
    """The row at hand runs on further than any row does."""


class _LineTooLongError(Exception):
    """A line of MAX_LINE characters or more stands where a row should begin."""


class Rows:
    """The rows below the headings.

    A row that runs over several lines is held against `width`, the number of headings: when it
    doesn't fit, or took in a whole row, its first line is a bad row and the lines after it are
    read afresh, so that one stray quotation mark costs one row. Rows without text are left out.
    """

    def __init__(self, text: TextIO, delimiter: str, width: int, skip: int) -> None:
        """Pass over what stands above the rows.

        Args:
            text: where it is read from, at its start.
            delimiter: what stands between cells.
            width: the number of columns.
            skip: the number of lines to pass over, the headings included.
        """
        self._lines = bounded_lines(text)
        for _ in range(skip):
            next(self._lines, "")
        self._again: deque[str] = deque()
        self._held: list[str] = []
        self._line = skip
        self._restarts = 0
        self._delimiter = delimiter
        self._width = width

    def __iter__(self) -> Iterator[Row | BadRow]:
        """Yield (line, cells), or what is wrong with a row.

        Raises:
            UnreadableAddressBook: quotation marks are wrong all over the file.
        """
        reader = csv.reader(self._feed(), delimiter=self._delimiter)
        width, held = self._width, self._held
        while True:
            first = self._line + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _LineTooLongError:
                yield BadRow(
                    first,
                    gettext(
                        "This line is longer than %(most)s characters, so it is no person.",
                        most=number(MAX_LINE),
                    ),
                    held[0][:_SHOWN],
                )
            except (_QuoteLeftOpenError, csv.Error):
                yield self._restart(first)
            else:
                if len(held) > 1 and (len(cells) != width or self._swallowed()):
                    yield self._restart(first)
                else:
                    if any(cells):
                        yield first, cells
                    held.clear()
                    continue
            held.clear()
            reader = csv.reader(self._feed(), delimiter=self._delimiter)

    def _feed(self) -> Iterator[str]:
        """Lines for the parser; they stay in `_held` until their row is complete."""
        held, again, lines = self._held, self._again, self._lines
        room = MAX_LINE
        while True:
            if again:
                line = again.popleft()
            else:
                following = next(lines, None)
                if following is None:
                    if held:
                        raise _QuoteLeftOpenError
                    return
                line = following
            self._line += 1
            room = room - len(line) if held else MAX_LINE - len(line)
            held.append(line)
            if room <= 0:
                raise _LineTooLongError if len(held) == 1 else _QuoteLeftOpenError
            yield line

    def _swallowed(self) -> bool:
        """Whether the row took in another one: its first line and a later one are each whole.

        Such a row can have the right number of cells by chance, and two people would be lost
        without a word.
        """
        first, *later = (line.count(self._delimiter) + 1 for line in self._held)
        return min(first, max(later)) >= self._width > _FEW

    def _restart(self, first: int) -> BadRow:
        """Give up the row's first line and read the others again."""
        self._restarts += 1
        if self._restarts > _MAX_RESTARTS:
            raise UnreadableAddressBook(
                gettext(
                    "More than %(most)s rows have a quotation mark that is opened and never closed."
                    " Open the file in your spreadsheet program, choose “Save as” and “CSV UTF-8”,"
                    " and upload the new file.",
                    most=number(_MAX_RESTARTS),
                )
            )
        begin, *others = self._held
        self._again.extendleft(reversed(others))
        self._line = first
        return BadRow(
            first,
            gettext("A quotation mark in this row is opened and never closed."),
            begin.rstrip("\n")[:_SHOWN],
        )

"""Reading a roster: a CSV file in, people and bad rows out, one at a time.

The bytes, encodings and rows are read as address books are; only what the columns mean is the
roster's own.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from coachhub.contacts.formats.entries import MAX_BYTES, MAX_LINE, BadRow, UnreadableAddressBook
from coachhub.contacts.formats.headings import letters_of, read_headings
from coachhub.contacts.formats.kinds import MEND, MEND_WORKBOOK, shown
from coachhub.contacts.formats.lines import bounded_lines
from coachhub.contacts.formats.rows import Rows
from coachhub.contacts.formats.script import Script, examine
from coachhub.contacts.formats.upload import Source, open_upload
from coachhub.contacts.formats.values import BadValueError, bad_row, clean, mail_address
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.core.words import number as count_of

MAX_PEOPLE = 5_000
LONGEST_NAME = 120
_DELIMITERS = ",;\t|"
_HEADING_LINES = 20
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ROLE = frozenset(
    "role rolle funktion funcion fonction ruolo rol status statut typ type as als capacity".split()  # noqa: SIM905 - words read better so
)
_COHORT = frozenset(
    "cohort cohorte kohorte coorte group groupe gruppe grupo gruppo programme program class kurs "  # noqa: SIM905 - the same
    "klasse team circle intake jahrgang".split()
)


class UnreadableRoster(DomainError):  # noqa: N818 - it is a sentence shown to a person
    """The file as a whole can't be read; the text says what is wrong and how to mend it."""


@dataclass(frozen=True)
class Row:
    """One person as the file has them; `role` and `cohort` are what is written, or empty."""

    line: int
    email: str
    name: str
    role: str = ""
    cohort: str = ""


@dataclass(frozen=True)
class _Columns:
    """Where things stand, counted from 0; -1 for what the file doesn't hold."""

    email: int
    names: tuple[int, ...]
    role: int
    cohort: int
    width: int
    below: int
    delimiter: str


def read_roster(stream: BinaryIO, filename: str) -> Iterator[Row | BadRow]:
    """Open a roster and return its rows; bad ones tell what is wrong.

    Raises:
        UnreadableRoster: too large, another kind of file, no addresses, too many people. The
            rows raise it too.
    """
    try:
        source, script = _opened(stream, filename)
        columns = _find_columns(source, script)
        return _bounded(_rows(source, script, columns))
    except UnreadableAddressBook as error:
        raise UnreadableRoster(_said(error)) from error


def _opened(stream: BinaryIO, filename: str) -> tuple[Source, Script]:
    head = stream.read(4)
    if head in _ZIP:
        stream.seek(0)
        packed = b"xl/" in stream.read(MAX_BYTES)
        name = shown(filename)
        if packed:
            what = gettext("%(name)s is an Excel workbook.", name=name)
        else:
            what = gettext("%(name)s is a packed file.", name=name)
        raise UnreadableRoster(f"{what} {gettext(MEND_WORKBOOK)}")
    if head[:2] in _UTF16:
        # Excel's “Unicode text”: made UTF-8, so that all else is one way.
        stream.seek(0)
        wide = stream.read(MAX_BYTES + 1)
        if len(wide) <= MAX_BYTES and head != codecs.BOM_UTF32_LE:
            stream = io.BytesIO(wide.decode("utf-16", "replace").encode())
    stream.seek(0)
    source = open_upload(stream, filename)
    return source, examine(source, filename)


def _find_columns(source: Source, script: Script) -> _Columns:
    with script.open(source) as text:
        lines = list(islice(bounded_lines(text), _HEADING_LINES))
    if lines and len(lines[0]) >= MAX_LINE:
        raise UnreadableRoster(
            gettext(
                "The first line is longer than %(most)s characters, so this is no list of people.",
                most=count_of(MAX_LINE),
            )
        )
    for at, line in enumerate(lines):
        for delimiter in _DELIMITERS:
            found = _headings(_cells(line, delimiter), at + 1, delimiter)
            if found is not None:
                return found
    for at, line in enumerate(lines):
        for delimiter in _delimiters_of(line):
            cells = _cells(line, delimiter)
            with_mail = [number for number, cell in enumerate(cells) if "@" in cell]
            if len(with_mail) == 1:
                names = tuple(number for number in range(len(cells)) if number != with_mail[0])
                # A list without headings: an address, and beside it a name.
                return _Columns(with_mail[0], names[:2], -1, -1, len(cells), at, delimiter)
    raise UnreadableRoster(
        gettext(
            "No mail addresses were found in the first %(lines)s lines. The file needs a line such"
            " as “Email,Name,Role,Cohort” above the people; only the first is a must.",
            lines=_HEADING_LINES,
        )
    )


def _headings(cells: list[str], below: int, delimiter: str) -> _Columns | None:
    if not cells or any("@" in cell for cell in cells):
        return None
    words = [letters_of(cell) for cell in cells]
    role = next((at for at, word in enumerate(words) if word in _ROLE), -1)
    cohort = next((at for at, word in enumerate(words) if word in _COHORT), -1)
    # “Role” and “Type” are no job titles here.
    rest = ["" if at in {role, cohort} else cell for at, cell in enumerate(cells)]
    places = read_headings(rest).places
    if "email" not in places:
        return None
    names = places.get("first_name", ())[:1] + places.get("last_name", ())[:1]
    names = places.get("full_name", ())[:1] or names
    return _Columns(places["email"][0], names, role, cohort, len(cells), below, delimiter)


def _rows(source: Source, script: Script, columns: _Columns) -> Iterator[Row | BadRow]:
    rows = Rows(script.open(source), columns.delimiter, columns.width, columns.below)
    for row in rows:
        if isinstance(row, BadRow):
            yield bad_row(row.line, row.what, row.text)
            continue
        line, cells = row
        written = columns.delimiter.join(cells).rstrip(columns.delimiter)
        if len(cells) > columns.width and any(cells[columns.width :]):
            words = gettext(
                "This row has %(cells)s cells where the headings have %(width)s.",
                cells=len(cells),
                width=columns.width,
            )
            yield bad_row(line, words, written)
            continue
        if any("\ufffd" in cell for cell in cells):
            yield bad_row(line, gettext("Some letters in this row are damaged."), written)
            continue
        try:
            yield _row(line, cells, columns)
        except BadValueError as error:
            if any(map(clean, cells)):
                yield bad_row(line, str(error), written)


def _row(line: int, cells: Sequence[str], columns: _Columns) -> Row:
    def cell(at: int) -> str:
        return clean(cells[at]) if 0 <= at < len(cells) else ""

    email = mail_address(cell(columns.email))
    if not email:
        raise BadValueError(gettext("There is no mail address in this row."))
    name = " ".join(" ".join(cell(at) for at in columns.names).split())
    if len(name) > LONGEST_NAME:
        raise BadValueError(
            gettext(
                "The name is longer than %(LONGEST_NAME)s characters.", LONGEST_NAME=LONGEST_NAME
            )
        )
    return Row(line, email, name, cell(columns.role), cell(columns.cohort))


def _bounded(rows: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    try:
        for number, row in enumerate(rows, 1):
            if number > MAX_PEOPLE:
                raise UnreadableRoster(
                    gettext(
                        "The file has more than %(most)s rows. Split it and upload each part.",
                        most=count_of(MAX_PEOPLE),
                    )
                )
            yield row
    except UnreadableAddressBook as error:
        raise UnreadableRoster(_said(error)) from error


def _cells(line: str, delimiter: str) -> list[str]:
    if len(line) >= MAX_LINE or delimiter not in line:
        # A list of addresses alone has no delimiter at all.
        return [line.strip()] if delimiter == "," and len(line) < MAX_LINE else []
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimiters_of(line: str) -> list[str]:
    return sorted(_DELIMITERS, key=lambda one: -line.count(one))


def _said(error: UnreadableAddressBook) -> str:
    """Return what is wrong, in a roster's words."""
    words = str(error).replace(MEND, "Upload a CSV file.")
    return words.replace("an address book", "a roster").replace("address book", "roster")

"""Tables that leave as CSV (RFC 4180), harmless to open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# A spreadsheet program takes a cell that begins so for a formula; some read wide signs as narrow.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The mark by which spreadsheet programs know UTF-8.
_MARK = "\ufeff"


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet program takes for a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def as_csv(lines: Iterable[Sequence[str]]) -> str:
    """Return lines of cells as one CSV file for spreadsheet programs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return _MARK + text.getvalue()

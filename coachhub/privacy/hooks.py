"""Where rooms and plugins tell what they hold about a member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coachhub.core.hooks import Hook
from coachhub.firms.models import Membership

_PLAIN = (str, int, float, dt.date)


@dataclass(frozen=True)
class ExportSection:
    """One kind of thing that is held about a member.

    Attributes:
        name: short and unique, as in ``offers``; the file in the export is called so.
        title: what people call it.
        rows: one mapping for each, from a column's name to a str, int, float, bool, None, date or
            datetime; the first row's columns are everybody's.
    """

    name: str
    title: str
    rows: Sequence[Mapping[str, object]]


EXPORT_SECTION: Hook[[Membership], Sequence[ExportSection]] = Hook(
    "export_section",
    "Called when a member takes their data with them, or asks what is held about them; return all"
    " of it that is theirs: what they wrote, and what others wrote to them that they can read. An"
    " empty section may be left out. Never what somebody else keeps private.",
    gives=ExportSection,
    many=True,
)


def section(name: str, title: str, things: Iterable[object], columns: str) -> ExportSection:
    """Return a section with a row for each thing; `columns` as for `row_of`."""
    return ExportSection(name, title, [row_of(thing, columns) for thing in things])


def row_of(thing: object, columns: str) -> dict[str, object]:
    """Return the attributes of a thing that `columns` names, with spaces between the names."""
    return {name: _plain(getattr(thing, name)) for name in columns.split()}


def _plain(value: object) -> object:
    if isinstance(value, list | tuple | set):
        return ", ".join(str(one) for one in value)
    return value if value is None or isinstance(value, _PLAIN) else str(value)

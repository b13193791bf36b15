"""Where rooms and plugins tell what they hold about a member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import InstrumentedAttribute

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


@dataclass(frozen=True)
class Kept:
    """A column that goes on pointing at somebody who was erased, and why that must be.

    Attributes:
        column: as in ``Introduction.giver_id``.
        why: one sentence, for people.
    """

    column: InstrumentedAttribute[UUID]
    why: str


@dataclass(frozen=True)
class Stranger:
    """Somebody without an account who asks to be forgotten.

    Attributes:
        address: their mail address in small letters, or empty.
        name: first and last name, or empty; counts only together with `company`.
        company: as it may stand beside them.
    """

    address: str = ""
    name: str = ""
    company: str = ""


ERASE: Hook[[Membership], Sequence[Kept]] = Hook(
    "erase",
    "Called in a job when a member is erased, whether the firm has your plugin on or not, and after"
    " they have left. Rows that point at the membership are deleted by themselves where the key"
    " says CASCADE, and lose their pointer where it says SET NULL. Delete or blank here what that"
    " does not reach: their words in a row that stays. Return the columns that must go on pointing"
    " at the nameless membership because another's book needs the row. What you raise stops the"
    " erasure; it is tried again.",
    gives=Kept,
    many=True,
)

FORGET: Hook[[Stranger], Sequence[str]] = Hook(
    "forget",
    "Called in a job for each firm when somebody without an account, whose details stand in"
    " members' books, asks to be forgotten; on or off, as for `erase`. Delete what you hold of"
    " them. Return names and links that you knew them by: they are taken out of every text.",
    gives=str,
    many=True,
    between_rooms=True,
)


STRANGERS: Hook[[], Sequence[Stranger]] = Hook(
    "strangers",
    "Called after a backup was brought back; return everybody without an account whom the firm's"
    " books hold, so that those who asked to be forgotten are found again.",
    gives=Stranger,
    many=True,
    between_rooms=True,
)


@dataclass(frozen=True)
class Retained:
    """One kind of thing that a firm keeps for a time when it is over.

    Attributes:
        key: short and unique, as in ``closed_posts``.
        title: what people call it.
        text: what goes, or what stays of it; one sentence.
        days: how long it is kept where the firm has not said otherwise.
        count: how many there are from before a moment.
        remove: removes them, and tells how many.
    """

    key: str
    title: str
    text: str
    days: int
    count: Callable[[dt.datetime], int]
    remove: Callable[[dt.datetime], int]


RETAIN: Hook[[], Sequence[Retained]] = Hook(
    "retain",
    "Called once a day in a job, and for the page where a firm says how long things are kept;"
    " return what you keep of what is over.",
    gives=Retained,
    many=True,
    between_rooms=True,
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

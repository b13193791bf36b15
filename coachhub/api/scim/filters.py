"""SCIM's filters (RFC 7644, 3.4.2.2): read into a tree, asked of the database or of one thing."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

from coachhub.api.scim.errors import ScimError

LONGEST, DEEPEST = 2000, 20
_WORD = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[^\s()\[\]"]+))', re.ASCII
)
_COMPARING = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
_URN = re.compile(r"^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):", re.IGNORECASE)


@dataclass(frozen=True)
class Compare:
    """One comparison; `attribute` in small letters, `value` None for ``pr``."""

    attribute: str
    how: str
    value: Any = None


@dataclass(frozen=True)
class Both:
    """Two that must both hold."""

    one: Filter
    other: Filter


@dataclass(frozen=True)
class Either:
    """Two of which one must hold."""

    one: Filter
    other: Filter


@dataclass(frozen=True)
class Not:
    """One that must not hold."""

    one: Filter


Filter = Compare | Both | Either | Not


@dataclass(frozen=True)
class Field:
    """What an attribute is in the database, and how it is compared.

    `kind` is ``text`` (in any case), ``exact``, ``yes``, ``moment``, or ``among``: then `has` says
    whether a value is one of the list's.
    """

    column: ColumnElement[Any]
    kind: str = "text"
    has: Callable[[str], ColumnElement[bool]] | None = None


def read(text: str) -> Filter:
    """Return a filter as a tree; raises ScimError (invalidFilter)."""
    if len(text) > LONGEST:
        raise wrong("The filter is too long.")
    return _Reader(text).whole()


def bare(attribute: str) -> str:
    """Return an attribute without the schema in front of it."""
    return _URN.sub("", attribute)


def plain(attribute: str) -> str:
    """Return an attribute's name in small letters, without the schema in front of it."""
    return bare(attribute).lower()


def wrong(detail: str) -> ScimError:
    """Return the error of a filter that cannot be read."""
    return ScimError(detail, "invalidFilter")


class _Reader:
    """Reads words one after the other: `or` binds least, then `and`, then `not`."""

    def __init__(self, text: str) -> None:
        self._words: list[tuple[str, str]] = []
        at, end = 0, len(text.rstrip())
        while at < end:
            found = _WORD.match(text, at)
            if found is None:
                raise wrong("The filter cannot be read.")
            self._words.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self._at, self._depth = 0, 0

    def whole(self) -> Filter:
        found = self._either()
        if self._at != len(self._words):
            raise wrong("The filter goes on where it should end.")
        return found

    def _either(self, inside: str = "") -> Filter:
        found = self._both(inside)
        while self._next_is("or"):
            found = Either(found, self._both(inside))
        return found

    def _both(self, inside: str) -> Filter:
        found = self._one(inside)
        while self._next_is("and"):
            found = Both(found, self._one(inside))
        return found

    def _one(self, inside: str) -> Filter:
        if self._next_is("not"):
            return Not(self._one(inside))
        if self._next_is("("):
            self._depth += 1
            if self._depth > DEEPEST:
                raise wrong("The filter has too many brackets.")
            found = self._either(inside)
            self._need(")")
            return found
        return self._comparison(inside)

    def _comparison(self, inside: str) -> Filter:
        kind, name = self._take()
        if kind != "word":
            raise wrong("An attribute's name is missing.")
        attribute = f"{inside}.{plain(name)}" if inside else plain(name)
        if self._next_is("["):
            found = self._either(attribute)
            self._need("]")
            return found
        how = self._take()[1].lower()
        if how == "pr":
            return Compare(attribute, how)
        if how not in _COMPARING:
            raise wrong(f"“{how[:20]}” is no way to compare.")
        _kind, value = self._take()
        try:
            return Compare(attribute, how, json.loads(value))
        except ValueError as error:
            if value.lower() in {"true", "false"}:
                return Compare(attribute, how, value.lower() == "true")
            raise wrong("A value is missing, or a text is without quotation marks.") from error

    def _take(self) -> tuple[str, str]:
        if self._at >= len(self._words):
            raise wrong("The filter ends too soon.")
        self._at += 1
        return self._words[self._at - 1]

    def _next_is(self, word: str) -> bool:
        if self._at < len(self._words):
            kind, found = self._words[self._at]
            if kind != "text" and found.lower() == word:
                self._at += 1
                return True
        return False

    def _need(self, mark: str) -> None:
        if not self._next_is(mark):
            raise wrong(f"A {mark} is missing.")


def condition(found: Filter, fields: Mapping[str, Field]) -> ColumnElement[bool]:
    """Return a filter as a condition for the database, over the attributes in `fields`.

    Raises ScimError (invalidFilter) for an attribute that is not there.
    """
    if isinstance(found, Both):
        return and_(condition(found.one, fields), condition(found.other, fields))
    if isinstance(found, Either):
        return or_(condition(found.one, fields), condition(found.other, fields))
    if isinstance(found, Not):
        return not_(condition(found.one, fields))
    field = fields.get(found.attribute)
    if field is None:
        raise wrong(f"There is no filter for “{found.attribute[:80]}”.")
    if found.how == "pr":
        empty = field.kind in {"text", "exact"}
        return field.column != "" if empty else field.column.is_not(None)
    return _compared(field, found)


def _compared(field: Field, found: Compare) -> ColumnElement[bool]:
    value, column = found.value, field.column
    if field.kind == "yes":
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.lower())
        if not isinstance(value, bool) or found.how not in {"eq", "ne"}:
            raise wrong("This is true or false, compared by eq or ne.")
        return column.is_(value) if found.how == "eq" else column.is_not(value)
    if value is None:
        return column == "" if found.how == "eq" else column != ""
    if not isinstance(value, str) or "\0" in value:
        raise wrong(f"“{found.attribute}” is compared with a text.")
    if field.has is not None:
        if found.how not in {"eq", "ne"}:
            raise wrong("What is in a list is compared by eq or ne.")
        return field.has(value) if found.how == "eq" else not_(field.has(value))
    if field.kind == "moment":
        return _SQL[found.how](column, _moment(value)) if found.how not in _PARTS else false()
    if field.kind == "text":
        column, value = func.lower(column), value.lower()
    return (
        _PARTS[found.how](column, value) if found.how in _PARTS else _SQL[found.how](column, value)
    )


_SQL: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column != value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
}
_PARTS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "co": lambda column, value: column.contains(value, autoescape=True) if value else true(),
    "sw": lambda column, value: column.startswith(value, autoescape=True) if value else true(),
    "ew": lambda column, value: column.endswith(value, autoescape=True) if value else true(),
}


def _moment(value: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise wrong("A moment is written as in 2026-03-04T10:00:00Z.") from error
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def holds(found: Filter, thing: Mapping[str, Any]) -> bool:
    """Say whether a filter holds for one entry of a list, as in ``[type eq "work"]``."""
    if isinstance(found, Both):
        return holds(found.one, thing) and holds(found.other, thing)
    if isinstance(found, Either):
        return holds(found.one, thing) or holds(found.other, thing)
    if isinstance(found, Not):
        return not holds(found.one, thing)
    has = next((value for name, value in thing.items() if name.lower() == found.attribute), None)
    if found.how == "pr":
        return has not in (None, "", [])
    wanted = found.value
    if isinstance(has, bool) or isinstance(wanted, bool):
        same = str(has).lower() == str(wanted).lower()
        return same if found.how == "eq" else not same
    one, other = str(has or "").lower(), str(wanted or "").lower()
    return _PLAIN[found.how](one, other)


_PLAIN: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda one, other: one == other,
    "ne": lambda one, other: one != other,
    "co": lambda one, other: other in one,
    "sw": lambda one, other: one.startswith(other),
    "ew": lambda one, other: one.endswith(other),
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
}

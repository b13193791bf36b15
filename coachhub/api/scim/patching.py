"""Changing a part of a thing (RFC 7644, 3.5.2), with the habits of the directories there are.

Entra writes ``Add`` and ``"False"``, puts dotted names into a value, and removes group members by
a value beside the path; Okta leaves the path out. What is no attribute of ours is passed over, so
that a directory that sends more than we keep still gets the rest done.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coachhub.api.scim.errors import ScimError
from coachhub.api.scim.filters import Compare, Filter, bare, holds, plain, read

MOST = 1000  # operations in one request
_PATH = re.compile(
    r"(?P<name>[^\[\].]+)(?:\[(?P<which>.*)\])?(?:\.(?P<part>[^\[\].]+))?", re.DOTALL
)
_OTHER_SCHEMA = re.compile(
    r"^urn:(?!ietf:params:scim:schemas:core:2\.0:(?:user|group)\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Shape:
    """What a thing has: its attributes as they are written, those that are lists, those in parts.

    `fixed` are those that a directory may send and that never change by it.
    """

    single: frozenset[str]
    lists: frozenset[str]
    complex: frozenset[str]
    fixed: frozenset[str] = frozenset({"id", "meta", "schemas", "groups"})

    def name(self, written: str) -> str | None:
        """Return an attribute as it is written here; None for one that is not kept."""
        wanted = plain(written)
        every = self.single | self.lists | self.complex
        return next((one for one in every if one.lower() == wanted), None)


@dataclass(frozen=True)
class _Where:
    name: str
    which: Filter | None
    part: str


def patched(thing: Mapping[str, Any], body: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """Return a thing after the operations of a request; raises ScimError, and then none is done."""
    found = copy.deepcopy(dict(thing))
    operations = next((body[key] for key in body if key.lower() == "operations"), None)
    if not isinstance(operations, list) or not operations or len(operations) > MOST:
        raise ScimError("Please send some Operations.", "invalidSyntax")
    for one in operations:
        if not isinstance(one, dict):
            raise ScimError("An operation is an object.", "invalidSyntax")
        _do(found, one, shape)
    return found


def _do(thing: dict[str, Any], operation: Mapping[str, Any], shape: Shape) -> None:
    how = str(operation.get("op", "")).lower()
    if how not in {"add", "replace", "remove"}:
        raise ScimError("An operation is add, replace or remove.", "invalidSyntax")
    path, value = operation.get("path"), operation.get("value")
    if path is None or path == "":
        _do_without_path(thing, how, value, shape)
        return
    if not isinstance(path, str):
        raise ScimError("A path is a text.", "invalidPath")
    where = _where(path, shape)
    if where is None:
        return
    if how == "remove" or (how == "replace" and value is None):
        _remove(thing, where, value, shape)
    else:
        _put(thing, where, value, how, shape)


def _do_without_path(thing: dict[str, Any], how: str, value: Any, shape: Shape) -> None:
    if how == "remove":
        raise ScimError("What should be removed? There is no path.", "noTarget")
    if not isinstance(value, dict):
        raise ScimError("Without a path the value is an object.", "invalidValue")
    for name, inner in value.items():
        where = None if plain(name) in shape.fixed else _where(name, shape)
        if where is not None:
            _put(thing, where, inner, how, shape)


def _where(path: str, shape: Shape) -> _Where | None:
    """Return what a path names; None for what is not kept here or never changes."""
    if _OTHER_SCHEMA.match(path):
        return None
    found = _PATH.fullmatch(bare(path))
    if found is None:
        raise ScimError(f"“{path[:80]}” is no path.", "invalidPath")
    which = read(found["which"]) if found["which"] is not None else None
    if plain(found["name"]) in shape.fixed:
        if plain(found["name"]) == "groups":
            return None
        raise ScimError(f"“{found['name']}” cannot be changed.", "mutability")
    name = shape.name(found["name"])
    return None if name is None else _Where(name, which, found["part"] or "")


def _put(thing: dict[str, Any], where: _Where, value: Any, how: str, shape: Shape) -> None:
    name = where.name
    if name in shape.lists:
        _put_in_list(thing, where, value, how)
    elif name in shape.complex:
        before = thing.get(name) if isinstance(thing.get(name), dict) else {}
        if where.part:
            thing[name] = _merged(before or {}, {where.part: value})
        elif not isinstance(value, dict):
            raise ScimError(f"“{name}” is an object.", "invalidValue")
        else:
            thing[name] = _merged(before or {}, value)
    elif where.part or where.which:
        raise ScimError(f"“{name}” has no parts.", "invalidPath")
    else:
        thing[name] = value


def _put_in_list(thing: dict[str, Any], where: _Where, value: Any, how: str) -> None:
    entries: list[Any] = list(thing.get(where.name) or [])
    if where.which is None and not where.part:
        given = value if isinstance(value, list) else [value]
        if not all(isinstance(one, dict) for one in given):
            raise ScimError(f"“{where.name}” is a list of objects.", "invalidValue")
        if how == "replace":
            thing[where.name] = given
            return
        if any(one.get("primary") is True for one in given):
            entries = [{**one, "primary": False} for one in entries]
        thing[where.name] = entries + [one for one in given if one not in entries]
        return
    change = {where.part: value} if where.part else value
    if not isinstance(change, dict):
        raise ScimError(f"An entry of “{where.name}” is an object.", "invalidValue")
    which = where.which
    chosen = [one for one in entries if which is None or holds(which, one)]
    if not chosen and isinstance(which, Compare) and which.how == "eq":
        # As Entra means it: the entry that the filter describes is made.
        entries.append(_merged({which.attribute: which.value}, change))
    elif not chosen:
        raise ScimError(f"No entry of “{where.name}” fits.", "noTarget")
    changed = [_merged(one, change) if one in chosen else one for one in entries]
    thing[where.name] = changed


def _remove(thing: dict[str, Any], where: _Where, value: Any, shape: Shape) -> None:
    name = where.name
    if name in shape.lists:
        entries = list(thing.get(name) or [])
        if where.which is None and not where.part and isinstance(value, list | dict):
            # As Entra does it: which ones stands in the value, not in the path.
            given = value if isinstance(value, list) else [value]
            ids = {str(one.get("value")) for one in given if isinstance(one, dict)}
            thing[name] = [one for one in entries if str(one.get("value")) not in ids]
            return
        which = where.which
        if where.part:
            thing[name] = [
                {key: one[key] for key in one if key.lower() != where.part.lower()}
                if which is None or holds(which, one)
                else one
                for one in entries
            ]
            return
        thing[name] = [one for one in entries if which is not None and not holds(which, one)]
    elif where.part and isinstance(thing.get(name), dict):
        inner = thing[name]
        thing[name] = {key: inner[key] for key in inner if key.lower() != where.part.lower()}
    else:
        thing.pop(name, None)


def _merged(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with some parts changed, whatever the case of their names."""
    lower = {key.lower(): key for key in before}
    merged = dict(before)
    for key, value in change.items():
        merged[lower.get(key.lower(), key)] = value
    return merged

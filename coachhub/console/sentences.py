"""What the audit trail says, in words: each entry's act as a sentence a person reads."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from coachhub.console.acts import THINGS, VALUES, WORDS
from coachhub.core.audit import AuditEntry, DeskEntry
from coachhub.core.words import gettext


def sentence(entry: AuditEntry | DeskEntry) -> str:
    """Return what was done, to be read after the name of who did it; nothing is escaped."""
    words = WORDS.get(entry.action)
    if words is None:
        return _plain(entry)
    told: dict[str, Any] = defaultdict(str)
    told |= {name: _short(value) for name, value in entry.details.items()}
    told["label"] = entry.subject_label or thing(entry.subject_kind)
    return (gettext(words) % told).strip().rstrip(":,")


def title(action: str) -> str:
    """Return what an action is called in a list to choose from."""
    room, _, act = action.partition(".")
    words = WORDS.get(action)
    if words is None:
        return _titled(room, act.replace("_", " "))
    return _titled(room, gettext(words) % defaultdict(lambda: "…"))


def whole(room: str) -> str:
    """Return what all acts of a room are called in a list to choose from."""
    return _titled(room, gettext("all of it"))


def thing(kind: str) -> str:
    """Return what something is called that can be acted on."""
    return gettext(THINGS[kind]) if kind in THINGS else kind.replace("_", " ")


def _titled(room: str, words: str) -> str:
    name = thing(room)
    return f"{name[:1].upper()}{name[1:]}: {words}"


def _plain(entry: AuditEntry | DeskEntry) -> str:
    """A plugin's act: its own word for it, which is the past tense, and on what."""
    room, _, act = entry.action.partition(".")
    on = f" “{entry.subject_label}”" if entry.subject_label else ""
    return f"{act.replace('_', ' ')}{on} ({thing(room)})"


def _short(value: object) -> str:
    if isinstance(value, str) and value in VALUES:
        return gettext(VALUES[value])
    return str("" if value is None else value).replace("_", " ")[:200]

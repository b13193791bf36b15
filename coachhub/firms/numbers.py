"""What menus and the heads of pages count: read in one statement for each page, whoever asks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import SQLAlchemyError

from coachhub.core.access import Actor, current_actor
from coachhub.core.db import db
from coachhub.core.hooks import ROOMS
from coachhub.core.plugins import registry
from coachhub.firms.hooks import NUMBERS

log = logging.getLogger(__name__)
Wanted = Mapping[str, ColumnElement[Any]]


def number(name: str) -> int:
    """Return one of the present page's numbers; 0 where nobody counts it here."""
    return read().get(name, 0)


def read() -> dict[str, int]:
    """Read all of them, once; before plugins ask for theirs, it is one savepoint less."""
    actor, cohort = current_actor(), g.get("cohort")
    known: dict[object, dict[str, int]] = g.setdefault("numbers", {})
    key = (actor, cohort.id if cohort is not None else None)
    if key not in known:
        known[key] = _counted(actor)
    return known[key]


def _counted(actor: Actor) -> dict[str, int]:
    rooms: dict[str, ColumnElement[Any]] = {}
    for function in ROOMS.get(NUMBERS.name, ()):
        rooms |= function(actor)
    plugins: list[tuple[str, Wanted]] = list(NUMBERS.call_plugins(actor))
    everything = rooms | {name: one for _, some in plugins for name, one in some.items()}
    if not any(some for _, some in plugins):
        return _read(rooms)
    try:
        with db.session.begin_nested():
            return _read(everything)
    except SQLAlchemyError:
        return _read(rooms) | _one_by_one(plugins)


def _one_by_one(plugins: list[tuple[str, Wanted]]) -> dict[str, int]:
    """Find the plugin whose number cannot be read: it is left out, the others are not."""
    found: dict[str, int] = {}
    for plugin, wanted in plugins:
        try:
            with db.session.begin_nested():
                found |= _read(wanted)
        except SQLAlchemyError as error:
            log.exception("Plugin %s counts what cannot be counted.", plugin)
            registry().report(plugin, NUMBERS.name, type(error).__name__)
    return found


def _read(wanted: Wanted) -> dict[str, int]:
    if not wanted:
        return {}
    names = sorted(wanted)
    row = db.session.execute(select(*(wanted[name] for name in names))).one()
    return {name: int(value or 0) for name, value in zip(names, row, strict=True)}

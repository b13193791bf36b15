"""What is sent to a route, and the entry that it leaves; see `deeds_of_firms`, `deeds_of_cases`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import g

from coachhub.core.db import db
from coachhub.core.tenancy import scope
from walls.world import Side, World

Before = Callable[[World], dict[str, Any] | None]


@dataclass(frozen=True)
class Deed:
    """What is sent to a route, and the entry that must be left.

    Attributes:
        action: how the entry's action begins; empty where `nothing` says why there is none.
        form: what is typed.
        before: done first; what it returns is sent too, and takes the place of things in the
            address that have its names.
        choose: which of the words in the address, as in ``{"step": "suspend"}``.
        query: what stands behind the address.
        staff: whether staff do it, not the firm's admin.
        nothing: why there is no entry.
        writes: the tables that may be written without one.
    """

    action: str = ""
    form: dict[str, Any] = field(default_factory=dict)
    before: Before = lambda _world: None
    choose: dict[str, str] = field(default_factory=dict)
    query: str = ""
    staff: bool = False
    nothing: str = ""
    writes: frozenset[str] = frozenset()


def inside(step: Callable[[Side], dict[str, Any] | None]) -> Before:
    """Do something in the own firm and commit it."""

    def before(world: World) -> dict[str, Any] | None:
        g.pop("firms_by_id", None)  # of the deed before, which was undone
        with scope(world.own.firm.id):
            given = step(world.own)
            db.session.commit()
        return given

    return before

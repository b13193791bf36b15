"""Every page there is, in a world where each of them shows something."""

from __future__ import annotations

import os
from collections.abc import Iterator

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from walls.test_routes import address, choices, rules
from walls.world import THINGS, Who, World, make_world

__all__ = ["address", "people", "rules", "whole_world"]


def whole_world(app: Flask, session: Session) -> World:
    """Make a world with everything in it that stands in an address."""
    world = make_world(app, session)
    for rule, _method in rules(app):
        for name in sorted(rule.arguments & THINGS.keys() - choices(rule).keys()):
            world.own.thing(name)
    session.commit()
    return world


def people(world: World) -> dict[str, Who | None]:
    """Return who looks: a member and an admin, who see most; each there is with LONG=1."""
    own = world.own
    found = {"member": own.member, "admin": own.admin}
    if os.environ.get("LONG"):
        found |= {"coach": own.coach, "staff": world.staff, "anybody": None}
    return found


def pages(world: World, method: str = "GET") -> Iterator[tuple[Rule, str]]:
    """Yield each rule that answers a method, with its address in the own cohort."""
    for rule, one in rules(world.app):
        known = {"firm", "cohort", *THINGS, *choices(rule)}
        if one == method and rule.arguments <= known:
            yield rule, address(world, rule, "own", None)

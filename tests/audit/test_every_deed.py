"""M12: nothing that moderates or administers is committed without its entry beside it.

Generated from the app's own map: each route under a permission of moderators, admins or staff that
may change something is called with real input from a line of the tables. What each transaction
writes is watched on its way to the database: what goes in without an entry fails.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from audit.deeds import Deed
from audit.deeds_of_cases import DEEDS as OF_CASES
from audit.deeds_of_firms import DEEDS as OF_FIRMS
from audit.watching import watching
from coachhub.api.entrance import scope_of
from coachhub.core.access import permission_of
from coachhub.core.audit import AuditEntry, DeskEntry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.permissions import Permission
from walls.world import World, make_world

GUARDED = {Permission.ADMINISTER, Permission.MODERATE, Permission.RUN_PLATFORM}
DEEDS: dict[str, Deed] = OF_CASES | OF_FIRMS


def guarded(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if permission_of(app.view_functions[rule.endpoint]) in GUARDED
        and (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        # Programs come with tokens: tests/api does their deeds.
        and scope_of(app.view_functions[rule.endpoint]) is None
    }


def test_every_route_has_its_line(app: Flask) -> None:
    assert guarded(app) - {name.partition(":")[0] for name in DEEDS} == set()


def test_every_line_has_its_route(app: Flask) -> None:
    assert {name.partition(":")[0] for name in DEEDS} - guarded(app) == set()


def test_every_deed_leaves_its_entry(app: Flask, session: Session) -> None:
    """One world; each deed is undone, so that every other finds it as it was."""
    world = make_world(app, session)
    session.close()
    connection = session.get_bind()
    assert isinstance(connection, Connection)
    wrong = []
    for name, deed in DEEDS.items():
        made = dict(world.own.made)
        before = connection.begin_nested()
        problem = done(world, session, name.partition(":")[0], deed)
        if problem:
            wrong.append(f"{name}: {problem}")
        session.close()
        before.rollback()
        world.own.made.clear()
        world.own.made |= made
    assert wrong == [], "\n".join(wrong)


def done(world: World, session: Session, endpoint: str, deed: Deed) -> str:
    """Do it; return what is wrong."""
    given = deed.before(world) or {}
    url = address(world, endpoint, deed, given)
    session.close()
    who = world.staff if deed.staff else world.own.admin
    with watching(session) as watch:
        answer = world.visitor(who).post(url + deed.query, data=deed.form | given)
    if answer.status_code not in {200, 303}:
        return f"{url} answers {answer.status_code}"
    loose = watch.without_entry(deed.writes)
    if loose:
        return f"wrote {sorted(loose)} without an entry"
    if deed.nothing:
        return f"left {watch.entries} entries" if watch.entries else ""
    if not watch.entries:
        return "left no entry"
    last = newest(session)
    return "" if any(one.startswith(deed.action) for one in last) else f"left {last}"


def newest(session: Session) -> list[str]:
    """Return the actions of the newest entries of the own firm's trail, and of the desk's."""
    found = list(session.scalars(select(DeskEntry.action)))
    for firm_id in session.scalars(select(Firm.id)).all():
        with scope(firm_id):
            query = select(AuditEntry.action).order_by(AuditEntry.number.desc()).limit(4)
            found += session.scalars(query)
    return found


def address(world: World, endpoint: str, deed: Deed, given: dict[str, Any]) -> str:
    [rule] = [
        one
        for one in world.app.url_map.iter_rules(endpoint)
        if (one.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    ]
    values = {"firm": world.own.firm.slug, "cohort": world.own.cohort.slug} | deed.choose
    for name, converter in rule._converters.items():
        if name in given:
            values[name] = given.pop(name)
        elif name not in values:
            values[name] = WORDS.get(name) or (
                min(converter.items) if hasattr(converter, "items") else world.own.thing(name)
            )
    return world.app.url_map.bind("localhost").build(
        endpoint, {name: value for name, value in values.items() if name in rule.arguments}
    )


WORDS = {"name": "contact_card"}

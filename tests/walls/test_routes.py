"""Wall 4: every route × method × role × {own, sibling cohort, other firm, not existing}.

Generated from the app's own map: a route without a declared permission, or with a thing in its
address that nobody here can make, fails.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7
from werkzeug.routing import BuildError, Rule

from coachhub.accounts import tries
from coachhub.core.access import permission_of
from coachhub.firms import layout
from coachhub.permissions import WHO_MAY, Permission, Standing
from walls.world import THINGS, Side, Who, World, make_world

S = Standing
PARTS = 4
# `make walls` knocks only at the doors of the room whose guard it has taken out.
ONLY = os.environ.get("WALLS_ROUTES", "")
INSIDE = frozenset({S.ANYONE, S.PERSON, S.MEMBER})
ROLES: dict[str, frozenset[Standing]] = {
    "anonymous": frozenset({S.ANYONE}),
    "outsider": frozenset({S.ANYONE, S.PERSON}),
    "member": INSIDE | {S.COHORT_MEMBER},
    "coach": INSIDE | {S.COACH, S.COHORT_COACH},
    "admin": INSIDE | {S.ADMIN},
    "other firm's admin": frozenset({S.ANYONE, S.PERSON}),
    "staff": frozenset({S.ANYONE, S.PERSON, S.STAFF}),
    # They gave a reason to look into the own firm, and may only read there.
    "staff looking in": frozenset({S.ANYONE, S.PERSON, S.STAFF, S.ADMIN}),
    "suspended": frozenset({S.ANYONE, S.PERSON}),
    "left": frozenset({S.ANYONE, S.PERSON}),
}
# Values of arguments that name no thing.
PLAIN: dict[str, list[Any]] = {
    "filename": ["app.css"],
    "kind": ["ask"],
    "name": ["contact_card"],
    "sealed": ["a-mailed-code"],
    "source": ["contact_card"],
    "stage": ["talking"],
}
# Programs come with tokens, not with a session: tests/api knocks at their doors.
LIBRARY = ("security.", "static", "mailbox.", "api.", "scim.")


def rules(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, str(one)))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if not rule.endpoint.startswith(LIBRARY) and re.search(ONLY, rule.endpoint)
    ]


def choices(rule: Rule) -> dict[str, list[Any]]:
    """Return, for arguments that name no thing, what they can be."""
    found = {}
    for name, converter in rule._converters.items():
        if getattr(converter, "items", None):
            found[name] = sorted(converter.items)
        elif name in PLAIN:
            found[name] = PLAIN[name]
    return found


def address(world: World, rule: Rule, where: str, missing: Any) -> str:
    """Return a route's address with the thing of one side, seen from the own cohort."""
    side: Side = {"sibling": world.sibling, "foreign": world.foreign}.get(where, world.own)
    values: dict[str, Any] = {name: options[0] for name, options in choices(rule).items()}
    for name in rule.arguments - values.keys() - {"firm", "cohort"}:
        is_missing = where == "missing"
        values[name] = missing if is_missing else side.thing(name)
        if is_missing and name == "token":
            values[name] = str(missing)
    values["firm"], values["cohort"] = world.own.firm.slug, world.own.cohort.slug
    return build(world.app, rule, values)


def build(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    wanted = {name: value for name, value in values.items() if name in rule.arguments}
    try:
        return app.url_map.bind("localhost").build(rule.endpoint, wanted)
    except BuildError as error:  # pragma: no cover - a new kind of argument
        raise AssertionError(f"{rule}: add {rule.arguments} to tests/walls/world.py") from error


def somebody(world: World, role: str) -> Who | None:
    return {
        "anonymous": None,
        "staff": world.staff,
        "staff looking in": world.visitor_of_own,
        "outsider": world.foreign.member,
        "member": world.own.member,
        "coach": world.own.coach,
        "admin": world.own.admin,
        "other firm's admin": world.foreign.admin,
        "suspended": world.suspended,
        "left": world.left,
    }[role]


def told(world: World, who: Who | None, method: str, url: str) -> tuple[int, str]:
    """Return status and text of an answer, without what differs by chance."""
    answer = world.visitor(who).open(url, method=method)
    text = words_of(answer.get_data())
    text = re.sub(r"csrf[-_]token[^>]*", "", text, flags=re.IGNORECASE)
    text = re.sub(r"X-CSRFToken[^>]*", "", text)
    text = text.replace(url, "").replace(url.replace("/", "%2F"), "")
    return answer.status_code, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "", text)


def words_of(body: bytes) -> str:
    """Return the text of an answer; of an archive, the text of all its files."""
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.fixture(scope="module")
def all_rules(app: Flask) -> list[tuple[Rule, str]]:
    return rules(app)


def test_every_route_declares_who_may(app: Flask) -> None:
    closed = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if permission_of(app.view_functions[rule.endpoint]) is None
    ]
    assert closed == []


def test_every_permission_is_somebodys() -> None:
    assert set(WHO_MAY) == set(Permission)
    assert all(WHO_MAY.values())


def test_every_thing_in_an_address_can_be_made_here(app: Flask) -> None:
    unknown = {
        (str(rule), name)
        for rule, _method in rules(app)
        for name in rule.arguments - {"firm", "cohort"}
        if name not in THINGS and name not in choices(rule)
    }
    assert unknown == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_route_from_every_side(
    part: int, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One world; each knock is undone, so that every other finds it as it was."""
    # A menu is the same wherever somebody stands; the pages' own tests look at it.
    monkeypatch.setattr(layout, "_menu", list)
    # Nor is it counted here who knocks in vain; `tests/accounts` looks at that.
    monkeypatch.setattr(tries, "note", lambda *_: None)
    world = make_world(app, session)
    session.close()
    connection = session.get_bind()
    assert isinstance(connection, Connection)
    wrong: list[str] = []
    knocks = 0
    for rule, method in rules(app)[part::PARTS]:
        for name in rule.arguments - {"firm", "cohort"} - choices(rule).keys():
            for side in (world.own, world.sibling, world.foreign):
                side.thing(name)
        session.close()
        for role in ROLES:
            # Outside the session, so that what a request commits is undone too.
            before = connection.begin_nested()
            wrong += knock(world, somebody(world, role), role, rule, method)
            session.close()
            before.rollback()
            knocks += 5
    assert wrong == [], "\n".join(wrong)
    assert ONLY or knocks > 1000 // PARTS


def asking(
    world: World, who: Who | None, rule: Rule, method: str
) -> Callable[..., tuple[int, str]]:
    """Return what asks for each side's thing: once, where nothing tells the sides apart."""
    asked: dict[str, tuple[int, str]] = {}

    def answer(where: str, missing: Any = None) -> tuple[int, str]:
        url = address(world, rule, where, missing)
        if url not in asked:
            asked[url] = told(world, who, method, url)
        return asked[url]

    return answer


def knock(world: World, who: Who | None, role: str, rule: Rule, method: str) -> list[str]:
    permission = permission_of(world.app.view_functions[rule.endpoint])
    assert permission is not None
    here = f"{method} {rule} as {role}"
    wrong = []
    answer = asking(world, who, rule, method)
    missing = answer("missing", uuid7())
    own = answer("own")
    if role == "staff looking in" and "firm" in rule.arguments:
        return looking_in(world, rule, method, own[0], missing[0])
    if who is not None and Standing.MEMBER not in ROLES[role] and "firm" in rule.arguments:
        # To somebody who is not a member, the firm's every page is as missing as no firm's.
        if permission is not Permission.OPEN_LINK and (own[0], missing[0]) != (404, 404):
            wrong.append(f"{here}: answers {own[0]} and {missing[0]} to a stranger")
        return wrong
    foreign, sibling = answer("foreign"), answer("sibling")
    if any(status >= 500 for status, _ in (missing, own, foreign, sibling)):
        wrong.append(f"{here}: {[one[0] for one in (missing, own, foreign, sibling)]}")
    things = rule.arguments - {"firm", "cohort"} - choices(rule).keys()
    # To staff at their own desk every firm is theirs to look after.
    desk = permission is Permission.RUN_PLATFORM and Standing.STAFF in ROLES[role]
    if things and role == "staff" and desk and foreign[0] != own[0]:
        wrong.append(f"{here}: one firm answers {own[0]}, another {foreign[0]}")
    elif things and not desk and foreign != missing:
        wrong.append(f"{here}: a foreign thing answers {foreign[0]}, a missing one {missing[0]}")
    allowed = bool(WHO_MAY[permission] & ROLES[role])
    if not allowed:
        expected = {302} if role == "anonymous" else {403, 404}
        wrong += [
            f"{here}: not allowed, but answers {status}"
            for status, _ in (own, sibling, foreign, missing)
            if status not in expected
        ]
    elif things and missing[0] not in {404, 405}:
        wrong.append(f"{here}: a missing thing answers {missing[0]}")
    if "firm" in rule.arguments:
        wrong += elsewhere(world, who, rule, method, here)
    return wrong


def looking_in(world: World, rule: Rule, method: str, own: int, missing: int) -> list[str]:
    """Staff who look in read what the firm's admin reads, change nothing, and go nowhere else."""
    permission = permission_of(world.app.view_functions[rule.endpoint])
    assert permission is not None
    here = f"{method} {rule} as staff looking in"
    who, wrong = world.visitor_of_own, []
    things = rule.arguments - {"firm", "cohort"} - choices(rule).keys()
    if permission is Permission.OPEN_LINK:
        return wrong
    allowed = bool(WHO_MAY[permission] & ROLES["staff looking in"])
    if method not in {"GET", "HEAD"} or not allowed:
        wrong += [f"{here}: answers {one}" for one in (own, missing) if one not in {403, 404}]
        return wrong
    admin, _text = told(world, world.own.admin, method, address(world, rule, "own", None))
    if own != admin:
        wrong.append(f"{here}: answers {own}, an admin {admin}")
    if things and missing != 404:
        wrong.append(f"{here}: a missing thing answers {missing}")
    foreign, _text = told(world, who, method, address(world, rule, "foreign", None))
    if things and foreign != 404:
        wrong.append(f"{here}: a foreign thing answers {foreign}")
    return wrong + elsewhere(world, who, rule, method, here)


def elsewhere(world: World, who: Who | None, rule: Rule, method: str, here: str) -> list[str]:
    """Knock at another firm's and at no firm's address: both must say the same."""
    values: dict[str, Any] = {name: options[0] for name, options in choices(rule).items()}
    for name in rule.arguments - values.keys() - {"firm", "cohort"}:
        values[name] = "missing" if name == "token" else uuid7()
    theirs = {**values, "firm": world.foreign.firm.slug, "cohort": world.foreign.cohort.slug}
    nowhere = {**values, "firm": "no-such-firm", "cohort": "no-such-cohort"}
    if who in (world.foreign.member, world.foreign.admin):
        return []
    there = told(world, who, method, build(world.app, rule, theirs))[0]
    # Where there is no firm, nothing behind its address is looked at: once for each who and how.
    asked = (who, method, permission_of(world.app.view_functions[rule.endpoint]))
    if asked not in world.nowhere:
        world.nowhere[asked] = told(world, who, method, build(world.app, rule, nowhere))[0]
    if there != world.nowhere[asked]:
        return [f"{here}: another firm answers {there}, none at all {world.nowhere[asked]}"]
    return []

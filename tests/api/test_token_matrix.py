"""Each thing a token may be for × each door of the API and of SCIM, and tokens that are over.

Generated from the app's own addresses: a door that is added is tried from the day it is there. With
LONG (`make soak-api`) each is tried with all of them, else with some of them in turn.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Alert, Person
from coachhub.accounts.operations import sign_out_everywhere
from coachhub.accounts.tries import MANY
from coachhub.api import operations
from coachhub.api.entrance import scope_of
from coachhub.api.models import Token
from coachhub.api.operations import TokenDraft
from coachhub.api.scopes import OF_FIRMS, Scope
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms import operations as firms
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.privacy import erasure
from fixtures_api import EVERYTHING, Caller, admin_actor
from walls.world import Side, Who, World, make_firm, make_membership, make_world

LONG = bool(os.environ.get("LONG"))
SENT = {"POST", "PUT", "PATCH"}
# Another address than an id's, as the doors of SCIM name what they show.
NAMED = {"type_name": "User", "urn": "urn:ietf:params:scim:schemas:core:2.0:User"}
HOW = (
    "expired", "revoked", "suspended", "taken back", "left", "erased", "account erased",
    "account closed", "signed out everywhere", "firm closed", "firm's expired", "firm's revoked",
    "firm's own, firm closed",
)  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One method of one address that a token opens."""

    method: str
    rule: str
    wanted: Scope
    arguments: tuple[tuple[str, str], ...]

    def path(self, things: Callable[[str], Any]) -> str:
        path = self.rule
        for written, name in self.arguments:
            path = path.replace(f"<{written}>", str(NAMED.get(name) or things(name)))
        return path


def doors_of(app: Flask) -> list[Door]:
    """Every method and address of the app that asks for a token."""
    found = []
    for rule in app.url_map.iter_rules():
        wanted = scope_of(app.view_functions[rule.endpoint])
        if wanted is None:
            continue
        written = [part.partition(">")[0] for part in rule.rule.split("<")[1:]]
        arguments = tuple((one, one.rpartition(":")[2]) for one in written)
        found += [
            Door(method, rule.rule, wanted, arguments)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
    return found


@pytest.fixture
def doors(app: Flask) -> list[Door]:
    found = doors_of(app)
    assert {one.wanted for one in found} == set(Scope)
    assert any(one.rule.startswith("/api/scim/") for one in found)
    return found


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return make_world(app, session)


def in_turn(every: Sequence[Any], number: int, some: int) -> list[Any]:
    """All of them with LONG; else `some`, others for each number."""
    if LONG:
        return list(every)
    return [every[(number * some + place) % len(every)] for place in range(some)]


def knock(app: Flask, text: str, door: Door, things: Callable[[str], Any]) -> tuple[int, str]:
    given = {"json": {}} if door.method in SENT else {}
    answer = Caller(app, text).ask(door.method, door.path(things), **given)
    return answer.status_code, answer.get_data(as_text=True)


def thing_of(side: Side, name: str) -> Any:
    return side.member.id if name == "scim_id" else side.thing(name)


def missing(_name: str) -> UUID:
    return uuid7()


def token(session: Session, firm_id: UUID, member_id: UUID | None = None) -> str:
    """Make a token of a member, or of the firm, for all that such a token can be for."""
    with scope(firm_id):
        if member_id is None:
            draft = TokenDraft("Directory", tuple(map(str, OF_FIRMS)))
            made = operations.make_firms(admin_actor(), draft)
        else:
            member = session.get_one(Membership, (firm_id, member_id))
            made = operations.make_own(acting(member), TokenDraft("Sheet", EVERYTHING))
        session.commit()
        return made.text


def give(session: Session, firm_id: UUID, text: str, **columns: Any) -> None:
    """Change the row of a token."""
    with scope(firm_id):
        session.execute(update(Token).where(Token.hint == text[-4:]).values(**columns))
        session.commit()


def test_each_scope_at_each_door(
    app: Flask, session: Session, world: World, doors: list[Door]
) -> None:
    """Whoever holds a token for one thing alone is refused all others, before anything is read."""
    own, wrong, tried = world.own, [], 0
    holders = {
        "admin": token(session, own.firm.id, own.admin.id),
        "firm": token(session, own.firm.id),
    }
    for number, one in enumerate(Scope):
        name = ("admin", "firm")[number % 2]
        give(session, own.firm.id, holders[name], scopes=[str(one)])
        for place, door in enumerate(doors):
            if door.wanted is one or one not in in_turn(tuple(Scope), place, 2):
                continue
            tried += 1
            status, said = knock(app, holders[name], door, missing)
            if status != 403 or f"“{door.wanted}”" not in json.loads(said)["detail"]:
                wrong.append(f"{name} with {one}: {door.method} {door.rule}: {status}")
    assert wrong == []
    assert tried == len(doors) * (len(Scope) - 1) if LONG else tried > len(doors)


def test_the_right_scope_is_not_refused_for_its_scope(
    app: Flask, session: Session, world: World, doors: list[Door]
) -> None:
    own, wrong = world.own, []
    holders = [token(session, own.firm.id, own.admin.id), token(session, own.firm.id)]
    for one in Scope:
        for text in holders:
            give(session, own.firm.id, text, scopes=[str(one)])
        for place, door in enumerate(doors):
            if door.wanted is not one:
                continue
            said = [knock(app, text, door, missing) for text in in_turn(holders, place, 1)]
            if any(
                status in {401, 500} or "This token is not for that" in text
                for status, text in said
            ):
                wrong.append(f"{door.method} {door.rule}: {said}")
    assert wrong == []


def test_another_firms_token_finds_nothing_here(
    app: Flask, session: Session, world: World, doors: list[Door]
) -> None:
    foreign, wrong = world.foreign, []
    holders = [
        token(session, foreign.firm.id, foreign.admin.id),
        token(session, foreign.firm.id),
    ]
    for text in holders:
        give(session, foreign.firm.id, text, scopes=[str(one) for one in Scope])
    for place, door in enumerate(doors):
        if not {name for _written, name in door.arguments} - NAMED.keys():
            continue
        for text in in_turn(holders, place, 1):
            here = knock(app, text, door, lambda name: thing_of(world.own, name))
            nowhere = knock(app, text, door, missing)
            if here != nowhere or here[0] < 400:
                wrong.append(f"{door.method} {door.rule}: {here} {nowhere}")
    assert wrong == []


def test_what_is_over_opens_no_door(
    app: Flask, session: Session, world: World, doors: list[Door]
) -> None:
    """However a token came to its end, each door says the same, and names nobody."""
    dead = dict(ended(app, session, world))
    assert set(dead) == set(HOW)
    wrong = []
    for place, door in enumerate(doors):
        nonsense = knock(app, "chp_" + "A" * 65, door, missing)
        assert nonsense[0] == 401
        for how in in_turn(HOW, place, 2):
            said = knock(app, dead[how], door, lambda name: thing_of(world.own, name))
            if said != nonsense:
                wrong.append(f"{how}: {door.method} {door.rule}: {said}")
    assert wrong == []


def ended(app: Flask, session: Session, world: World) -> Iterator[tuple[str, str]]:
    """Yield how a token ended and its text; each was good before, and ended as it does in life."""
    for number, how in enumerate(HOW):
        firm = make_firm(session, f"closing-{number}") if "firm closed" in how else world.own.firm
        with scope(firm.id):
            who = make_membership(session, firm, f"Gone {number}", "admin")
            if how == "erased":  # and still in another firm
                session.add(Seat(firm_id=world.foreign.firm.id, person_id=who.person_id))
            session.commit()
        text = token(session, firm.id, None if how.startswith("firm's") else who.id)
        assert Caller(app, text).get("/cohorts").status_code == 200, how
        with scope(firm.id):
            end(session, firm.id, who, how.removeprefix("firm's "), text)
            session.commit()
        yield how, text


def end(session: Session, firm_id: UUID, who: Who, how: str, text: str) -> None:
    actor = admin_actor()
    member = session.get_one(Membership, (firm_id, who.id))
    person = session.get_one(Person, who.person_id)
    row = session.scalars(select(Token).where(Token.hint == text[-4:])).one()
    match how:
        case "expired":
            row.expires_at = now() - dt.timedelta(seconds=1)
        case "revoked":
            operations.revoke(acting(member), row)
        case "suspended":
            firms.suspend(actor, member, "x")
        case "taken back":
            firms.suspend(actor, member, "x")
            firms.reinstate(actor, member)
        case "left":
            firms.end_membership(actor, member)
        case "erased" | "account erased":
            erasure.erase(actor, member)
        case "account closed":
            person.active = False
        case "signed out everywhere":
            sign_out_everywhere(person)
        case _:
            firms.close_firm(actor, session.get_one(Firm, firm_id), "x")


def test_twenty_foreign_ids_by_one_token_raise_the_alert(
    app: Flask, session: Session, world: World
) -> None:
    own = world.own
    caller = Caller(app, token(session, own.firm.id, own.member.id))
    foreign = world.foreign.thing("offer_id")
    for number in range(MANY):
        assert session.scalars(select(Alert)).all() == []
        what = foreign if number % 2 else uuid7()
        answer = caller.get(f"/cohorts/{own.cohort.id}/offers/{what}")
        assert answer.status_code == 404
    [alert] = session.scalars(select(Alert)).all()
    assert (alert.person_id, alert.tries) == (own.member.person_id, MANY)

"""Every route of the API with tokens from every side: nothing foreign, and told the same way.

Generated from the routes themselves, as `tests/walls` is from the pages.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.api import operations
from coachhub.api.models import Token
from coachhub.api.operations import TokenDraft
from coachhub.api.rest import ROUTES, Route
from coachhub.api.scopes import OF_FIRMS, Scope
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Membership
from coachhub.permissions import Permission, Standing
from fixtures_api import EVERYTHING, OFFER, Caller
from walls.world import Side, World, make_world

ADMIN = Actor("Test", standings=frozenset({Standing.ADMIN}))
KEPT_OUT = ("no token", "bad", "expired", "revoked", "suspended")
INSIDE = ("member", "other member", "coach", "admin", "firm")
ABROAD = ("foreign member", "foreign admin", "foreign firm")
PLACES = defaultdict(lambda: ("sibling", "foreign", "missing"), foreign=("missing",))
PLACES |= dict.fromkeys((one.split()[0] for one in KEPT_OUT), ())
BODIES: dict[str, Any] = {
    "OfferIn": OFFER,
    "AskIn": OFFER,
    "TargetIn": {"company": "Harbour Foods"},
    "LeadIn": {"kind": "opening", "title": "Plant manager"},
    "StageIn": {"stage": "talking"},
    "TouchIn": {"next_touch_on": None},
    "YesIn": {"promise": "I call them", "gift": "Bread", "blurb": "A good one"},
    "LaterIn": {"until": (dt.date(2026, 1, 1)).isoformat()},
    "ReportIn": {},
    "MoreTimeIn": {"due_on": "2026-01-01"},
    "OutcomeIn": {"kind": "meeting"},
    "ThanksIn": {"text": "Thank you"},
    "WebhookIn": {"name": "x", "url": "https://example.org/", "events": ["post.created"]},
    "Empty": {},
}
QUERIES = {"Compared": "?a=Harbour&b=Harbour"}


class Doors:
    """The world of the page's walls, with tokens of many sides."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.world: World = make_world(app, session)
        own, foreign = self.world.own, self.world.foreign
        self.texts = {"no token": "", "bad": "chp_" + "A" * 65}
        for name, side, who in (
            ("member", own, own.member.id),
            ("other member", own, own.other.id),
            ("coach", own, own.coach.id),
            ("admin", own, own.admin.id),
            ("foreign member", foreign, foreign.member.id),
            ("foreign admin", foreign, foreign.admin.id),
            ("expired", own, own.admin.id),
            ("revoked", own, own.admin.id),
            ("suspended", own, own.other.id),
        ):
            self.texts[name] = self._made(side, who)
        for name, side in (("firm", own), ("foreign firm", foreign)):
            with scope(side.firm.id):
                draft = TokenDraft(name, tuple(map(str, OF_FIRMS)))
                self.texts[name] = operations.make_firms(ADMIN, draft).text
                session.commit()
        self._end("expired", expires_at=now() - dt.timedelta(minutes=1))
        self._end("revoked", revoked_at=now())
        self._end("suspended", bound_to="another sign-in")

    def _made(self, side: Side, member_id: UUID, *scopes: str) -> str:
        with scope(side.firm.id):
            member = self.session.get_one(Membership, (side.firm.id, member_id))
            draft = TokenDraft("Token", scopes or EVERYTHING)
            text = operations.make_own(acting(member), draft).text
            self.session.commit()
        return text

    def _end(self, name: str, **columns: Any) -> None:
        with scope(self.world.own.firm.id):
            hint = self.texts[name][-4:]
            self.session.execute(update(Token).where(Token.hint == hint).values(**columns))
            self.session.commit()

    def narrow(self, wanted: Scope) -> str:
        """A token of the admin for everything but one thing."""
        others = [one for one in EVERYTHING if one != wanted]
        return self._made(self.world.own, self.world.own.admin.id, *others)

    def knock(self, text: str, made: Route, where: str) -> tuple[int, str, str]:
        """Return status, media type and text of an answer, without ids; all of it is undone."""
        sides = {"foreign": self.world.foreign, "sibling": self.world.sibling}
        side, path = sides.get(where, self.world.own), f"/api/v1{made.address}"
        for name in made.arguments:
            value = uuid7() if where == "missing" else self._thing(side, made, name)
            path = path.replace(f"{{{name}}}", str(value))
        if made.query:
            path += QUERIES.get(made.query.__name__, "")
        given: dict[str, Any] = {}
        if made.body:
            given["json"] = BODIES[made.body.__name__]
        if made.versioned == "change":
            given["headers"] = {"If-Match": '"1"'}
        with self._undone():
            answer = Caller(self.app, text).ask(made.method, path, **given)
            return answer.status_code, answer.mimetype, answer.get_data(as_text=True)

    def _thing(self, side: Side, made: Route, name: str) -> Any:
        if name == "post_id":
            kind = made.path.split("/")[3].removesuffix("s")
            return side.thing(f"{kind}_id")
        return side.thing(name)

    @contextlib.contextmanager
    def _undone(self) -> Iterator[None]:
        self.session.close()
        connection = self.session.get_bind()
        assert isinstance(connection, Connection)
        before = connection.begin_nested()
        yield
        self.session.close()
        before.rollback()


@pytest.fixture
def doors(app: Flask, session: Session) -> Doors:
    made = Doors(app, session)
    for one in ROUTES:
        for side in (made.world.own, made.world.sibling, made.world.foreign):
            for name in one.arguments:
                made._thing(side, one, name)
    return made


def test_every_route_from_every_side(doors: Doors) -> None:
    wrong: list[str] = []
    words = foreign_words(doors.world.foreign)
    for number, made in enumerate(ROUTES):
        for name in names(number):
            text = doors.texts[name]
            places = ["own", *(PLACES[name.partition(" ")[0]] if made.arguments else ())]
            said = {where: doors.knock(text, made, where) for where in places}
            here = f"{made.method} {made.path} with {name}"
            wrong += [f"{here}: {where} {told[:2]}" for where, told in said.items() if odd(told)]
            if name in KEPT_OUT and {told[0] for told in said.values()} != {401}:
                wrong.append(f"{here}: let in")
            wrong += elsewhere(made, name, said, here)
            if not name.startswith("foreign"):
                text_of = "".join(told[2] for told in said.values())
                wrong += [f"{here}: says “{word}”" for word in words if word in text_of]
    assert wrong == [], "\n".join(wrong)
    refused_without_the_scope(doors)
    nothing_in_a_members_name(doors)


def names(number: int) -> list[str]:
    """With LONG all of them; else for each route some, all of them in turn."""
    if os.environ.get("LONG"):
        return [*KEPT_OUT, *INSIDE, *ABROAD]
    return [KEPT_OUT[number % 5], INSIDE[number % 5], ABROAD[number % 3]]


def odd(told: tuple[int, str, str]) -> bool:
    """Say whether an answer is none that the document knows."""
    status, media, text = told
    if status >= 500:
        return True
    if status >= 400:
        return media != "application/problem+json" or json.loads(text)["status"] != status
    return status != 204 and media != "application/json"


def elsewhere(made: Route, name: str, said: dict[str, Any], here: str) -> list[str]:
    """A foreign thing and a missing one are told of in the same words; what is closed is 404."""
    if not made.arguments or name in KEPT_OUT:
        return []
    abroad = "own" if name.startswith("foreign") else "foreign"
    wrong = []
    if said[abroad] != said["missing"]:
        wrong.append(f"{here}: foreign {said[abroad][:2]}, missing {said['missing'][:2]}")
    if said["missing"][0] not in {403, 404}:
        wrong.append(f"{here}: a missing thing answers {said['missing'][0]}")
    if name == "other member" and made.scope is Scope.BOARD_WRITE and said["own"][0] < 400:
        wrong += [f"{here}: changes what is another's"] if "post_id" in made.arguments else []
    return wrong


def foreign_words(side: Side) -> list[str]:
    """What stands in the other firm's rows, and must not be said here."""
    people = [f"{word} {side.cohort.slug}" for word in ("Mem", "Oth", "Coa", "Adm")]
    return [*people, side.firm.slug.title(), f"Company of {side.cohort.slug}"]


def refused_without_the_scope(doors: Doors) -> None:
    """A token for all but one thing is refused that before anything is looked up."""
    wrong = []
    for wanted in Scope:
        text, those = doors.narrow(wanted), [made for made in ROUTES if made.scope is wanted]
        for made in those if os.environ.get("LONG") else those[:2]:
            own, missing = (doors.knock(text, made, where) for where in ("own", "missing"))
            if own[0] != 403 or own != missing or str(wanted) not in own[2]:
                wrong.append(f"{made.method} {made.path}: {own[:2]} {missing[:2]}")
    assert wrong == []


def nothing_in_a_members_name(doors: Doors) -> None:
    """The firm's own token does nothing as a member, not even with every scope in its row."""
    hint = doors.texts["firm"][-4:]
    with scope(doors.world.own.firm.id):
        doors.session.execute(
            update(Token).where(Token.hint == hint).values(scopes=[str(one) for one in Scope])
        )
        doors.session.commit()
    those = [
        made
        for made in ROUTES
        if made.permission in {Permission.MANAGE_OWN_THINGS, Permission.POST}
    ]
    for made in those if os.environ.get("LONG") else those[::7]:
        status, _media, _text = doors.knock(doors.texts["firm"], made, "own")
        assert status in {403, 404}, made

"""Who passes the guard: each kind of visitor at each kind of door, and a door without a sign."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask, g

from coachhub.core import words
from coachhub.core.access import ANONYMOUS, Actor, access, guard, open_to_all
from coachhub.core.errors import NotAllowedError
from coachhub.permissions import Permission, Standing

S = Standing
MEMBER = Actor("Ada", person_id=uuid4(), standings=frozenset({S.ANYONE, S.PERSON, S.MEMBER}))
STRANGER = Actor("Eve", person_id=uuid4(), standings=frozenset({S.ANYONE, S.PERSON}))
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask() -> Ask:
    """Ask at a path as somebody; the status and where one is sent."""
    app = Flask("guarded")
    words.init_app(app)

    @app.before_request
    def who() -> None:
        g.actor, g.missing = app.config["WHO"], app.config["MISSING"]

    guard(app)
    app.register_error_handler(NotAllowedError, lambda _error: ("no", 403))
    doors: dict[str, Permission | None] = {
        "open": Permission.OPEN_LINK, "firm": Permission.SEE_FIRM,
        "platform": Permission.RUN_PLATFORM, "unsigned": None,
    }  # fmt: skip
    for name, permission in doors.items():

        def view() -> str:
            return "in"

        marked = access(permission)(view) if permission else view
        app.add_url_rule(f"/{name}", name, marked, methods=["GET", "POST"])
    app.add_url_rule("/login", "security.login", lambda: "sign in")
    open_to_all(app, "security.login")

    def knock(path: str, actor: Actor, *, missing: bool = False, method: str = "GET") -> object:
        app.config["WHO"], app.config["MISSING"] = actor, missing
        answer = app.test_client().open(path, method=method)
        return answer.status_code, answer.headers.get("Location", "")

    return knock  # type: ignore[return-value]


@pytest.mark.parametrize("actor", [ANONYMOUS, STRANGER, MEMBER])
def test_a_door_without_a_sign_is_shut_to_all(ask: Ask, actor: Actor) -> None:
    assert ask("/unsigned", actor) == ask("/unsigned", actor, method="POST") == (404, "")


def test_a_visitor_is_sent_to_sign_in_before_anything_is_told(ask: Ask) -> None:
    to_here = (302, "/login?next=/firm?tab%3D2")
    assert ask("/firm?tab=2", ANONYMOUS) == ask("/firm?tab=2", ANONYMOUS, missing=True) == to_here
    assert ask("/firm", ANONYMOUS, method="POST") == (302, "/login")
    assert ask("/platform", ANONYMOUS) == (302, "/login?next=/platform")
    assert ask("/login", ANONYMOUS) == (200, "")


def test_what_is_missing_and_what_is_foreign_are_the_same(ask: Ask) -> None:
    for actor in (STRANGER, MEMBER):
        assert ask("/firm", actor, missing=True) == (404, "")
    assert ask("/open", ANONYMOUS, missing=True) == (404, "")
    assert ask("/nowhere", MEMBER)[0] == 404


def test_who_may_passes_and_who_may_not_is_told(ask: Ask) -> None:
    assert ask("/open", ANONYMOUS) == ask("/open", STRANGER) == (200, "")
    assert ask("/firm", MEMBER) == (200, "")
    assert ask("/firm", STRANGER) == (403, "")
    # That there is a desk is nobody's matter.
    assert ask("/platform", MEMBER) == (404, "")

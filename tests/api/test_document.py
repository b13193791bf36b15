"""The document says what there is, and there is what it says."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy.orm import Session

from coachhub.api import openapi
from coachhub.api.entrance import scope_of
from coachhub.api.rest import ROUTES
from coachhub.api.scopes import Scope
from coachhub.core.access import permission_of
from coachhub.permissions import Permission
from fixtures_api import Caller

OPEN = {"api.document", "api.index"}


def test_each_route_is_in_the_document_and_the_other_way_round(app: Flask) -> None:
    told = {
        (method.upper(), path)
        for path, methods in openapi.document()["paths"].items()
        for method in methods
    }
    there = {
        (method, re.sub(r"<(?:uuid:)?(\w+)>", r"{\1}", str(rule).removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in OPEN
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == there
    assert len(told) > 40


def test_each_route_asks_for_a_scope_and_a_permission(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.endpoint not in OPEN:
            view = app.view_functions[rule.endpoint]
            assert isinstance(scope_of(view), Scope), rule
            assert permission_of(view) not in {None, Permission.OPEN_LINK}, rule


def test_names_are_each_used_once() -> None:
    names = [made.name for made in ROUTES]
    assert len(names) == len(set(names))


def test_each_scope_opens_something_or_is_the_directorys() -> None:
    assert {made.scope for made in ROUTES} | {Scope.SCIM} == set(Scope)


def test_the_document_and_its_page_are_there_for_everybody(app: Flask, session: Session) -> None:
    del session
    visitor = Caller(app)
    document = visitor.get("/openapi.json")
    assert document.json["openapi"] == "3.1.0"
    page = visitor.get("/")
    assert page.status_code == 200
    text = page.text.replace("<wbr>", "")
    for made in ROUTES:
        assert f"{made.method} {made.address}" in text

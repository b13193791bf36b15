"""The API tried with what its own document allows, and with what it does not (schemathesis).

`make soak-api` does it for long: FUZZ_EXAMPLES for each thing that the API can do, in each way.
"""

from __future__ import annotations

import contextvars
import os
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from coachhub.api import operations
from coachhub.api.operations import TokenDraft
from coachhub.api.rest import ROUTES, Route
from coachhub.api.scopes import OF_FIRMS, Scope
from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Membership
from coachhub.permissions import Permission, Standing
from fixtures_api import EVERYTHING
from walls.world import World, make_world

LONG = "FUZZ_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
ADMIN = Actor("Test", standings=frozenset({Standing.ADMIN}))


class Isolated:
    """The app as a server runs it: nothing of the test's context in any request."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return contextvars.Context().run(self.app.wsgi_app, environ, start_response)


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return make_world(app, session)


def tokens(world: World, session: Session) -> dict[str, str]:
    own, made = world.own, {}
    with scope(own.firm.id):
        for name, who in (("member", own.member), ("coach", own.coach), ("admin", own.admin)):
            member = session.get_one(Membership, (own.firm.id, who.id))
            made[name] = operations.make_own(acting(member), TokenDraft("t", EVERYTHING)).text
        draft = TokenDraft("t", tuple(map(str, OF_FIRMS)))
        made["firm"] = operations.make_firms(ADMIN, draft).text
        session.commit()
    return made


def holder(made: Route) -> str:
    """Return whose token gets furthest."""
    if made.scope is Scope.WEBHOOKS:
        return "firm"
    if made.permission in {Permission.ADMINISTER, Permission.SEE_COHORT}:
        return "admin"
    return "member"


def real_ids(world: World, made: Route) -> dict[str, str]:
    kind = made.path.split("/")[3].removesuffix("s") if "post_id" in made.arguments else ""
    return {
        name: str(world.own.thing(f"{kind}_id" if name == "post_id" else name))
        for name in made.arguments
    }


def test_nothing_falls_over_and_every_answer_is_as_documented(
    app: Flask, world: World, session: Session
) -> None:
    shown = tokens(world, session)
    document: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", Isolated(app))
    routes = {(made.method, made.address): made for made in ROUTES}
    said: Counter[int] = Counter()
    found = [one.ok() for one in document.get_all_operations()]
    # What takes things away comes last; without FUZZ_EXAMPLES some of all, for a quick look.
    found.sort(key=lambda one: one.method == "delete")
    for operation in found if LONG else found[::5]:
        made = routes[operation.method.upper(), operation.path]
        ids = real_ids(world, made)
        headers = {"Authorization": f"Bearer {shown[holder(made)]}"}
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not (made.body or made.query):
                continue
            try_out(operation.as_strategy(mode, path_parameters=ids), headers, said)
        try_out(operation.as_strategy(GenerationMode.POSITIVE), headers, said)
    total = sum(said.values())
    print(f"{total} requests: {sorted(said.items())}")  # noqa: T201 - the soak's figures
    assert total >= (len(ROUTES) if LONG else len(ROUTES) // 5) * EXAMPLES
    assert not any(status >= 500 for status in said)
    assert said[200] + said[201] + said[204] > total // 20


def try_out(strategy: Any, headers: dict[str, str], said: Counter[int]) -> None:
    @given(case=strategy)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not LONG,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Any) -> None:
        answer = case.call(headers=headers)
        said[answer.status_code] += 1
        wrong = [] if lost(case, answer) else [negative_data_rejection]
        case.validate_response(answer, checks=[*CHECKS, *wrong])

    check()


def lost(case: Any, answer: Any) -> bool:
    """Say whether the wrong part never left: an empty list has no place in an address."""
    sent = parse_qs(urlsplit(str(answer.request.url)).query, keep_blank_values=True)
    return set(sent) != set(case.query or {})

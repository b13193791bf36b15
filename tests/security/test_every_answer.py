"""What every answer has, and what every page keeps to: headers, tokens, no writing by looking."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coachhub.core.forms import csrf
from coachhub.core.pages import POLICY
from fixtures_app import config_for
from fixtures_database import DatabaseUrls
from security.pages import pages, people, whole_world

# Pages that show a mail as mail programs do: its styles stand in it, nothing else runs or loads.
OF_A_MAIL = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors '"
# The one-click POST of mail programs (RFC 8058): its token is in its address.
ONE_CLICK = {
    "coachhub.digests.views.leave_at_once",
    "coachhub_gifts.views.outside.leave_at_once",
    "coachhub_progress.views.outside.leave_at_once",
}
# What looking may write: that somebody was here or looked at private data, tries that found
# nothing, and rows with nothing but defaults.
BY_LOOKING = {
    "accounts_alert", "accounts_sign_in", "accounts_try", "audit_entry", "audit_desk_entry",
    "core_knock", "digests_preference", "firms_membership", "mail_account_mail",
}  # fmt: skip
_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)")


def what_is_missing(answer: TestResponse, *, static: bool = False) -> list[str]:
    """Return which of the headers that every answer has are not as they should be."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    wrong = []
    if policy != POLICY and not policy.startswith(OF_A_MAIL):
        wrong.append(f"policy {policy!r}")
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    }.items():
        if headers.get(name) != value:
            wrong.append(f"{name}: {headers.get(name)}")
    if not static and headers.get("Cache-Control") != "no-store, private":
        wrong.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if not static and "Cookie" not in headers.get("Vary", ""):
        wrong.append(f"Vary: {headers.get('Vary')}")
    if "Access-Control-Allow-Origin" in headers:
        wrong.append("open to other origins")
    if answer.data and not re.match(r"[a-z]+/[a-z.+-]+", headers.get("Content-Type", "")):
        wrong.append(f"Content-Type: {headers.get('Content-Type')}")
    if (
        headers.get("Content-Type", "").startswith("text/")
        and "charset=utf-8" not in headers["Content-Type"].lower()
    ):
        wrong.append(f"no charset in {headers['Content-Type']}")
    return wrong


@pytest.fixture
def behind_tls(app: Flask, monkeypatch: pytest.MonkeyPatch, database_urls: DatabaseUrls) -> None:
    """The settings say https; what stands in front ends TLS and tells nobody."""
    config = config_for(database_urls, base_url="https://hub.example.org")
    monkeypatch.setitem(app.extensions, "coachhub.config", config)


@pytest.mark.usefixtures("behind_tls")
def test_every_page_has_the_headers_and_looking_writes_nothing_else(
    app: Flask, session: Session
) -> None:
    world = whole_world(app, session)
    wrong: list[str] = []
    seen = 0
    for who, whom in people(world).items():
        client = world.visitor(whom)
        for rule, url in pages(world):
            with written(session) as tables:
                answer = client.get(url)
            here = f"{rule} as {who} ({answer.status_code})"
            wrong += [f"{here}: {one}" for one in what_is_missing(answer)]
            wrong += [f"{here} writes {one}" for one in tables - BY_LOOKING]
            if answer.status_code >= 500:
                wrong.append(here)
            seen += answer.status_code == 200
            session.close()
    assert wrong == [], "\n".join(wrong)
    assert seen > 100


@contextlib.contextmanager
def written(session: Session) -> Iterator[set[str]]:
    """Note which tables are written to."""
    tables: set[str] = set()
    engine = session.get_bind().engine

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if found := _WRITES.match(statement):
            tables.add(found[1])

    event.listen(engine, "before_cursor_execute", note)
    yield tables
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("behind_tls")
def test_errors_and_files_have_them_too(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> str:
        raise ZeroDivisionError("a secret inside")

    monkeypatch.setitem(app.view_functions, "weaknesses.page", _open(fails))
    answers = {
        200: client.get("/static/app.css"),
        302: client.get("/account/"),
        400: client.get("/", headers={"Host": "evil.example"}),
        404: client.get("/nowhere"),
        405: client.delete("/account/login"),
        413: client.post("/account/login", data=b"a&" * 400_000, content_type="application/json"),
        500: client.get("/security"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert what_is_missing(answer, static=status == 200) == []
        assert "a secret inside" not in answer.text
        assert "Traceback" not in answer.text
        answer.close()
    assert re.search(r"\b[0-9a-f]{8}\b", answers[500].text)
    assert client.open("/", method="TRACE").status_code == 405
    assert client.get("/static/").status_code == 404


def _open(view: Callable[[], str]) -> Callable[[], str]:
    view.coachhub_permission = "open_link"  # type: ignore[attr-defined]
    return view


def test_no_form_is_taken_without_its_token(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every POST, sign-out too, of everybody: refused before anything is done."""
    assert {str(one) for one in csrf._exempt_views} == ONE_CLICK
    # What programs ask for: a cookie opens nothing there.
    assert {one.name for one in csrf._exempt_blueprints} == {"api", "scim"}
    world = whole_world(app, session)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)
    taken = []
    tried = 0
    # Who it is makes no difference: the token is asked for before anything else.
    for who, whom in [*people(world).items()][-1:]:
        client = world.visitor(whom)
        for rule, url in [
            *pages(world, "POST"),
            (None, "/account/logout"),
            (None, "/account/login"),
        ]:
            view = app.view_functions[rule.endpoint] if rule else None
            if view is not None and f"{view.__module__}.{view.__name__}" in ONE_CLICK:
                continue
            if rule and rule.endpoint.startswith(("api.", "scim.")):
                continue
            with written(session) as tables:
                answer = client.post(url, data={"csrf_token": "made up"})
            if answer.status_code != 400 or tables:
                taken.append(f"POST {rule or url} as {who}: {answer.status_code} {tables}")
            session.close()
            tried += 1
    assert taken == [], "\n".join(taken)
    assert tried > 100

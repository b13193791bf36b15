"""The database is away: a page with an incident number and nothing internal on it."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask, g
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from coachhub.app import create_app
from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.tenancy import open_firm_id, scope
from coachhub.permissions import Permission
from coachhub.watching.doors import Doors
from fixtures_app import config_for


@pytest.fixture
def cut_off(database_urls: Any) -> Iterator[Flask]:
    """An app whose database refuses every connection."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        app = create_app(
            config_for(database_urls, database_url=f"postgresql://a:b@127.0.0.1:{port}/c")
        )
        app.config["WTF_CSRF_ENABLED"] = False
        yield app
        with app.app_context():
            db.engine.dispose()


def test_a_page_says_so_with_an_incident_number(
    cut_off: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = cut_off.test_client().post(
            "/account/login", data={"email": "mia@example.org", "password": "many kind words today"}
        )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    found = re.search(r"\b[0-9a-f]{8}\b", page)
    assert found is not None, page
    assert f"Incident {found.group()}" in caplog.text
    assert "psycopg" not in page
    assert "127.0.0.1:" not in page


def test_an_answer_is_not_lost_when_its_connection_is_cut(database_urls: Any) -> None:
    app = create_app(config_for(database_urls))

    @access(Permission.OPEN_LINK)
    def home() -> str:
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(database_urls.app) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        return "a whole answer"

    app.view_functions["firms.index"] = home
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.text) == (200, "a whole answer")

    @access(Permission.OPEN_LINK)
    def later() -> str:
        return str(db.session.scalar(text("SELECT 7")))

    app.view_functions["firms.index"] = later
    assert app.test_client().get("/").text == "7"
    with app.app_context():
        db.engine.dispose()


def test_a_page_of_an_error_needs_no_database(database_urls: Any) -> None:
    app = create_app(config_for(database_urls))
    app.testing = False

    @access(Permission.OPEN_LINK)
    def broken() -> str:
        g.firm = "somebody's firm"
        raise RuntimeError("a defect")

    asked = []

    def layout() -> dict[str, Any]:
        if "firm" in g:
            asked.append(1)
            raise OperationalError("SELECT 1", {}, Exception("the server has gone"))
        return {}

    app.view_functions["firms.index"] = broken
    app.context_processor(layout)
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    assert asked
    assert re.search(r"\b[0-9a-f]{8}\b", answer.text)
    assert "gone" not in answer.text


def test_what_no_page_can_tell_has_a_number_and_leaves_no_scope(
    database_urls: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(config_for(database_urls))
    app.testing = False
    opened = ExitStack()

    def broken(_environ: Any, _start: Any) -> Any:
        opened.enter_context(scope(uuid4()))
        raise RuntimeError("a defect that got out")

    doors = app.wsgi_app
    assert isinstance(doors, Doors)
    doors._inside = broken
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().post("/", headers={"X-Request-ID": "abcdef0123456789"})
    assert answer.status_code == 500
    assert "abcdef0123456789" in answer.text
    assert "Incident abcdef0123456789" in caplog.text
    assert "defect" not in answer.text
    assert open_firm_id() is None
    opened.pop_all()

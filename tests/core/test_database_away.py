"""The database is away: a page with an incident number and nothing internal on it."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from coachhub.app import create_app
from coachhub.core.db import db
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
    text = answer.get_data(as_text=True)
    assert answer.status_code == 503
    found = re.search(r"\b[0-9a-f]{8}\b", text)
    assert found is not None, text
    assert f"Incident {found.group()}" in caplog.text
    assert "psycopg" not in text
    assert "127.0.0.1:" not in text

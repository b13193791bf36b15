"""How a weakness is told: for programs (RFC 9116) and for people."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coachhub.config import ConfigError
from coachhub.core.db import now
from fixtures_app import config_for
from fixtures_database import DatabaseUrls


def test_programs_find_where_to_write(client: FlaskClient) -> None:
    answer = client.get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:hub@example.org"
    assert fields["Canonical"] == "http://hub.example.org/.well-known/security.txt"
    assert fields["Policy"] == "http://hub.example.org/security"
    until = dt.datetime.fromisoformat(fields["Expires"])
    assert dt.timedelta(days=30) < until - now() < dt.timedelta(days=365)


def test_people_find_it_too(client: FlaskClient) -> None:
    page = client.get("/security").text
    assert 'href="mailto:hub@example.org"' in page
    assert "how to see it again" in page


def test_a_contact_of_its_own(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, database_urls: DatabaseUrls
) -> None:
    config = config_for(database_urls, security_contact="https://example.org/tell")
    config.check()
    monkeypatch.setitem(app.extensions, "coachhub.config", config)
    assert "Contact: https://example.org/tell" in client.get("/.well-known/security.txt").text
    with pytest.raises(ConfigError, match="SECURITY_CONTACT"):
        config_for(database_urls, security_contact="javascript:x").check()

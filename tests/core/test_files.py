"""Files of pages: at an address that changes with them, compressed, and kept for good."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.test import Client

from coachhub.core import files, paths

KEPT = "public, immutable"


@pytest.fixture
def asked(app: Flask) -> Iterator[str]:
    with app.test_request_context("/"):
        yield url_for("static", filename="app.css")


def test_the_address_carries_the_mark_of_what_is_in_the_file(asked: str) -> None:
    content = (paths.static() / "app.css").read_bytes()
    assert asked == f"/static/{files.mark_of(content)}/app.css"
    assert re.fullmatch(r"[0-9a-f]{12}", files.mark_of(content))
    assert files.mark_of(content) != files.mark_of(content + b" ")


def test_a_file_comes_compressed_and_is_kept_for_good(client: FlaskClient, asked: str) -> None:
    content = (paths.static() / "app.css").read_bytes()
    with client.get(asked, headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"].endswith(KEPT)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert answer.mimetype == "text/css"
        assert gzip.decompress(answer.get_data()) == content
    with client.get(asked) as answer:  # to whom cannot read that
        assert "Content-Encoding" not in answer.headers
        assert answer.get_data() == content
        etag = answer.headers["Last-Modified"]
    with client.get(asked, headers={"If-Modified-Since": etag}) as answer:
        assert (answer.status_code, answer.get_data()) == (304, b"")


@pytest.mark.parametrize("address", ["/static/app.css", "/static/0123456789ab/app.css"])
def test_an_address_of_another_version_gets_the_present_file_and_is_not_kept(
    client: FlaskClient, address: str
) -> None:
    with client.get(address) as answer:
        assert answer.get_data() == (paths.static() / "app.css").read_bytes()
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "address",
    [
        "/static/0123456789ab/nothing.css",
        "/static/0123456789ab/../../app.py",
        "/static/0123456789ab/%2e%2e/app.py",
        "/static/0123456789ab/.lock",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        assert answer.status_code == 404


def test_what_was_changed_since_it_was_packed_is_served_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.css", "deep/b.js", ".lock"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(paths, "static", lambda: tmp_path)
    made = files.Files(Flask("made"), {})
    addresses = {
        f"/static/{files.mark_of(name.encode())}/{name}": name for name in ("a.css", "deep/b.js")
    }
    assert set(made.files) == set(addresses)
    client = Client(made)
    for address, name in addresses.items():
        with client.get(address, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.text == name
            assert answer.headers["Cache-Control"].endswith(KEPT)

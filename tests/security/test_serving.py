"""What stands before the pages: slow visitors, large forms, headers that visitors write."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from coachhub.core.db import db
from coachhub.core.forms import LARGEST_FORM
from coachhub.core.limits import limiter
from coachhub.serving import patience
from coachhub.serving.wsgi import wsgi_app
from fixtures_app import config_for
from fixtures_database import DatabaseUrls

SERVER = """
from gunicorn.app.base import BaseApplication
class Small(BaseApplication):
    def load_config(self):
        for name, value in {
            "bind": "127.0.0.1:0", "worker_class": "coachhub.serving.patience.PatientWorker",
            "threads": 2, "control_socket_disable": True, "loglevel": "warning",
            "when_ready": lambda it: print(it.LISTENERS[0].sock.getsockname()[1], flush=True),
        }.items():
            self.cfg.set(name, value)
    def load(self):
        def app(environ, start):
            body = environ["wsgi.input"].read()
            start("200 OK", [("Content-Type", "text/plain")])
            return [str(len(body)).encode()]
        return app
Small().run()
"""


@pytest.fixture
def port() -> Iterator[int]:
    """Serve with two threads that lose patience at once."""
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", SERVER],
        env={**os.environ, "WEB_GRACE_SECONDS": "0.5"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield int(process.stdout.readline())
        process.terminate()


def test_slow_visitors_keep_nobody_out(port: int) -> None:
    """As many as there are threads, with half a head or half a body, and nobody else waits long."""
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    body = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\na"
    for begun in (head, body):
        slow = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(2)]
        for one in slow:
            one.sendall(begun)
        quick = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        quick.request("POST", "/", b"x" * 100_000)
        assert quick.getresponse().read() == b"100000"
        quick.close()
        for one in slow:
            one.close()


def test_slow_is_slower_than_the_slowest() -> None:
    reading = patience.Reading(since=100.0, before=50)
    late = 100.0 + patience.GRACE + 2
    assert not reading.is_too_slow(50, 100.0 + patience.GRACE)
    assert reading.is_too_slow(50 + patience.SLOWEST, late)
    assert not reading.is_too_slow(50 + 2 * patience.SLOWEST, late)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", ""])
def test_large_forms_are_refused_before_they_are_read(client: FlaskClient, kind: str) -> None:
    answer = client.post("/account/login", data=b"a&" * LARGEST_FORM, content_type=kind)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("proxies", "expected"),
    [("0", "127.0.0.1 http"), ("1", "192.0.2.9 https"), ("2", "198.51.100.7 http")],
)
def test_only_our_own_proxies_are_believed(
    app: Flask, database_urls: DatabaseUrls, proxies: str, expected: str
) -> None:
    """Of a header that a visitor began, each proxy of ours has written one part at its end."""
    del app
    made = wsgi_app(config_for(database_urls, proxies=proxies))
    made.add_url_rule("/told", "told", lambda: f"{request.remote_addr} {request.scheme}")
    made.before_request_funcs.clear()
    headers = {
        "X-Forwarded-For": "203.0.113.5, 198.51.100.7, 192.0.2.9",
        "X-Forwarded-Proto": "ftp, http, https",
        "X-Forwarded-Host": "evil.example",
    }
    answer = made.test_client().get("/told", headers=headers)
    assert answer.text == expected
    limiter.enabled = False
    with made.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "host",
    ["evil.example", "hub.example.org.evil.example", "hub.example.org@evil", "127.0.0.1.evil"],
)
def test_a_foreign_host_is_refused_everywhere(client: FlaskClient, host: str) -> None:
    for page in ("/", "/account/login", "/static/app.css", "/f/x/", "/nowhere"):
        answer = client.get(page, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_links_in_mails_come_from_the_settings(
    somebody: Callable[..., object], client: FlaskClient
) -> None:
    ana = somebody()
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    client.post("/account/reset", data={"email": ana.person.email}, headers=headers)
    assert ana.mailed_link().startswith("/account/reset/")
    assert "evil" not in ana.last_text()

"""Calls to addresses that somebody gave us never lead into a network of ours."""

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from coachhub.core import outgoing, outward
from coachhub.core.outgoing import OutgoingError, call, check_address


class _Far(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/silent":
            self.server.wait.wait(10)  # type: ignore[attr-defined]
            return
        status = 302 if self.path == "/elsewhere" else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/secret")
        self.end_headers()
        self.wfile.write(b"x" * 5000 if self.path == "/long" else b'{"ok": true}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["X-Mark"].encode() + body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def far() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Far)
    server.wait = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.wait.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def here(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def production(here: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setitem(here.config, outgoing.PRIVATE, value=False)
    return here


@pytest.mark.usefixtures("here")
def test_a_call_brings_the_answer_back(far: str) -> None:
    reply = call(f"{far}/")
    assert reply.status == 200
    assert reply.json() == {"ok": True}
    posted = call(f"{far}/", method="POST", headers={"X-Mark": "m:"}, body=b"text")
    assert posted.text == "m:text"


@pytest.mark.usefixtures("here")
def test_a_redirect_is_an_answer_and_not_followed(far: str) -> None:
    assert call(f"{far}/elsewhere").status == 302


@pytest.mark.usefixtures("here")
def test_what_is_long_or_slow_is_broken_off(far: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "MOST", 4096)
    with pytest.raises(OutgoingError, match="more than we read"):
        call(f"{far}/long")
    monkeypatch.setattr(outward, "PATIENCE", 0.2)
    with pytest.raises(OutgoingError, match="took too long"):
        call(f"{far}/silent")


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example.org/",
        "ftp://login.example.org/",
        "https://user:pass@login.example.org/",
        "https://login.example.org/#part",
        "https:///nobody",
        "https://login.example.org:99999/",
        "https://login.example.org/\r\nX: y",
        "https://lögin.example.org/",
        "https://login.example.org/" + "x" * 2000,
    ],
)
@pytest.mark.usefixtures("production")
def test_addresses_that_are_never_called(address: str) -> None:
    with pytest.raises(OutgoingError):
        check_address(address)


@pytest.mark.parametrize(
    "behind", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "100.64.0.1"]
)
@pytest.mark.usefixtures("production")
def test_a_name_for_a_private_address_is_not_called(
    behind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = socket.AF_INET6 if ":" in behind else socket.AF_INET
    found = [(kind, 1, 6, "", (behind, 443))]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_a, **_k: found)
    with pytest.raises(OutgoingError, match="could not be reached"):
        call("https://login.example.org/")


@pytest.mark.usefixtures("production")
def test_the_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks, opened = [], []

    def look(*_args: object, **_kw: object) -> list[object]:
        looks.append(1)
        return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443))]

    def connect(address: tuple[str, int], *_args: object) -> None:
        opened.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outward.socket, "getaddrinfo", look)
    monkeypatch.setattr(outward.socket, "create_connection", connect)
    with pytest.raises(OutgoingError, match="could not be reached"):
        call("https://login.example.org/")
    assert (looks, opened) == ([1], [("8.8.8.8", 443)])

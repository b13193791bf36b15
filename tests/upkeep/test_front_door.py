"""The doctor looks at the address people use, as their browsers do."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from coachhub.config import Config
from coachhub.upkeep.looks_at_door import NO_FORWARD_SECRECY, front_door
from fixtures_app import config_for
from fixtures_database import DatabaseUrls
from fixtures_tls import Certificate

HERE = "127.0.0.2"
HSTS = "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"
Server = Callable[..., str]


@pytest.fixture
def at(database_urls: DatabaseUrls) -> Callable[[str], Config]:
    return lambda url: dataclasses.replace(config_for(database_urls), base_url=url)


@pytest.fixture
def served(
    certificate_for: Callable[..., Certificate], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A proxy with a given certificate, ciphers and headers; its address."""
    opened: list[socket.socket] = []

    def answer(listening: socket.socket, context: ssl.SSLContext, headers: str) -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            # Whoever is refused has hung up, and so has whoever only wanted to see.
            with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as there:
                there.settimeout(5)
                if there.recv(4096):
                    body = f"HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\nok"
                    there.sendall(body.encode())

    def make(
        days: int = 60,
        headers: str = HSTS,
        ciphers: str = "ECDHE+AESGCM",
        oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        name: str = HERE,
        known: bool = True,
    ) -> str:
        own = certificate_for(name, days=days)
        if known:
            monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own.certificate, own.key)
        context.set_ciphers(ciphers)
        context.minimum_version = oldest
        context.num_tickets = 0
        listening = socket.create_server((HERE, 0))
        opened.append(listening)
        there = (listening, context, headers)
        threading.Thread(target=answer, args=there, daemon=True).start()
        return f"https://{HERE}:{listening.getsockname()[1]}"

    yield make
    for one in opened:
        one.shutdown(socket.SHUT_RDWR)
        one.close()


def told(found: Iterator[object]) -> list[tuple[str, str]]:
    return [(one.level, one.words) for one in found]  # type: ignore[attr-defined]


def test_a_good_door(at: Callable[[str], Config], served: Server) -> None:
    [(level, words)] = told(front_door(at(served())))
    assert level == "ok"
    assert "new TLS alone" in words


def test_an_address_without_tls_is_the_settings_matter(at: Callable[[str], Config]) -> None:
    assert told(front_door(at("http://hub.example.org"))) == []


def test_nobody_there(at: Callable[[str], Config]) -> None:
    with socket.create_server((HERE, 0)) as shut:
        port = shut.getsockname()[1]
    [(level, words)] = told(front_door(at(f"https://{HERE}:{port}")))
    assert level == "fail"
    assert "does not answer by TLS" in words


@pytest.mark.parametrize("wrong", [{"known": False}, {"name": "127.0.0.3"}, {"days": 0}])
def test_a_certificate_that_browsers_refuse(
    at: Callable[[str], Config], served: Server, wrong: dict[str, object]
) -> None:
    [(level, words)] = told(front_door(at(served(**wrong))))
    assert level == "fail"
    assert "no certificate that browsers trust" in words


def test_one_that_ends_soon(at: Callable[[str], Config], served: Server) -> None:
    [(level, words)] = told(front_door(at(served(days=9))))
    assert level == "warn"
    assert "The certificate ends on" in words


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions(at: Callable[[str], Config], served: Server) -> None:
    url = served(oldest=ssl.TLSVersion.TLSv1, ciphers="ECDHE+AESGCM:ECDHE+AES:@SECLEVEL=0")
    assert ("fail", f"{HERE} still speaks TLS 1.1 or older.") in told(front_door(at(url)))


def test_ciphers_that_keep_old_keys_useful(at: Callable[[str], Config], served: Server) -> None:
    url = served(ciphers=f"ECDHE+AESGCM:{NO_FORWARD_SECRECY}")
    [(level, words)] = told(front_door(at(url)))
    assert level == "fail"
    assert "readable for its key" in words


@pytest.mark.parametrize(
    "headers", ["", "Strict-Transport-Security: max-age=3600\r\n", HSTS.replace("6", "x")]
)
def test_what_the_app_says_of_tls_comes_through(
    at: Callable[[str], Config], served: Server, headers: str
) -> None:
    [(level, words)] = told(front_door(at(served(headers=headers))))
    assert level == "fail"
    assert "keep browsers to TLS" in words


def test_a_proxy_without_the_app(
    at: Callable[[str], Config], served: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coachhub.upkeep.looks_at_door.SECONDS", 1)
    [(level, words)] = told(front_door(at(served(headers="no head at all\r\n" * 200))))
    assert level == "fail"
    assert "gives no answer" in words

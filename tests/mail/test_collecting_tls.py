"""A mailbox is read over a connection that nobody can listen to, with a server that is known."""

from __future__ import annotations

import logging
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.mail import collecting
from coachhub.mail.models import StrayMail
from fixtures_tls import Certificate

# Loopback too, but not one of the names that go without TLS.
HERE = "127.0.0.2"
USER, WORD = "box", "shells"


@pytest.fixture(scope="module")
def own(certificate_for: Callable[..., Certificate]) -> Certificate:
    return certificate_for(HERE)


def free_port() -> int:
    with socket.create_server((HERE, 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def starttls(own: Certificate) -> Iterator[int]:
    """Serve a mailbox that asks for STARTTLS; give its port."""
    port = free_port()
    words = [f"--host={HERE}", f"--port={port}", "--no-service=managesieve"]
    words += [f"--cert={own.certificate}", f"--key={own.key}"]
    words += ["dict", "--demo-user", USER, "--demo-password", WORD]
    start = f"import sys; from pymap.main import main; sys.argv[1:] = {words}; main()"
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", start], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(300):
                assert process.poll() is None
                with suppress(OSError):
                    socket.create_connection((HERE, port), timeout=1).close()
                    break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()


@pytest.fixture
def imaps(own: Certificate) -> Iterator[int]:
    """Greet over TLS from the first byte, and take no sign-in; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.certificate, own.key)
    listening = socket.create_server((HERE, 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                plain, _where = listening.accept()
                with suppress(OSError), context.wrap_socket(plain, server_side=True) as one:
                    one.sendall(b"* OK ready\r\n")
                    while line := one.recv(1000):
                        tag = line.split()[0]
                        said = b"* CAPABILITY IMAP4rev1\r\n" if b"CAPAB" in line else b""
                        verdict = b" OK done" if said else b" NO this is only a greeting"
                        one.sendall(said + tag + verdict + b"\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listening.getsockname()[1])
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


@pytest.fixture
def looked(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, caplog: object) -> object:
    """Look into a mailbox at an address; give what was said about it."""
    del session
    assert isinstance(caplog, pytest.LogCaptureFixture)

    def look(where: str) -> str:
        config = app.extensions["coachhub.config"]
        changed = type(config)(**vars(config) | {"inbound_mailbox": where})
        monkeypatch.setitem(app.extensions, "coachhub.config", changed)
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            collecting.collect.run(None)
        return caplog.text

    return look


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_a_server_that_nobody_vouches_for_is_not_signed_in_to(
    scheme: str, starttls: int, imaps: int, looked: object
) -> None:
    assert callable(looked)
    port = starttls if scheme == "imap" else imaps
    assert "CERTIFICATE_VERIFY_FAILED" in looked(f"{scheme}://{USER}:{WORD}@{HERE}:{port}/INBOX")


def test_a_known_server_is_read(
    own: Certificate,
    starttls: int,
    imaps: int,
    looked: object,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert callable(looked)
    monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))
    assert looked(f"imap://{USER}:{WORD}@{HERE}:{starttls}/INBOX") == ""
    assert "only a greeting" in looked(f"imaps://{USER}:{WORD}@{HERE}:{imaps}/INBOX")
    assert session.scalars(select(StrayMail)).all() == []

"""A mailbox is read over a connection that nobody can listen to, with a server that is known."""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.mail import collecting
from coachhub.mail.models import StrayMail

# Loopback too, but not one of the names that go without TLS.
HERE = "127.0.0.2"
USER, WORD = "box", "shells"


class Certificate(NamedTuple):
    """The files of a certificate that signs itself, and of its key."""

    certificate: Path
    key: Path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.org")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / "cert.pem", folder / "key.pem")
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


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

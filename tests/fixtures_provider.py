"""A firm's own sign-in: a real OpenID Connect provider in its own process, and a firm by it."""

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core import resolver
from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub.firms.sso import domains, operations
from coachhub.firms.sso.models import Provider


@dataclass
class FarSide:
    """The provider, as its own people and admins see it."""

    issuer: str

    def call(self, method: str, path: str, body: str = "", kind: str = "") -> Any:
        """Call it; return status, headers and body."""
        host = urlsplit(self.issuer)
        connection = http.client.HTTPConnection(str(host.hostname), host.port, timeout=20)
        connection.request(method, path, body, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        found = (answer.status, dict(answer.getheaders()), answer.read().decode())
        connection.close()
        return found

    def knows(self, subject: str, **claims: Any) -> None:
        """Make somebody known there, or other than they were."""
        given = {"email_verified": True, **claims}
        body = json.dumps({name: value for name, value in given.items() if value is not None})
        status, _headers, text = self.call(
            "PUT", f"/users/{quote(subject, safe='')}", body, "application/json"
        )
        assert status == 204, text

    def agrees(self, address: str, subject: str) -> str:
        """Sign somebody in at the address that a browser was led to; return where it leads back."""
        parts = urlsplit(address)
        status, headers, text = self.call(
            "POST",
            f"{parts.path}?{parts.query}",
            urlencode({"sub": subject}),
            "application/x-www-form-urlencoded",
        )
        assert status == 302, text
        led = urlsplit(headers["location"] if "location" in headers else headers["Location"])
        return f"{led.path}?{led.query}"


@pytest.fixture(scope="session")
def far_side() -> Iterator[FarSide]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own Python
        [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found = FarSide(f"http://127.0.0.1:{port}")
    try:
        until = time.monotonic() + 60
        while True:
            try:
                found.call("GET", "/.well-known/openid-configuration")
                break
            except OSError:
                assert process.poll() is None, "The provider did not start."
                assert time.monotonic() < until, "The provider does not answer."
                time.sleep(0.05)
        yield found
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Texts:
    """TXT records, as tests set them."""

    records: dict[str, list[str]] = field(default_factory=dict)

    def texts(self, name: str) -> list[str] | None:
        """Return what stands there."""
        return self.records.get(name, [])


@pytest.fixture
def texts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Texts:
    made = Texts()
    monkeypatch.setitem(app.extensions, resolver.KEY, made)
    return made


@dataclass
class SignOn:
    """A firm whose people come in by a provider."""

    app: Flask
    session: Session
    texts: Texts
    far: FarSide
    firm: Firm
    admin: Membership
    domain: str

    def actor(self) -> Actor:
        """Return the firm's admin."""
        return acting(self.admin)

    def own(self, domain: str) -> None:
        """Prove a domain."""
        with scope(self.firm.id):
            made = domains.claim(self.actor(), domain)
            self.texts.records[domains.record_name(made)] = [domains.record_text(made)]
            domains.prove(self.actor(), made)
            self.session.commit()

    def provider(self) -> Provider:
        """Return the firm's provider."""
        with scope(self.firm.id):
            return self.session.scalars(select(Provider)).one()

    def set(self, state: str = "offered", **settings: Any) -> None:
        """Set the provider up, as tried, and switch it."""
        with scope(self.firm.id):
            wanted = operations.Settings(self.far.issuer, "coachhub", "secret", **settings)
            provider = operations.set_provider(self.actor(), self.firm, wanted)
            provider.tried_at = provider.created_at
            operations.switch(self.actor(), self.firm, state)
            self.session.commit()

    def change(self, **columns: Any) -> None:
        """Change the provider's row behind everybody's back."""
        with scope(self.firm.id):
            found = self.session.scalars(select(Provider)).one()
            for name, value in columns.items():
                setattr(found, name, value)
            self.session.commit()

    def gives(self, membership: Membership, name: str) -> str:
        """Give a member an address at the firm's domain; return it."""
        person = self.session.get_one(Person, membership.person_id)
        person.email = f"{name}@{self.domain}"
        self.session.commit()
        return person.email

    def leaves(self, client: FlaskClient, address: str) -> str:
        """Type an address on the sign-in page; return where the browser is led."""
        page = client.post("/account/firm", data={"address": address})
        assert page.status_code == 200, page.text
        return led_to(page)

    def comes(self, client: FlaskClient, address: str, subject: str) -> Any:
        """Go there and come back; return the last answer."""
        return client.get(self.far.agrees(self.leaves(client, address), subject))


def led_to(page: Any) -> str:
    """Return where a page leads a browser by itself; its link says the same."""
    address = str(page.headers["Refresh"]).partition("url=")[2]
    assert address in [unescape(one) for one in re.findall(r'href="([^"]+)"', page.text)]
    return address


@pytest.fixture
def sign_on(
    app: Flask,
    session: Session,
    texts: Texts,
    far_side: FarSide,
    make_firm: Callable[..., Firm],
    make_member: Callable[..., Membership],
) -> Callable[..., SignOn]:
    """Make firms with a provider and a proven domain; `state` says how far it is on."""

    def make(
        domain: str = "harbour.example.com", state: str = "offered", **settings: Any
    ) -> SignOn:
        firm = make_firm()
        admin = make_member(role="admin", firm=firm)
        made = SignOn(app, session, texts, far_side, firm, admin, domain)
        session.commit()
        made.own(domain)
        made.set(state, **settings)
        return made

    return make

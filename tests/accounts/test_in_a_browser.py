"""Sign-in as people do it: in Chromium, against the running service, under its policy."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from coachhub.accounts.models import Person
from coachhub.accounts.operations import add_person
from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db
from fixtures_accounts import PASSWORD
from fixtures_browser import Visitor
from fixtures_server import LiveServer

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def live_app(live_server: LiveServer) -> Iterator[Flask]:
    app = create_app(Config.from_env(live_server.environment))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def address(live_app: Flask) -> str:
    """Return the mail address of somebody new, who has a password."""
    with live_app.app_context():
        person = add_person(f"{uuid4().hex}@example.org", "Ana Bell", PASSWORD)
        db.session.commit()
        return person.email


@pytest.fixture
def site(live_server: LiveServer) -> str:
    # A passkey belongs to a name, not to a number.
    return live_server.url.replace("127.0.0.1", "localhost")


def sign_in(page: Page, address: str) -> None:
    page.goto("/account/login")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")


def with_device(page: Page) -> None:
    """Give the browser a device that checks its holder, and always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_passkey(page: Page, name: str) -> None:
    page.goto("/account/wan-register")
    page.get_by_label("What to call it").fill(name)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/account/")


def test_a_passkey_signs_in_and_is_removed(
    visitors: Callable[..., Visitor], site: str, address: str, live_app: Flask
) -> None:
    page = visitors(base_url=site).page()
    with_device(page)
    sign_in(page, address)
    add_passkey(page, "My phone")
    expect(page.get_by_text("now signs you in")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/account/login")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/")
    page.goto("/account/")
    expect(page.get_by_text(address).first).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("no longer signs you in")).to_be_visible()
    with live_app.app_context():
        person = db.session.query(Person).filter_by(email=address).one()
        assert person.webauthn == []


def test_a_password_alone_does_not_change_what_a_passkey_protects(
    visitors: Callable[..., Visitor], site: str, address: str
) -> None:
    page = visitors(base_url=site).page()
    with_device(page)
    sign_in(page, address)
    add_passkey(page, "My phone")
    page.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(page, address)
    page.goto("/account/change")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/account/change")


def test_cancelling_the_passkey_says_what_to_do(
    visitors: Callable[..., Visitor], site: str
) -> None:
    page = visitors(base_url=site).page()
    cancelled = "() => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.add_init_script(f"navigator.credentials.get = {cancelled}")
    page.goto("/account/login")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("That did not work")).to_be_visible()
    expect(page.get_by_role("button", name="Show my passkey")).to_be_enabled()


def test_a_code_from_a_mail_without_scripts(
    visitors: Callable[..., Visitor], live_server: LiveServer, address: str
) -> None:
    page = visitors(base_url=live_server.url, javascript=False).page()
    page.goto("/account/login?next=/account/")
    page.get_by_role("link", name="Send me a sign-in code").click()
    page.get_by_label("Mail address").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    text = live_server.mails(address)[-1].get_body(("plain",)).get_content()
    link = next(word for word in text.split() if word.startswith(live_server.url))
    page.goto(link)
    expect(page.get_by_text(address)).to_be_visible()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Sign-in and safety")).to_be_visible()


def no_violations(page: Page) -> None:
    page.wait_for_load_state()  # a click returns before the style sheets are there
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], [n["html"] for n in one["nodes"]]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_page_is_usable_by_everybody(
    every_visitor: Callable[..., Visitor], live_server: LiveServer, address: str
) -> None:
    page = every_visitor(base_url=live_server.url).page()
    for path in ("login", "us-signin", "wan-signin", "reset"):
        page.goto(f"/account/{path}")
        no_violations(page)
    page.goto("/account/us-signin")
    page.get_by_label("Mail address").fill(address)
    page.get_by_role("button", name="Send me a code").click()
    no_violations(page)
    sign_in(page, address)
    for path in ("", "change", "us-verify", "wan-register", "tf-setup", "mf-recovery-codes"):
        page.goto(f"/account/{path}")
        no_violations(page)
    page.get_by_role("button", name="Show me my codes").click()
    no_violations(page)
    page.goto("/account/tf-setup")
    page.get_by_role("button", name="Show me the picture").click()
    no_violations(page)

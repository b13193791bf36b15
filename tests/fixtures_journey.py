"""What journeys share: a firm of their own, people who join it by mail, and what mails say."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from coachhub.app import create_app
from coachhub.commands.firms import DESK
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms import invitations, operations

if TYPE_CHECKING:
    from fixtures_browser import Visitor
    from fixtures_server import LiveServer

PASSWORD = "four kettles sing at dawn"


def link_in(mail: EmailMessage) -> str:
    """Return the first address in a mail's text."""
    part = mail.get_body(("plain",))
    assert part is not None
    found = re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/\S+", part.get_content())
    assert found is not None, part.get_content()
    return found.group()


@pytest.fixture
def people(live_server: LiveServer, visitors: Callable[..., Visitor]) -> Callable[[str, str], Page]:
    """Let somebody accept their invitation; return the page they are then on."""

    def join(address: str, name: str, **options: object) -> Page:
        page = visitors(base_url=live_server.url, **options).page()
        page.goto(link_in(live_server.mails(address)[0]))
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Choose a password").fill(PASSWORD)
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("Welcome to")).to_be_visible()
        return page

    return join


@contextmanager
def at_the_desk(live_server: LiveServer) -> Iterator[None]:
    """Work on the running service's own database, as a command on its machine does."""
    app = create_app(Config.from_env({**os.environ, **live_server.environment}))
    with app.app_context():
        try:
            yield
            db.session.commit()
        finally:
            db.session.remove()
            db.engine.dispose()
            queue().huey.storage.close()


def new_firm(live_server: LiveServer, admin: str) -> str:
    """Make a firm as the platform's desk does; return its slug."""
    with at_the_desk(live_server):
        # Not after anybody: the firm's name stands in the links of its mails.
        mark = admin.partition("@")[2].partition(".")[0]
        firm = operations.create_firm(DESK, f"Journey {mark}")
        with scope(firm.id):
            invitations.invite(DESK, invitations.Invitee(admin, role="admin"))
        return firm.slug


def invite(page: Page, slug: str, address: str, name: str, role: str) -> None:
    page.goto(f"/f/{slug}/console/people")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Their name").fill(name)
    page.get_by_label("As", exact=True).select_option(role)
    page.get_by_label("Into").select_option(label="First light")
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_text("on the way")).to_be_visible()


def fill_welcome(page: Page, slug: str, wish: str, worked: str) -> None:
    page.goto(f"/f/{slug}/c/first-light/welcome")
    page.get_by_label("Which roles are you looking for?").fill("Plant manager")
    page.get_by_label("Company 1").fill(wish)
    page.get_by_role("button", name="Next: what you can give").click()
    page.get_by_label("Employer 1").fill(worked)
    page.get_by_role("button", name="Next: look at the offers").click()
    if worked:
        page.get_by_role("button", name="Put them on the board").click()
    page.get_by_role("button", name="Finish without, for now").click()
    page.get_by_role("link", name="See the board").click()
    expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()


def answer_yes(page: Page, url: str, promise: str = "") -> None:
    page.goto(url)
    if promise:
        page.get_by_label("What will you do?").fill(promise)
        contact = page.get_by_label("Whom do you know there?")
        if contact.count():
            contact.select_option(index=1)
    page.get_by_role("button", name="Say yes").click()
    expect(page.get_by_role("button", name="Say yes")).to_have_count(0)


def texts(mails: list[EmailMessage]) -> str:
    return "\n".join(
        str(part.get_content())
        for mail in mails
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    )

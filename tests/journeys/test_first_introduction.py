"""From "invited" to "my first introduction released", by four people and a firm's admin.

Real pages in a real Chromium, real mails through a real mail server, nobody told how it works.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from chromium import PHONE
from coachhub.app import create_app
from coachhub.commands.firms import DESK
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms import invitations, operations
from fixtures_browser import Visitor
from fixtures_server import LiveServer

PASSWORD = "four kettles sing at dawn"
OUTSIDER = "Olga Outside"


def link_in(mail: EmailMessage) -> str:
    """Return the first address in a mail's text."""
    part = mail.get_body(("plain",))
    assert part is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/\S+", part.get_content())
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


def new_firm(live_server: LiveServer, admin: str) -> str:
    """Make a firm as the platform's desk does; return its slug."""
    app = create_app(Config.from_env({**os.environ, **live_server.environment}))
    with app.app_context():
        try:
            firm = operations.create_firm(DESK, f"Journey {os.getpid()}")
            with scope(firm.id):
                invitations.invite(DESK, invitations.Invitee(admin, role="admin"))
            db.session.commit()
            return firm.slug
        finally:
            db.session.remove()
            db.engine.dispose()
            queue().huey.storage.close()


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
    page.get_by_label("Employer 1").fill(worked)
    page.get_by_role("button", name="Put it on the board").click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()


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


@pytest.mark.browser
def test_from_invited_to_introduced(
    live_server: LiveServer, people: Callable[..., Page], visitors: Callable[..., Visitor]
) -> None:
    mark = f"{os.getpid()}.example.org"
    slug = new_firm(live_server, f"ada@{mark}")
    admin = people(f"ada@{mark}", "Ada Admin")
    admin.goto(f"/f/{slug}/cohorts/new")
    admin.get_by_label("Name").fill("First light")
    admin.get_by_role("button", name="Make the cohort").click()
    for local, name, role in (
        ("cora", "Cora Coach", "coach"),
        ("mia", "Mia Member", "member"),
        ("max", "Max Member", "member"),
    ):
        invite(admin, slug, f"{local}@{mark}", name, role)

    coach = people(f"cora@{mark}", "Cora Coach")
    mia = people(f"mia@{mark}", "Mia Member", size=PHONE)
    max_ = people(f"max@{mark}", "Max Member", javascript=False)

    # Mia wants Siemens and has worked at Bosch; Max wants Bosch and knows somebody at Siemens.
    fill_welcome(mia, slug, "Siemens", "Bosch")
    fill_welcome(max_, slug, "Bosch", "")
    max_.goto(f"/f/{slug}/contacts/new")
    max_.get_by_label("First name").fill("Olga")
    max_.get_by_label("Last name").fill("Outside")
    max_.get_by_label("Company").fill("Siemens AG")
    max_.get_by_label("Mail address").fill(f"olga@{mark}")
    max_.get_by_role("button", name="Save", exact=True).click()

    mia.goto(f"/f/{slug}/c/first-light/board")
    expect(mia.get_by_text("There is a door at Siemens").first).to_be_visible()
    assert OUTSIDER not in mia.content()

    # The coach looks at the round as a picture, and releases it.
    coach.goto(f"/f/{slug}/c/first-light/rounds/")
    coach.get_by_role("button", name="Make a round").click()
    expect(coach.get_by_role("heading", name="The round as a picture")).to_be_visible()
    assert OUTSIDER not in coach.content()
    coach.get_by_role("link", name="Release", exact=True).click()
    coach.get_by_label("Write to them now").check()
    coach.get_by_role("button", name="Release it").click()
    expect(coach.get_by_text("Released", exact=False).first).to_be_visible()

    # Each is asked as a giver first, by mail, and only then as a receiver.
    answer_yes(mia, link_in(live_server.mails(f"mia@{mark}", 2)[1]), "I tell you how they hire.")
    answer_yes(max_, link_in(live_server.mails(f"max@{mark}", 2)[1]), "I write to her this week.")
    answer_yes(mia, link_in(live_server.mails(f"mia@{mark}", 3)[2]))
    answer_yes(max_, link_in(live_server.mails(f"max@{mark}", 3)[2]))
    assert "Olga" not in texts(live_server.mails(f"mia@{mark}", 3))

    # Olga has no account: one page, one button.
    olga = visitors(base_url=live_server.url, size=PHONE).page()
    olga.goto(link_in(live_server.mails(f"olga@{mark}")[0]))
    expect(olga.get_by_text("Max Member would like to introduce you")).to_be_visible()
    olga.get_by_role("button", name="Yes, introduce us").click()
    expect(olga.get_by_role("heading", name="Thank you")).to_be_visible()

    introduced = live_server.mails(f"olga@{mark}", 2)[1]
    assert "Mia Member" in texts([introduced])
    assert OUTSIDER in texts(live_server.mails(f"mia@{mark}", 5))
    mia.goto(f"/f/{slug}/introductions")
    expect(mia.get_by_text("Siemens", exact=False).first).to_be_visible()

    # And the record of all this is whole.
    admin.goto(f"/f/{slug}/console/audit")
    expect(admin.get_by_text("Every entry fits the one before it")).to_be_visible()
    expect(admin.get_by_text("round.released").first).to_be_visible()

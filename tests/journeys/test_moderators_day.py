"""A moderator's day: three taps on a phone, a queue by the keyboard alone, a second look."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from coachhub.accounts.operations import add_person
from coachhub.board.models import Offer
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.operations import enrol
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms import operations as firms
from coachhub.firms.models import Firm, Membership
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Case
from fixtures_browser import Visitor, barriers
from fixtures_journey import DESK, PASSWORD, at_the_desk
from fixtures_server import LiveServer

MARK = "moderation.example.org"
PHONE = (390, 844)
PEOPLE = {
    "cora": ("Cora Coach", "coach"),
    "adam": ("Adam Admin", "admin"),
    "ana": ("Ana Abel", "member"),
    "ben": ("Ben Brook", "member"),
}
OFFERS = ("Gold watches from Geneva. Two hundred each.", "Tea with my aunt", "Guess my salary")
BASE = "/f/house"
QUEUE = f"{BASE}/console/cases/"


def gather(live_server: LiveServer) -> None:
    """Make a firm with a coach, an admin and two members; one of them has offers."""
    with at_the_desk(live_server):
        firm = Firm(name="House", slug="house")
        db.session.add(firm)
        db.session.flush()
        with scope(firm.id):
            cohort = Cohort(name="First light", slug="first-light")
            db.session.add(cohort)
            db.session.flush()
            for local, (name, role) in PEOPLE.items():
                person = add_person(f"{local}@{MARK}", name, PASSWORD)
                db.session.add(person)
                db.session.flush()
                member = firms.add_member(DESK, person, role)
                member.welcomed_at = now()
                if role != "admin":
                    enrol(DESK, cohort, member, role)
                if local == "ana":
                    for title in OFFERS:
                        post = Offer(
                            cohort_id=cohort.id,
                            owner_id=member.id,
                            kind="time",
                            title=title,
                            expires_on=dt.date(2100, 1, 1),
                        )
                        db.session.add(post)
                    db.session.flush()
            db.session.commit()


def appeal(live_server: LiveServer) -> None:
    """Let the author of the removed offer ask for a second look."""
    with at_the_desk(live_server):
        firm = db.session.scalars(select(Firm).where(Firm.slug == "house")).one()
        with scope(firm.id):
            case = db.session.scalars(select(Case).where(Case.evidence.startswith("Gold"))).one()
            decision = queries.decision_of(case)
            assert decision is not None
            author = db.session.scalars(
                select(Membership).where(Membership.id == case.author_id)
            ).one()
            actor = Actor(author.name, author.person_id, author.id)
            operations.appeal(actor, decision, "They are paper watches, for children.")
            db.session.commit()


@pytest.fixture
def at(live_server: LiveServer, visitors: Callable[..., Visitor]) -> Callable[..., Page]:
    """Let somebody sign in; return their page."""

    def sign_in(local: str, **options: object) -> Page:
        page = visitors(base_url=live_server.url, **options).page()
        page.goto("/account/login")
        page.get_by_label("Mail address").fill(f"{local}@{MARK}")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_label("Password")).to_have_count(0)
        return page

    return sign_in


def report(page: Page, title: str, reason: str) -> None:
    page.goto(f"{BASE}/c/first-light/board?q={title.split(maxsplit=1)[0]}")
    page.get_by_role("link", name=re.compile("Report")).first.click()
    page.get_by_label(reason, exact=True).check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Thank you. A moderator looks at it")).to_be_visible()


def decided_in_three_taps(page: Page) -> None:
    page.goto(QUEUE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []
    page.get_by_role("link", name=re.compile("^A job scam")).tap()
    expect(page.get_by_role("heading", name=re.compile("Gold watches"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []
    page.get_by_text("Remove the text", exact=True).first.tap()
    page.get_by_role("button", name="Decide", exact=True).tap()
    expect(page.get_by_text("until then you can undo it")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^A job scam"))).to_have_count(0)


def row_in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def by_keyboard_alone(page: Page) -> None:
    """Two cases wait: look after one, choose and leave it, open, decide both; never a mouse."""
    page.goto(QUEUE)
    expect(page.locator("summary", has_text="Keys")).to_be_visible()
    keys = page.keyboard
    keys.press("j")
    keys.press("ArrowDown")
    second = row_in_focus(page)
    keys.press("k")
    first = row_in_focus(page)
    assert first != second
    keys.press("x")
    expect(page.locator("[name=case]:checked")).to_have_count(1)
    keys.press("x")
    expect(page.locator("[name=case]:checked")).to_have_count(0)
    keys.press("c")
    expect(page.get_by_text("Adam Admin looks after it")).to_be_visible()
    page.wait_for_load_state()
    assert row_in_focus(page) == first  # back where one was
    keys.press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("Look after this case")).to_be_visible()
    keys.press("Escape")
    expect(sheet).to_have_count(0)
    assert row_in_focus(page) == first
    keys.press("Enter")
    expect(page.get_by_role("heading", name="What follows?")).to_be_visible()
    page.wait_for_load_state()
    keys.press("f")
    expect(page.get_by_label("It is fine")).to_be_checked()
    keys.press("n")
    expect(page.get_by_text("until then you can undo it")).to_be_visible()
    expect(page.get_by_role("heading", name="What follows?")).to_be_visible()  # the next one
    page.wait_for_load_state()
    keys.press("r")
    expect(page.get_by_label("Back to the author")).to_be_checked()
    keys.press("s")
    expect(page.get_by_text("Nothing waits")).to_be_visible()


def taken_back(page: Page) -> None:
    page.goto(QUEUE)
    page.get_by_role("link", name=re.compile("Gold watches")).click()
    expect(page.get_by_text("They are paper watches, for children.")).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("It is taken back").check()
    page.get_by_label("Why?").fill("You are right, and thank you.")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Answered.")).to_be_visible()


def test_a_moderators_day(live_server: LiveServer, at: Callable[..., Page]) -> None:
    gather(live_server)
    ben = at("ben")
    for title, reason in zip(OFFERS, ("A job scam", "Out of place", "Out of place"), strict=True):
        report(ben, title, reason)
    ben.goto(f"{BASE}/c/first-light/board?show=offers")
    expect(ben.get_by_text("Tea with my aunt")).to_be_visible()
    expect(ben.get_by_text("Gold watches")).to_have_count(0)  # held until somebody has looked
    coach = at("cora", size=PHONE)
    decided_in_three_taps(coach)
    admin = at("adam")
    by_keyboard_alone(admin)
    appeal(live_server)
    taken_back(admin)
    ben.goto(f"{BASE}/c/first-light/board?show=offers")
    expect(ben.get_by_text("Gold watches")).to_be_visible()

"""A coach's Monday: agenda, the room's screen, homework that becomes offers, thanks, a no."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from coachhub.accounts.operations import add_person
from coachhub.board.operations import TargetDraft, post_target
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.operations import enrol
from coachhub.contacts.operations import ContactDraft, add_contact
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms import operations as firms
from coachhub.firms.models import Firm
from coachhub.firms.plugins import enable_plugin
from fixtures_browser import Visitor
from fixtures_journey import DESK, PASSWORD, at_the_desk, texts
from fixtures_server import LiveServer

MARK = "monday.example.org"
PHONE = (390, 844)
PEOPLE = {
    "cora": ("Cora Coach", "coach"),
    "ana": ("Ana Abel", "member"),
    "ben": ("Ben Brook", "member"),
}
BASE, INSIDE = "/f/monday", "/f/monday/c/first-light"


def gather(live_server: LiveServer) -> None:
    """Make a firm with every plugin on: a coach, and two members with a target and a contact."""
    with at_the_desk(live_server):
        firm = Firm(name="Monday", slug="monday")
        db.session.add(firm)
        db.session.flush()
        with scope(firm.id):
            for plugin in registry().plugins.values():
                enable_plugin(DESK, plugin)
            cohort = Cohort(name="First light", slug="first-light")
            db.session.add(cohort)
            db.session.flush()
            for local, (name, role) in PEOPLE.items():
                person = add_person(f"{local}@{MARK}", name, PASSWORD)
                db.session.add(person)
                db.session.flush()
                member = firms.add_member(DESK, person, role)
                member.welcomed_at = now()
                enrol(DESK, cohort, member, role)
                if role == "member":
                    actor = Actor(name, person.id, member.id)
                    post_target(actor, cohort, TargetDraft("Harbour Foods", roles="Plant manager"))
                    friend = ContactDraft(first_name="Winnifred", company="Harbour Foods")
                    add_contact(actor, friend)
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


def agenda_and_screen(coach: Page) -> None:
    coach.goto(f"{BASE}/huddle/c/first-light/when")
    coach.get_by_label("Where").fill("Room 4")
    coach.get_by_role("button", name="Save").click()
    expect(coach.get_by_text("It stands")).to_be_visible()
    coach.get_by_role("main").get_by_role("link", name="Monday").first.click()
    expect(coach.get_by_text("Harbour Foods")).to_be_visible()
    coach.get_by_label("A line of your own").fill("Ten minutes on small first steps")
    coach.get_by_role("button", name="Add it").click()
    coach.get_by_role("link", name="On the room’s screen").click()
    expect(coach.get_by_role("heading", name="Monday huddle")).to_be_visible()
    banner, shown = coach.get_by_role("banner"), []
    at, last = map(int, re.findall(r"(\d+) of (\d+)", banner.inner_text())[0])
    for step in range(at + 1, last + 1):
        coach.wait_for_load_state()  # a key pressed before the script is there is lost
        coach.keyboard.press("ArrowRight")
        expect(banner).to_contain_text(f"{step} of {last}")
        shown.append(coach.get_by_role("main").inner_text())
    said = "\n".join(shown)
    assert "Ten minutes on small first steps" in said
    assert "Harbour Foods" in said
    assert not [one for one in ("Winnifred", "Ana Abel", "Ben Brook", MARK) if one in said]


def homework(coach: Page) -> None:
    coach.goto(f"{BASE}/huddle/c/first-light/homework/new")
    coach.get_by_label("In one sentence").fill("Two things you could give")
    coach.get_by_label("Until").fill((now() + dt.timedelta(days=6)).date().isoformat())
    coach.get_by_role("button", name="Set it").click()
    expect(coach.get_by_text("Two things you could give")).to_be_visible()


def hand_in(page: Page) -> None:
    page.goto(f"{BASE}/")
    page.get_by_role("link", name="Two things you could give").first.click()
    page.get_by_label("One on each line").fill(
        "skill: Half an hour on shift rotas in Excel\nresearch: Who owns which dairy in Munster"
    )
    page.get_by_role("button", name="Hand it in").click()
    for _line in range(2):
        page.get_by_role("button", name="Post it").first.click()
    expect(page.get_by_text("On the board", exact=True)).to_have_count(2)
    page.goto(f"{INSIDE}/board?show=offers")
    expect(page.get_by_text("Half an hour on shift rotas in Excel")).to_be_visible()
    expect(page.get_by_text("Who owns which dairy in Munster")).to_be_visible()


def review(coach: Page) -> None:
    coach.goto(f"{BASE}/huddle/c/first-light/")
    coach.get_by_role("link", name="Two things you could give").first.click()
    coach.get_by_role("link", name="Ana Abel").first.click()
    coach.get_by_label("What you want to say").fill("Both are just right.")
    coach.get_by_label("It is done").check()
    coach.get_by_role("button", name="Send it").click()
    expect(coach.get_by_role("button", name="Send it")).to_have_count(0)


def thank(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{BASE}/gifts/notes/for")
    page.get_by_role("link", name="Ben Brook").first.click()
    page.get_by_label("Your words").fill("You called them for me. It worked.")
    page.get_by_label("What comes with it").fill("Half a loaf of rye bread")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("button", name="Send it").click()
    [mail] = live_server.mails(f"ben@{MARK}", saying="It worked.")
    assert "Half a loaf of rye bread" in texts([mail])
    page.goto(f"{BASE}/gifts/log")
    expect(page.get_by_text("Half a loaf of rye bread")).to_be_visible()


def after_a_no(page: Page) -> None:
    page.goto(f"{INSIDE}/mine")
    page.get_by_label("How far you are with Harbour Foods").select_option("no")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("Now: A no")).to_be_visible()
    page.goto(f"{BASE}/second_chance/")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("What went well").fill("how openly the crew spoke about noise")
    page.get_by_role("button", name="Keep, and go to the letter").click()
    expect(page.get_by_label("Letter")).to_have_value(re.compile("openly the crew spoke"))
    page.goto(f"{BASE}/second_chance/")
    expect(page.get_by_text("Harbour Foods").first).to_be_visible()


def test_a_coachs_monday(live_server: LiveServer, at: Callable[..., Page]) -> None:
    gather(live_server)
    coach, ana = at("cora"), at("ana", size=PHONE)
    agenda_and_screen(coach)
    homework(coach)
    hand_in(ana)
    review(coach)
    ana.goto(f"{BASE}/huddle/c/first-light/")
    ana.get_by_role("link", name="Two things you could give").first.click()
    expect(ana.get_by_text("Both are just right.")).to_be_visible()
    thank(ana, live_server)
    after_a_no(ana)

"""Somebody who walks through the pages as people do: sees a screen, reads it, types, presses.

The walker counts what the way costs a person who has never been there, and keeps to no clock:
words read at 200 a minute, three letters typed in a second, a second for each press.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from chromium import PHONE, WIDE
from coachhub.accounts.operations import add_person
from coachhub.board.operations import (
    AskDraft,
    OfferDraft,
    TargetDraft,
    post_ask,
    post_offer,
    post_target,
)
from coachhub.cohorts.operations import CohortDraft, create_cohort, enrol
from coachhub.contacts.operations import ContactDraft, add_contact
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms import operations as firms
from coachhub.firms.models import Membership
from coachhub.firms.plugins import enable_plugin
from coachhub.introductions import life
from coachhub.introductions.answers import Answer
from coachhub.introductions.direct import Help, help_with
from coachhub.moderation.operations import report
from coachhub.permissions import Standing
from coachhub_contact_card.operations import CardDraft, first_card, write_card
from fixtures_browser import Visitor
from fixtures_journey import DESK, PASSWORD, at_the_desk
from fixtures_server import LiveServer

WORDS_A_SECOND, LETTERS_A_SECOND, PRESSES_A_SECOND = 200 / 60, 3, 1
SIZES = {"1280": WIDE, "390": PHONE}
PEOPLE = {
    "adam": ("Adam Admin", "admin"),
    "cora": ("Cora Coach", "coach"),
    "nia": ("Nia New", "member"),
    "ana": ("Ana Abel", "member"),
    "ben": ("Ben Brook", "member"),
    "cleo": ("Cleo Cole", "member"),
}
# Whom Ben knows there; Ana would like to meet each of them.
DOORS = {"Henkel": "olga", "Danone": "omar", "Unilever": "otto"}
# Who wants what, and where they have worked: Ben gives to Ana, Cleo to Ben, Ana to Cleo.
WISHES = {"ana": ("Siemens", "Nestle"), "ben": ("Bosch", "Siemens"), "cleo": ("Nestle", "Bosch")}
# Everything of a page that is read: text that shows, and what stands in fields, also as a hint.
READ = """() => {
  const main = document.querySelector('main'), read = [];
  const shows = (one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && one.getClientRects().length && !one.closest('.visually-hidden, option, script, style');
  const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (shows(walk.currentNode.parentElement)) read.push(walk.currentNode.textContent);
  for (const one of main.querySelectorAll('input, textarea, select'))
    if (shows(one) && !['checkbox', 'radio', 'hidden', 'password'].includes(one.type))
      read.push(one.selectedOptions ? one.selectedOptions[0]?.text : one.value || one.placeholder);
  return read.join(' ');
}"""


@dataclass
class Walker:
    """One browser of one person, and what their way has cost so far."""

    page: Page
    words: int = 0
    letters: int = 0
    presses: int = 0
    screens: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Return what the way took, by the arithmetic above."""
        return (
            self.words / WORDS_A_SECOND
            + self.letters / LETTERS_A_SECOND
            + self.presses / PRESSES_A_SECOND
        )

    @property
    def cost(self) -> str:
        """Say it in a line, with the words of each screen."""
        return (
            f"{self.seconds:.0f} s: {self.words} words on {len(self.screens)} screens, "
            f"{self.presses} presses, {self.letters} letters ({'; '.join(self.screens)})"
        )

    def sign_in(self, address: str) -> None:
        """Sign in, and see home; the way to the goal begins there."""
        self.page.goto("/account/login")
        self.page.get_by_label("Mail address").fill(address)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/account/login" not in url)
        self.sees()

    def sees(self, text: str = "") -> None:
        """Read a screen once it shows a text, from its first word to its last."""
        if text:
            found = self.page.get_by_role("main").get_by_text(text)
            expect(found.filter(visible=True).first).to_be_visible()
        self.page.wait_for_load_state()  # a page in the making has no body yet
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
        number = len(str(self.page.evaluate(READ)).split())
        self.words += number
        self.screens.append(f"{text or 'home'}: {number}")

    def arrives(self, budget: int) -> None:
        """Have reached the goal: of the last screen it is the notice that was read."""
        whole = int(self.screens[-1].rpartition(" ")[2])
        notice = len(self.page.locator(".notice-text").filter(visible=True).inner_text().split())
        self.words += notice - whole
        self.screens[-1] += f", of which {notice} say that it is done"
        print(f"\n{self.cost}")  # noqa: T201 - shown by -s, for those who mend the pages
        assert self.seconds <= budget, self.cost

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_role("main").get_by_label(label).first.fill(text)
        self.letters += len(text)

    def choose(self, label: str, text: str) -> None:
        """Choose from a list."""
        self.page.get_by_role("main").get_by_label(label).select_option(label=text)
        self.presses += 2

    def press(self, name: str, then: str, *, role: Any = "button") -> None:
        """Press a button, and read what comes."""
        self.take(self.page.get_by_role("main").get_by_role(role, name=name, exact=True), then)

    def go(self, name: str, then: str) -> None:
        """Follow a link of the page, and read what comes."""
        self.press(name, then, role="link")

    def tick(self, text: str) -> None:
        """Press a choice by its words, as it is not always the box that one hits."""
        self.page.get_by_text(text, exact=True).filter(visible=True).first.click()
        self.presses += 1

    def menu(self, name: str, then: str) -> None:
        """Go where a line of the menu leads; on a phone it opens first."""
        if (opener := self.page.get_by_role("button", name="Menu", exact=True)).is_visible():
            opener.click()
            self.presses += 1
        side = self.page.get_by_role("navigation", name="Main")
        self.take(side.get_by_role("link", name=name), then)

    def take(self, what: Locator, then: str) -> None:
        """Press something that is found another way."""
        what.filter(visible=True).first.click()
        self.presses += 1
        self.sees(then)


@pytest.fixture
def walkers(
    live_server: LiveServer, visitors: Callable[..., Visitor]
) -> Callable[[str, bool], Walker]:
    """Make walkers: `walkers(width, scripts)`."""

    def make(width: str, scripts: bool) -> Walker:
        visitor = visitors(base_url=live_server.url, size=SIZES[width], javascript=scripts)
        return Walker(visitor.page())

    return make


@dataclass(frozen=True)
class House:
    """A firm in which each path can be walked: where it is, and the public card's address."""

    mark: str
    card: str

    def address(self, local: str) -> str:
        """Return somebody's mail address."""
        return f"{local}@{self.mark}.example.org"


@pytest.fixture(scope="session")
def houses(live_server: LiveServer) -> Callable[[str], House]:
    """Make a house for a mark; whoever names the same mark comes into the same house."""
    return functools.cache(functools.partial(gather, live_server))


def gather(live_server: LiveServer, mark: str) -> House:
    """Make a firm: people with posts, help on offer, doors that were opened, a report, a card."""
    with at_the_desk(live_server):
        firm = firms.create_firm(DESK, mark.title(), mark)
        with scope(firm.id):
            enable_plugin(DESK, registry().plugins["contact_card"])
            cohort = create_cohort(DESK, CohortDraft("First light"))
            people: dict[str, Membership] = {}
            known = None
            for local, (name, role) in PEOPLE.items():
                person = add_person(
                    f"{local}@{mark}.example.org", name, None if known else PASSWORD
                )
                known = person.password = person.password or known
                people[local] = firms.add_member(DESK, person, role)
                people[local].welcomed_at = None if local == "nia" else now()
                if role != "admin":
                    enrol(DESK, cohort, people[local], role)
            people["ana"].seen_at = now() - dt.timedelta(days=14)
            add_person(f"sam@{mark}.example.org", "Sam Staff", PASSWORD, is_staff=True)
            by = {local: _actor(one) for local, one in people.items()}
            told = Answer("yes", promise="I tell you how they plan.", due_on=now().date())
            ask = post_ask(by["nia"], cohort, AskDraft("skill", "A look at my letter"))
            help_with(by["ben"], Help("ask", ask.id, told))
            posts = {}
            for local, (wish, worked) in WISHES.items():
                post_target(by[local], cohort, TargetDraft(wish, "Planner"))
                draft = OfferDraft("insider", f"Ten years at {worked} until 2024", "", worked)
                posts[local] = post_offer(by[local], cohort, draft)
            post_target(by["cleo"], cohort, TargetDraft("Lidl", "Buyer"))
            for company, friend in DOORS.items():
                target = post_target(by["ana"], cohort, TargetDraft(company, "Planner"))
                address = f"{friend}@{mark}.example.org"
                contact = add_contact(
                    by["ben"],
                    ContactDraft(first_name=friend.title(), company=company, email=address),
                )
                yes = Answer(
                    "yes",
                    promise="I write to them.",
                    due_on=now().date() + dt.timedelta(days=7),
                    contact_id=contact.id,
                    contact_email=address,
                )
                door = help_with(by["ben"], Help("target", target.id, yes, "door"))
                life.answer(by["ana"], door, "receiver", Answer("yes", gift="Rye bread"))
            report(by["ana"], "offer", posts["ben"].id, "off_topic", "")
            card = first_card(people["ana"])
            write_card(
                by["ana"], card, CardDraft("Ana Abel", "I plan quiet plants", is_public=True)
            )
            return House(mark, f"/f/{mark}/contact_card/c/{card.token}")


def _actor(member: Membership) -> Actor:
    standings = frozenset({Standing.ANYONE, Standing.PERSON, Standing.MEMBER})
    return Actor(member.name, member.person_id, member.id, standings)

"""Each role's main path, by real presses and typing: at both widths, with scripts and without.

Each begins as somebody new would, with a goal and no manual, and what the way to it costs them is
held to a budget: a first target and offer in five minutes, a released round in three, a decided
case in one. A pick of pairs, as far as the goal; all of them and all the way by `make soak-pages`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from fixtures_journey import link_in
from fixtures_server import LiveServer
from fixtures_walks import DOORS, House, Walker

LONG = bool(os.environ.get("LONG"))
# Seconds, by the arithmetic of the walker.
BUDGET = {"member": 300, "coach": 180, "admin": 60}


def member(walker: Walker, house: House) -> None:
    """Sign in, first visit, a target and an offer, help, an answer, and a step taken back."""
    walker.sign_in(house.address("nia"))
    walker.go("Begin", "What are you looking for?")
    walker.fill("Which roles are you looking for?", "Planner")
    walker.fill("Company 1", "Unilever")
    walker.press("Next: what you can give", "Where have you worked?")
    walker.fill("Employer 1", "Bosch")
    walker.press("Next: look at the offers", "Nothing of this is on the board yet")
    walker.press("Put them on the board", "on the board")
    walker.arrives(BUDGET["member"])
    if not LONG:
        return

    walker.press("Finish without, for now", "yours, on the board")
    walker.go("See the board", "Put something on the board")
    walker.menu("My posts", "Unilever")
    walker.go("New target", "Once it is on your list")
    walker.fill("Company", "Shell")
    walker.press("Put it on the board", "Shell")
    walker.take(walker.page.get_by_role("link", name="Offers"), "I worked at Bosch")
    walker.go("New offer", "What can you give?")
    walker.take(
        walker.page.get_by_role("main").get_by_role("link", name="Skill"), "In one sentence"
    )
    walker.fill("In one sentence", "Half an hour on shift rotas in Excel")
    walker.press("Put it on the board", "Half an hour on shift rotas")
    walker.press("Take off", "It is off the board.")
    walker.press("Undo", "Half an hour on shift rotas")

    walker.menu("Board", "Put something on the board")
    wish = walker.page.get_by_role("listitem").filter(has_text="Cleo Cole, Buyer")
    walker.take(wish.get_by_role("button", name="I can help"), "How can you help?")
    walker.tick("I can tell about it")
    walker.fill("What will you do?", "I tell you how they hire.")
    walker.press("Offer this", "We ask them")
    walker.menu("Introductions", "Ben Brook can help")
    walker.take(walker.page.get_by_role("main").get_by_role("link", name="letter"), "Yes, I am in")
    walker.fill("What you give in return", "Half an hour on shift rotas")
    walker.press("Say yes", "Thank you. We take it from here.")


def coach(walker: Walker, house: House) -> None:
    """A round from home to its release, taken back; who needs me today, and a note to one."""
    walker.sign_in(house.address("cora"))
    walker.go("Make one", "possible introductions")
    walker.press("Make a round", "The round as a picture")
    walker.go("Release", "asked by mail in ten minutes")
    walker.press("Release it", "is released.")
    walker.arrives(BUDGET["coach"])
    if not LONG:
        return

    walker.press("Undo", "Look at it")
    walker.menu("Who needs me", "Ana Abel")
    walker.go("Ana Abel", "Wants to reach")
    walker.go("Write a note", "A note to Ana Abel")
    walker.page.get_by_role("main").get_by_role("textbox").fill("Shall we talk on Thursday?")
    walker.press("Send the note", "on its way")


def admin(walker: Walker, house: House) -> None:
    """A case from home to its decision; an invitation; the hours of the house."""
    walker.sign_in(house.address("adam"))
    walker.go("Decide it", "What follows?")
    walker.tick("It is fine")
    walker.press("Decide", "until then you can undo it")
    walker.arrives(BUDGET["admin"])
    if not LONG:
        return

    walker.menu("People", "Invite")
    walker.fill("Mail address", house.address("pia"))
    walker.fill("Their name", "Pia Plum")
    walker.choose("Into", "First light")
    walker.press("Send invitations", "on the way")
    walker.menu("House rules", "Business hours")
    walker.take(
        walker.page.get_by_role("complementary").get_by_role("link", name="Change"),
        "Business hours",
    )
    walker.fill("Begins", "08:30")
    walker.press("Save", "08:30 to")


def staff(walker: Walker, house: House) -> None:
    """The list of firms, and behind the glass of one: with a reason, for a while, in sight."""
    walker.sign_in(house.address("sam"))
    walker.go("Staff desk", "The machinery")
    walker.fill("Search", house.mark)
    # With scripts the list follows what is typed, and the button is away.
    if (show := walker.page.get_by_role("button", name="Show", exact=True)).is_visible():
        walker.take(show, house.mark.title())
    walker.go(house.mark.title(), "Look in")
    walker.fill("Why", "Their admin asked for help with an invitation")
    walker.press("Look in", "You can read, not change")

    walker.press("End it", "Look in")


def outside(walker: Walker, house: House, live_server: LiveServer) -> None:
    """Three who have no account, each by the link of their mail: yes, later, and never again."""
    hello = {name: link_in(live_server.mails(house.address(name))[0]) for name in DOORS.values()}
    walker.page.goto(hello["olga"])
    walker.press("Yes, introduce us", "We have brought you together")
    walker.page.goto(hello["omar"])
    walker.press("Later", "We ask once more on the day you chose")
    walker.page.goto(hello["otto"])
    walker.press("Never write to me again", "Never write to you again?")
    walker.take(
        walker.page.get_by_role("dialog").get_by_role("button", name="Never write to me again"),
        "We will never write to you again.",
    )


def visitor(walker: Walker, house: House) -> None:
    """A card under its link: read it, and leave one's details."""
    walker.page.goto(house.card)
    walker.sees("I plan quiet plants")
    walker.fill("Your name", "Vera Visitor")
    walker.fill("Your mail address", "vera@example.com")
    walker.page.get_by_role("checkbox").check()
    walker.press("Send", "has a mail with your name")


WALKS = {one.__name__: one for one in (member, coach, admin, staff, outside, visitor)}
# What a phone and no scripts make harder comes first; here newcomers walk to their goal only.
PICKED = (
    ("member", "390", "without"),
    ("coach", "1280", "with"),
    ("admin", "390", "with"),
    ("visitor", "390", "without"),
)
ALL = [
    (role, width, scripts)
    for role in WALKS
    for width in ("1280", "390")
    for scripts in ("with", "without")
]


@pytest.mark.browser
@pytest.mark.parametrize(("role", "width", "scripts"), ALL if LONG else PICKED)
def test_a_roles_main_path(
    live_server: LiveServer,
    houses: Callable[[str], House],
    walkers: Callable[[str, bool], Walker],
    role: str,
    width: str,
    scripts: str,
) -> None:
    house = houses(f"walk-{width}-{scripts}" if LONG else "walk")
    walker = walkers(width, scripts == "with")
    if role == "outside":
        outside(walker, house, live_server)
    else:
        WALKS[role](walker, house)
    expect(walker.page.get_by_role("main")).to_be_visible()

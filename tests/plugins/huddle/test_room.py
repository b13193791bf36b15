"""The room's screen in a real browser: keys, full screen, a phone that follows, no scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from coachhub.accounts.operations import add_person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms import operations as firms
from coachhub.firms.models import Firm
from coachhub.firms.plugins import enable_plugin
from coachhub.permissions import Standing
from coachhub_huddle.operations import agenda, series
from coachhub_huddle.queries import next_huddle
from fixtures_browser import Visitor
from fixtures_journey import PASSWORD, at_the_desk
from fixtures_server import LiveServer
from plugins.huddle.weekly import DESK, MONDAYS

PHONE = (390, 844)
SCREEN = (1920, 1080)


def make_room(live_server: LiveServer) -> str:
    """Make a firm whose cohort meets, with a coach and a member; return the huddle's address."""
    with at_the_desk(live_server):
        firm = Firm(name="Roomy", slug="roomy")
        db.session.add(firm)
        db.session.flush()
        with scope(firm.id):
            enable_plugin(DESK, registry().plugins["huddle"])
            cohort = Cohort(name="Energy", slug="energy")
            db.session.add(cohort)
            db.session.flush()
            for role in ("member", "coach"):
                person = add_person(f"{role}@roomy.example.org", f"Robin {role}", PASSWORD)
                db.session.add(person)
                db.session.flush()
                one = firms.add_member(DESK, person, role)
                one.welcomed_at = now()
                row = Enrolment(cohort_id=cohort.id, membership_id=one.id, role=role)
                db.session.add(row)
                leads = frozenset({Standing.COHORT_COACH})
                actor = Actor(label="Robin", membership_id=one.id, standings=leads)
                db.session.flush()
            series.set_series(actor, cohort, MONDAYS)
            huddle = next_huddle(cohort)
            assert huddle is not None
            for number in range(7):
                agenda.add_line(actor, huddle, f"Line {number}")
            address = f"/f/roomy/huddle/c/energy/{huddle.id}"
            db.session.commit()
    return address


def sign_in(visitor: Visitor, role: str) -> Page:
    page = visitor.page()
    page.goto("/account/login")
    page.get_by_label("Mail address").fill(f"{role}@roomy.example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Password")).to_have_count(0)
    return page


@pytest.mark.browser
def test_the_room_by_keys_on_a_phone_and_without_scripts(
    live_server: LiveServer, visitors: Callable[..., Visitor]
) -> None:
    room = make_room(live_server)
    coach = sign_in(visitors(size=SCREEN, base_url=live_server.url), "coach")
    phone = sign_in(visitors(size=PHONE, dark=True, base_url=live_server.url), "member")
    phone.goto(f"{room}/follow")
    expect(phone.get_by_role("heading", name="In a moment")).to_be_visible()
    coach.goto(f"{room}/present")
    expect(coach.get_by_role("heading", name="Monday huddle")).to_be_visible()
    coach.get_by_role("button", name="Full screen").click()
    coach.keyboard.press("ArrowRight")
    expect(coach.get_by_role("heading", name="Today (1 of 2)")).to_be_visible()
    assert coach.evaluate("Boolean(document.fullscreenElement)")
    assert coach.evaluate("document.documentElement.scrollHeight <= innerHeight")
    expect(phone.get_by_role("heading", name="Today (1 of 2)")).to_be_visible()
    coach.keyboard.press("ArrowRight")
    expect(phone.get_by_text("Line 6")).to_be_visible()
    coach.keyboard.press("ArrowLeft")
    expect(phone.get_by_text("Line 0")).to_be_visible()

    plain = sign_in(visitors(javascript=False, base_url=live_server.url), "coach")
    plain.goto(f"{room}/present")
    plain.get_by_role("link", name="Forward").click()
    plain.get_by_role("link", name="Forward").click()
    expect(plain.get_by_text("Line 6")).to_be_visible()
    plain.get_by_role("button", name="Show this step to all").click()
    expect(phone.get_by_text("Line 6")).to_be_visible()

"""From "invited" to "my first introduction released", by four people and a firm's admin.

Real pages in a real Chromium, real mails through a real mail server, nobody told how it works.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from chromium import PHONE
from fixtures_browser import Visitor
from fixtures_journey import answer_yes, fill_welcome, invite, link_in, new_firm, texts
from fixtures_server import LiveServer

OUTSIDER = "Olga Outside"


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
    expect(admin.get_by_text("released round 1", exact=False).first).to_be_visible()
    admin.get_by_role("link", name="Verify").click()
    expect(admin.get_by_text("The trail is whole")).to_be_visible()

"""A text is reported and taken down; its author asks again, and somebody else takes it back.

Four people in four browsers; each learns what they may, and nobody learns who reported or decided.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fixtures_journey import fill_welcome, invite, new_firm
from fixtures_server import LiveServer

TITLE = "I read your CV like a buyer would"
BODY = "Bring your last letter. I show you how a buyer reads it."
REASON = "People bring their own, on paper, to practise with. Nobody sends anything."


def gather(
    live_server: LiveServer, people: Callable[..., Page], mark: str
) -> tuple[str, dict[str, Page]]:
    """Bring an admin, a coach and two members together; return the firm and their pages."""
    slug = new_firm(live_server, f"rita@{mark}")
    at = {"rita": people(f"rita@{mark}", "Rita Admin")}
    at["rita"].goto(f"/f/{slug}/cohorts/new")
    at["rita"].get_by_label("Name").fill("First light")
    at["rita"].get_by_role("button", name="Make the cohort").click()
    for local, name, role in (
        ("cora", "Cora Coach", "coach"),
        ("ana", "Ana Abel", "member"),
        ("ben", "Ben Brook", "member"),
    ):
        invite(at["rita"], slug, f"{local}@{mark}", name, role)
        at[local] = people(f"{local}@{mark}", name)
    fill_welcome(at["ana"], slug, "Siemens", "Nestle")
    fill_welcome(at["ben"], slug, "Bosch", "Siemens")
    return slug, at


def open_case(page: Page, slug: str) -> None:
    page.goto(f"/f/{slug}/console/cases/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def report(ben: Page, group: str) -> None:
    """As somebody might come to harm, nobody sees it until it is looked at."""
    ben.goto(f"{group}/board?q=buyer+would")

    ben.get_by_role("link", name="Report", exact=True).click()
    expect(ben.get_by_text("What happens next")).to_be_visible()
    ben.get_by_text("A job scam", exact=True).click()
    ben.get_by_role("button", name="Send the report").click()
    expect(ben.get_by_text("you will hear what they decide")).to_be_visible()
    expect(ben.get_by_text(TITLE)).to_have_count(0)


def take_down(cora: Page, slug: str) -> None:
    open_case(cora, slug)
    cora.get_by_text("Bring your last letter.").first.click()
    cora.get_by_text("Remove the text", exact=True).first.click()
    cora.get_by_label("Under which rule?").select_option(label="A job scam")
    cora.get_by_label("Your words to the author").fill("Please ask for nobody's letters.")
    cora.get_by_role("button", name="Decide", exact=True).click()
    expect(cora.get_by_text("until then you can undo it")).to_be_visible()


@pytest.mark.browser
def test_reported_held_decided_appealed_and_taken_back(
    live_server: LiveServer, people: Callable[..., Page]
) -> None:
    mark = f"look{os.getpid()}.example.org"
    slug, at = gather(live_server, people, mark)
    group = f"/f/{slug}/c/first-light"
    ana, ben, cora, rita = at["ana"], at["ben"], at["cora"], at["rita"]
    ana.goto(f"{group}/new/offer?kind=skill")
    ana.get_by_label("In one sentence").fill(TITLE)
    ana.get_by_label("More, if it helps").fill(BODY)
    ana.get_by_role("button", name="Put it on the board").click()

    report(ben, group)
    held = live_server.mails(f"ana@{mark}", 2)[-1]
    assert "waits for a look" in str(held["Subject"])
    take_down(cora, slug)

    # Ana reads the rule, the passage and the way on; nobody's name. She asks again.
    ana.goto(f"/f/{slug}/my-texts")
    ana.get_by_role("link", name=TITLE).click()
    expect(ana.get_by_text("Please ask for nobody's letters.").first).to_be_visible()
    expect(ana.get_by_text("Firm moderator").first).to_be_visible()
    assert "Cora" not in ana.locator("main").inner_text()
    assert "Ben" not in ana.locator("main").inner_text()
    ana.get_by_label("What should we look at again?").fill(REASON)
    ana.get_by_role("button", name="Ask for a second look").click()
    expect(ana.get_by_text("Somebody else than the first time answers by")).to_be_visible()

    # Cora cannot answer what she decided; Rita can, and takes it back.
    rita.goto(f"/f/{slug}/console/cases/?show=appeals")
    rita.get_by_role("link", name=TITLE).first.click()
    case = rita.url
    cora.goto(case)
    expect(cora.get_by_text("not who decided first")).to_be_visible()
    expect(cora.get_by_role("button", name="Answer")).to_have_count(0)
    expect(rita.get_by_text(REASON)).to_be_visible()
    rita.get_by_text("It is taken back", exact=True).first.click()
    rita.get_by_label("Why?").fill("They bring their own, on paper. That is fine.")
    rita.get_by_role("button", name="Answer").click()

    # It is on the board again, and Ana is told why.
    ben.goto(f"{group}/board?q=buyer+would")
    expect(ben.get_by_text(TITLE)).to_be_visible()
    ana.reload()
    expect(ana.get_by_text("The decision has been taken back").first).to_be_visible()
    expect(ana.get_by_text("That is fine.").first).to_be_visible()
    assert "Rita" not in ana.locator("main").inner_text()
    subjects = {str(mail["Subject"]) for mail in live_server.mails(f"ana@{mark}", 4)}
    assert {"Your second look is done", "Something you wrote is back"} <= subjects

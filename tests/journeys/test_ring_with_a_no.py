"""A ring of three: one says no by mail, the others go on, and nobody ever learns of the no.

Real pages, real mails, real replies through the service's own door for mail.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from coachhub.cohorts.models import Enrolment
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.digests.operations import write_digest
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.models import Introduction
from fixtures_journey import (
    answer_yes,
    at_the_desk,
    fill_welcome,
    invite,
    link_in,
    new_firm,
    texts,
)
from fixtures_server import SECRET, LiveServer

NAMES = {"ana": "Ana Abel", "ben": "Ben Brook", "cleo": "Cleo Cole"}
# Who wants what, and where they have worked: Ben gives to Ana, Cleo to Ben, Ana to Cleo.
WISHES = {"ana": ("Siemens", "Nestle"), "ben": ("Bosch", "Siemens"), "cleo": ("Nestle", "Bosch")}
DIGEST = "in ten minutes"
A_NO = re.compile(r"declin|said no|refus|turned down|no agreement", re.IGNORECASE)


class Post:
    """Somebody's mails, taken by their subjects, and answered from the mailbox page."""

    def __init__(self, live_server: LiveServer, page: Page, address: str) -> None:
        self.server, self.page, self.address = live_server, page, address
        self.taken: set[str] = set()

    def next(self, subject: str) -> EmailMessage:
        """Wait for the next mail whose subject has these words."""
        count = 1
        while True:
            mails = self.server.mails(self.address, count)
            for mail in mails:
                if subject in str(mail["Subject"]) and mail["Message-ID"] not in self.taken:
                    self.taken.add(mail["Message-ID"])
                    return mail
            count = len(mails) + 1

    def reply(self, mail: EmailMessage, text: str) -> EmailMessage:
        """Answer a mail, and return what comes back."""
        self.page.goto(f"{self.server.url}/mailbox/?to={self.address}")
        self.page.get_by_role("link", name=str(mail["Subject"]), exact=True).first.click()
        self.page.get_by_label("Your reply").fill(text)
        self.page.get_by_role("button", name="Send the reply").click()
        expect(self.page.get_by_text("Sent. What comes of it")).to_be_visible()
        return self.next("Re: ")


def said(mail: EmailMessage) -> str:
    return " ".join(texts([mail]).split())


def release(coach: Page, slug: str) -> None:
    coach.goto(f"/f/{slug}/c/first-light/rounds/")
    coach.get_by_role("button", name="Make a round").click()
    expect(coach.get_by_role("heading", name="The round as a picture")).to_be_visible()
    coach.get_by_role("link", name="Release", exact=True).click()
    coach.get_by_label("Write to them now").check()
    coach.get_by_role("button", name="Release it").click()
    expect(coach.get_by_text("Released", exact=False).first).to_be_visible()


def thank(page: Page, slug: str, giver: str, words: str) -> None:
    page.goto(f"/f/{slug}/introductions")
    page.get_by_role("link", name=re.compile(giver)).first.click()
    page.get_by_label("Your thanks").fill(words)
    page.get_by_role("button", name="Send thanks").click()
    expect(page.get_by_text("Your thanks are on their way.")).to_be_visible()


def write_digests(live_server: LiveServer, slug: str) -> str:
    """Have every member's digest written now; return the id of the step that broke."""
    with at_the_desk(live_server):
        firm = db.session.scalars(select(Firm).where(Firm.slug == slug)).one()
        with scope(firm.id):
            for member in db.session.scalars(select(Membership).where(Membership.role == "member")):
                write_digest(member, now().date(), SECRET)
            db.session.commit()
            broken = db.session.scalars(
                select(Introduction).where(Introduction.state == "declined")
            ).one()
            return str(broken.id)


def gather(
    live_server: LiveServer, people: Callable[..., Page], mark: str
) -> tuple[str, Page, dict[str, Page]]:
    """Bring a coach and the three together; return the firm, the coach's page and theirs."""
    slug = new_firm(live_server, f"rita@{mark}")
    admin = people(f"rita@{mark}", "Rita Admin")
    admin.goto(f"/f/{slug}/cohorts/new")
    admin.get_by_label("Name").fill("First light")
    admin.get_by_role("button", name="Make the cohort").click()
    invite(admin, slug, f"cora@{mark}", "Cora Coach", "coach")
    for local, name in NAMES.items():
        invite(admin, slug, f"{local}@{mark}", name, "member")
    coach = people(f"cora@{mark}", "Cora Coach")
    at = {local: people(f"{local}@{mark}", name) for local, name in NAMES.items()}
    for local, (wish, worked) in WISHES.items():
        fill_welcome(at[local], slug, wish, worked)
    return slug, coach, at


def waited(live_server: LiveServer, slug: str) -> dict[str, int]:
    """Return for how many rounds each member has waited."""
    with at_the_desk(live_server):
        firm = db.session.scalars(select(Firm).where(Firm.slug == slug)).one()
        with scope(firm.id):
            return dict(
                db.session.execute(
                    select(Membership.name, Enrolment.waited)
                    .join(Enrolment, Enrolment.membership_id == Membership.id)
                    .where(Enrolment.role == "member")
                ).all()
            )


@pytest.mark.browser
def test_one_no_breaks_one_step(
    live_server: LiveServer, people: Callable[..., Page], page: Page
) -> None:
    mark = f"ring{os.getpid()}.example.org"
    slug, coach, at = gather(live_server, people, mark)
    post = {local: Post(live_server, page, f"{local}@{mark}") for local in NAMES}
    release(coach, slug)

    # Ana says no by mail. Ben says yes on the page, Cleo by mail.
    asked = {local: post[local].next("would like to hear about") for local in NAMES}
    assert "Nobody is told" in said(post["ana"].reply(asked["ana"], "No, thanks.\n\nAna"))
    answer_yes(at["ben"], link_in(asked["ben"]), "I tell you how they hire.")
    back = post["cleo"].reply(asked["cleo"], "Yes, I tell you how they plan a year.")
    assert "Thank you for your yes" in said(back)

    # Ana and Ben are asked whether they want what they are given; Cleo hears nothing at all.
    wanted = post["ana"].next("Ben Brook knows Siemens from the inside")
    answer_yes(at["ana"], link_in(wanted))
    post["ana"].next("You are introduced")
    post["ben"].next("You are introduced")
    wanted = post["ben"].next("Cleo Cole knows Bosch from the inside")
    post["ben"].reply(wanted, "Ja, gerne!")
    post["cleo"].next("You are introduced")
    assert not A_NO.search(texts(live_server.mails(f"cleo@{mark}")))

    # Ben keeps his promise by a word in a mail; thanks are written to both.
    assert "We have told them" in said(post["ben"].reply(asked["ben"], "Done."))
    post["ana"].next("kept")
    thank(at["ana"], slug, "Ben Brook", "You saved me a month.")
    thank(at["ben"], slug, "Cleo Cole", "I know whom to ask now.")
    assert "You saved me a month." in said(post["ben"].next("Ana Abel says thanks"))
    assert "I know whom to ask now." in said(post["cleo"].next("Ben Brook says thanks"))

    # Nobody's pages tell of the no; the coach sees that one step did not come about, not why.
    for local, name in NAMES.items():
        for show in ("open", "done"):
            at[local].goto(f"/f/{slug}/introductions?show={show}")
            if local != "ana":
                assert not A_NO.search(at[local].content()), name
    coach.goto(f"/f/{slug}/c/first-light/introductions?show=done")
    expect(coach.get_by_text("Did not come about")).to_be_visible()
    assert "said no" not in coach.content().replace("Who said no stays with them", "")

    # The digests afterwards: what is still to do, nothing of what is done, nothing of the no.
    broken = write_digests(live_server, slug)
    digest = {local: post[local].next(DIGEST) for local in NAMES}
    told = {local: said(mail) for local, mail in digest.items()}
    for local, text in told.items():
        assert broken not in texts([digest[local]])
        assert not A_NO.search(text)
        assert f"{NAMES[local]} offers" not in text
    assert "I tell you how they plan a year" not in told["ana"]
    assert "Your promise" in told["cleo"]
    for local in ("ana", "ben"):
        assert "Your promise" not in told[local]
        assert "Say thanks" not in told[local]

    # Cleo received nothing: the next round knows, and nobody else's count has changed.
    assert waited(live_server, slug) == {"Ana Abel": 0, "Ben Brook": 0, "Cleo Cole": 1}

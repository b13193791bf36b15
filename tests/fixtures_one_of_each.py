"""One mail of every kind there is, written by real steps of made-up people at a fixed moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask_security.utils import send_mail
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coachhub.accounts import letters as of_account
from coachhub.accounts import tries
from coachhub.accounts.models import Person
from coachhub.api.webhooks.letters import tell_stopped
from coachhub.api.webhooks.models import Webhook
from coachhub.board.models import Ask, Lead, Offer
from coachhub.cohorts.notes import send_note
from coachhub.console import seals
from coachhub.console.escalation import escalate
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.links import absolute
from coachhub.core.paths import templates
from coachhub.digests.operations import write_digest
from coachhub.digests.preferences import preference_of
from coachhub.firms import visits
from coachhub.firms.invitations import Invitee, invite
from coachhub.firms.models import Membership
from coachhub.introductions import direct, life, meetings, promises, shortlists
from coachhub.introductions import letters as by_letter
from coachhub.introductions.answers import Answer
from coachhub.mail.inbound import NOT_UNDERSTOOD
from coachhub.mail.models import AccountMail, FirmMail
from coachhub.mail.outbox import Letter, queue_account_mail, queue_letter, rendered
from coachhub.moderation.operations import Answer as SecondLook
from coachhub.moderation.operations import (
    Ruling,
    answer_appeal,
    appeal,
    claim,
    decide,
    report,
    tell_due,
)
from coachhub.permissions import Standing
from coachhub.privacy import strangers, wishes
from fixtures_circle import Circle
from plugin_letters import every_plugin_writes

PLUGINS = Path(__file__).parents[1] / "plugins"
MOMENT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)  # a Monday
OF_ACCOUNT = {
    "change_notice", "new_address", "reset_instructions", "reset_notice", "safety_notice",
    "sign_in_code", "stray",
}  # fmt: skip


@dataclass(frozen=True)
class One:
    """A mail as it stands in an outbox: its kind, its bytes, and the member it is for."""

    kind: str
    raw: bytes
    membership_id: UUID | None


def every_step(here: Circle, post: Callable[..., Any]) -> None:
    """Take every step of introductions that a mail goes with; the scope must be open."""
    first = here.asked()
    life.remind(first, once="now")
    here.giver_yes(first)
    here.receiver_yes(first)
    here.outsider(first, Answer("yes", way="link"))
    life.nudge(here.act("coach"), first)
    promises.keep(here.act("giver"), first)
    promises.thank(here.act("receiver"), first, "You are a lighthouse & a friend.")
    promises.report_outcome(here.act("receiver"), first, "interview", "Two hours & a tour.")
    draft = meetings.MeetingDraft(now() + dt.timedelta(days=3), 45, "Pier 4")
    meetings.set_meeting(here.act("receiver"), first, draft)
    draft = meetings.MeetingDraft(now() + dt.timedelta(days=4))
    meetings.set_meeting(here.act("receiver"), first, draft)
    meetings.cancel_meeting(here.act("receiver"), first)
    by_letter.words_from_contact(first, "How are the children?")
    in_person = here.at("outsider_asked", email="")
    life.stop(here.act("coach"), in_person)
    here.at("introduced", "insider")
    lead = post(Lead, here.giver, kind="recruiter", title="Head of harbour", place="Antwerp")
    passed = direct.pass_on(
        here.act("giver"), lead, here.receiver.id, Answer("yes", promise="I tell them.")
    )
    here.receiver_yes(passed)
    shortlists.send_shortlist(here.act("giver"), lead, [passed.id], "recruiter@example.com")
    shortlists.send_shortlist(here.act("giver"), lead, [passed.id], note="For you.")


def kinds() -> set[str]:
    """Return the kind of every letter there is: one folder, or pair of files, for each."""
    own = (one for one in (templates() / "letters").iterdir() if one.is_dir())
    letters = {one.name for one in (*own, *PLUGINS.glob("coachhub_*/templates/letters/*"))}
    of_accounts = {one.stem for one in (templates() / "security" / "email").glob("*.txt")}
    return letters | of_accounts


@pytest.fixture
def one_of_each(app: Flask, circle: Circle, post: Callable[..., Any]) -> Iterator[list[One]]:
    """Write one mail of every kind, by people who are always called the same."""
    with time_machine.travel(MOMENT, tick=False):
        circle.session.add(circle.firm)
        circle.firm.name, circle.firm.slug = "Harbour Coaching", "harbour"
        circle.firm.timezone = "Europe/Berlin"
        with circle.scope():
            circle.session.add(circle.cohort)
            circle.cohort.slug = "harbour-group"
            for who in ("giver", "receiver", "coach"):
                member = getattr(circle, who)
                person = circle.session.get_one(Person, member.person_id)
                person.email = f"{member.name.split()[0].lower()}@example.org"
                person.timezone = "Europe/Berlin"
        with app.test_request_context("/", base_url="http://hub.example.org"), circle.scope():
            every_step(circle, post)
            _of_the_board(app, circle, post)
            _of_the_console(circle)
            _of_the_clock(circle, post)
            _of_the_desk(circle)
            _of_the_account(app, circle)
            every_plugin_writes(circle)
        yield found(circle)


def found(circle: Circle) -> list[One]:
    """Return what stands in both outboxes, in the order of its writing."""
    with circle.scope():
        firms = circle.session.scalars(select(FirmMail).order_by(FirmMail.id)).all()
        accounts = circle.session.scalars(select(AccountMail).order_by(AccountMail.id)).all()
        made = [One(mail.kind, mail.raw, mail.membership_id) for mail in firms]
        return made + [One(mail.kind, mail.raw, None) for mail in accounts]


def _of_the_board(app: Flask, here: Circle, post: Callable[..., Any]) -> None:
    ask = post(Ask, here.giver, title="Would you read my letter to the port authority?")
    post(Offer, here.giver, kind="insider", title="Eleven years in a shipyard")
    post(Lead, here.giver, title="Planner wanted at the new terminal")
    secret = app.config["SECRET_KEY"]
    preference_of(here.receiver, secret)
    write_digest(here.receiver, MOMENT.date(), secret)
    with time_machine.travel(MOMENT + dt.timedelta(minutes=1), tick=False):
        case = report(here.act("receiver"), "ask", ask.id, "confidential")
        moderator = here.act("coach")
        claim(moderator, case, case.version)
        ruling = Ruling(
            "upheld",
            "confidential",
            "returned",
            passage="the port authority",
            message="Please leave the name out until it is public.",
        )
        decision = decide(moderator, case, case.version, ruling)
    with time_machine.travel(MOMENT + dt.timedelta(minutes=11), tick=False):
        while tell_due():
            pass
        asked = appeal(here.act("giver"), decision, "It stands on their own page.")
        admin = Actor(label="Ada Admin", person_id=uuid7())
        taken_back = SecondLook("overturned", "You are right: anybody can read it there.")
        answer_appeal(admin, asked, case.version, taken_back)
        while tell_due():
            pass
    send_note(
        here.act("coach"),
        here.cohort,
        here.receiver,
        "Dear Rosalind,\n\nyour targets are good. Shall we talk on Thursday?\n\nWarmly,\nCora",
    )


def _of_the_console(here: Circle) -> None:
    coach = here.act("coach")
    invite(coach, Invitee("nora@example.org", "Nora", cohort_id=here.cohort.id), "Harbour group")
    common = {"to_address": "rosalind@example.org", "membership_id": here.receiver.id}
    context = {"firm": here.firm, "name": "Rosalind"}
    queue_letter(Letter(kind="test", once="test", context=context, **common))
    wishes.ask(here.act("receiver"), here.receiver, here.receiver.name)
    said = {"said": NOT_UNDERSTOOD, "subject": "Re: Everybody has said yes"}
    queue_letter(
        Letter(kind="answer", once="answer", context=said, answers="<1@example.org>", **common)
    )


def _of_the_clock(here: Circle, post: Callable[..., Any]) -> None:
    """Let a case wait for a day: coach, admin and the platform's desk hear of it."""
    here.session.add(
        Person(email="desk@example.org", name="Dee Desk", fs_uniquifier="desk", is_staff=True)
    )
    offer = post(Offer, here.giver, kind="time", title="An hour at the harbour")
    report(here.act("receiver"), "offer", offer.id, "scam")
    with time_machine.travel(MOMENT + dt.timedelta(hours=2), tick=False):
        escalate()
    here.session.get_one(Membership, (here.coach.firm_id, here.coach.id)).role = "admin"
    here.session.flush()
    with time_machine.travel(MOMENT + dt.timedelta(hours=25), tick=False):
        escalate()


def _of_the_desk(here: Circle) -> None:
    """Look into the firm, mail the seal of its record, tell of many tries for foreign pages."""
    desk = here.session.scalars(select(Person).where(Person.is_staff)).one()
    standings = frozenset({Standing.ANYONE, Standing.PERSON, Standing.STAFF})
    visitor = Actor(label=desk.name, person_id=desk.id, standings=standings)
    visit = visits.look_in(visitor, "A mail of theirs did not arrive, and they asked us.", 30)
    visits.end(visitor, visit)
    with time_machine.travel(dt.datetime(2100, 3, 1, tzinfo=dt.UTC), tick=False):
        seals.MAIL.function(here.firm.id)
    tries._tell_staff(here.receiver.person_id, 20)
    webhook = Webhook(
        name="Our register", address="https://hooks.example.org/register/in", secret="x",
        events=["member.joined"], problem="It answered 503.", failing_since=MOMENT,
    )  # fmt: skip
    here.session.add(webhook)
    here.session.flush()
    tell_stopped(webhook, 503)


def _of_the_account(app: Flask, here: Circle) -> None:
    person = here.session.get_one(Person, here.receiver.person_id)
    strangers.send_link("zora@example.com")
    of_account.tell(person, "An authenticator app was added to your sign-in.")
    of_account.send_code(person, "12345678")
    of_account.send_reset(person)
    of_account.send_new_address(
        person, "rosalind.new@example.org", absolute("address.confirm", sealed="a-mailed-code")
    )
    for kind in ("change_notice", "reset_notice"):
        subject = app.config["SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE"]
        send_mail(subject, person.email, f"security/email/{kind}", user=person)
    subject, text, html = rendered("stray", {"subject": "Re: your mail"})
    queue_account_mail("stray", subject, person.email, text, html, answers="<2@example.org>")

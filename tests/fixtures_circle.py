"""A small circle of people around one door: giver, receiver, coach, and a contact outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.introductions import life
from coachhub.introductions.answers import Answer
from coachhub.introductions.models import Introduction
from coachhub.introductions.outsiders import OUTSIDE_CONTACT
from coachhub.mail.models import FirmMail
from coachhub.permissions import Standing

GIVER = "Gudrun Giverson"
RECEIVER = "Rosalind Receiverton"
CONTACT = ("Corwin", "Contactworth")
CONTACT_MAIL = "corwin.contactworth@example.com"


def actor_of(member: Membership, *extra: Standing) -> Actor:
    return Actor(
        label=member.name,
        person_id=member.person_id,
        membership_id=member.id,
        standings=frozenset({Standing.ANYONE, Standing.PERSON, Standing.MEMBER, *extra}),
    )


@dataclass
class Circle:
    """Who is there, and short ways to do what they do, all of them inside `scope()`."""

    session: Session
    firm: Firm
    cohort: Cohort
    giver: Membership
    receiver: Membership
    coach: Membership
    company: Company
    contact: Contact
    target: Target

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Work in the firm's scope, commit, and keep what was made readable afterwards."""
        for name in list(g):
            g.pop(name)  # what a request before has left
        with scope(self.firm.id):
            yield
            self.session.commit()
            for row in list(self.session):
                self.session.refresh(row)

    def act(self, who: str) -> Actor:
        extra = {"coach": (Standing.COACH, Standing.COHORT_COACH)}.get(who, ())
        return actor_of(getattr(self, who), *extra)

    def propose(self, asset: str = "door", **columns: Any) -> Introduction:
        given = {
            "cohort_id": self.cohort.id,
            "giver_id": self.giver.id,
            "receiver_id": self.receiver.id,
            "need": "target",
            "need_id": self.target.id,
            "asset": asset,
            "asset_id": self.company.id,
            "company_id": self.company.id,
            "reason": "A strong door at Shellfish Works, which is wanted.",
            "key": str(uuid7()),
            "state_since": now(),
        } | columns
        made = Introduction(**given)
        self.session.add(made)
        self.session.flush()
        return made

    def asked(self, asset: str = "door", **columns: Any) -> Introduction:
        return life.ask_giver(self.act("coach"), self.propose(asset, **columns))

    def giver_yes(self, introduction: Introduction, email: str = CONTACT_MAIL) -> Introduction:
        given = Answer("yes", promise="I write to them this week.")
        if introduction.asset == "door":
            given = Answer(
                "yes",
                promise="I write to Corwin Contactworth this week, signed Gudrun Giverson.",
                contact_id=self.contact.id,
                contact_email=email,
            )
        return life.answer(self.act("giver"), introduction, "giver", given)

    def receiver_yes(self, introduction: Introduction) -> Introduction:
        given = Answer("yes", gift=introduction.gift or "Marmalade.")
        return life.answer(self.act("receiver"), introduction, "receiver", given)

    def at(self, state: str, asset: str = "door", email: str = CONTACT_MAIL) -> Introduction:
        """Bring one to a state by real answers."""
        made = self.asked(asset)
        if state == "giver_asked":
            return made
        self.giver_yes(made, email)
        if state == "receiver_asked":
            return made
        self.receiver_yes(made)
        if state == "introduced" and asset == "door":
            self.outsider(made, Answer("yes", way="link"))
        assert made.state == state
        return made

    def outsider(self, introduction: Introduction, given: Answer) -> Introduction:
        return life.answer(OUTSIDE_CONTACT, introduction, "outsider", given)

    def mails(self, kind: str = "") -> list[FirmMail]:
        query = select(FirmMail).order_by(FirmMail.id)
        if kind:
            query = query.where(FirmMail.kind == kind)
        return list(self.session.scalars(query))

    def mails_to(self, member: Membership) -> list[FirmMail]:
        return [row for row in self.mails() if row.membership_id == member.id]


def words_of(mail: FirmMail) -> str:
    """Return everything a reader of a mail can see, headers included."""
    message = message_from_bytes(mail.raw, policy=policy.default)
    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts])


@pytest.fixture
def circle(
    session: Session,
    firm: Firm,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
) -> Circle:
    cohort = make_cohort(name="Harbour group")
    giver = make_member(GIVER, cohorts=(cohort,), headline="Ran a shipyard")
    receiver = make_member(
        RECEIVER, cohorts=(cohort,), headline="Supply chain lead", titles=["Head of supply"]
    )
    coach = make_member("Cora Coach", role="coach", cohorts=(cohort,))
    with scope(firm.id):
        company = Company(name="Shellfish Works", key="shellfish works")
        session.add(company)
        session.flush()
        contact = Contact(
            owner_id=giver.id,
            fingerprint="f1",
            first_name=CONTACT[0],
            last_name=CONTACT[1],
            email=CONTACT_MAIL,
            company_id=company.id,
            company_name=company.name,
            position="Works manager",
            strength=3,
        )
        target = Target(
            cohort_id=cohort.id,
            owner_id=receiver.id,
            company_id=company.id,
            expires_on=now().date() + dt.timedelta(days=90),
            learn="how they plan their harvest",
        )
        offer = Offer(
            cohort_id=cohort.id,
            owner_id=receiver.id,
            kind="skill",
            title="Two hours with your spreadsheet",
            expires_on=now().date() + dt.timedelta(days=90),
        )
        session.add_all([contact, target, offer])
        session.flush()
        session.commit()
        made = Circle(session, firm, cohort, giver, receiver, coach, company, contact, target)
        for row in list(session):
            session.refresh(row)
    return made


@pytest.fixture
def post(circle: Circle) -> Callable[..., Any]:
    """Put an ask, a lead or an offer on the circle's board."""

    def make(model: type[Ask | Lead | Offer], owner: Membership, **columns: Any) -> Any:
        given = {
            "kind": {"Ask": "skill", "Lead": "opening", "Offer": "skill"}[model.__name__],
            "title": "A second pair of eyes on my letter",
            "expires_on": now().date() + dt.timedelta(days=90),
        } | columns
        made = model(cohort_id=circle.cohort.id, owner_id=owner.id, **given)
        circle.session.add(made)
        circle.session.flush()
        return made

    return make

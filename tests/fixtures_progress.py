"""A firm with progress updates on: a member with contacts, their coach, and another member."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.contacts.identity import hash_of
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub.mail.models import FirmMail
from coachhub_progress.jobs import write_mails

DESK = Actor(label="Test")
WORDS = {"subject": "How it goes", "met": "I met <b>many</b>.", "looking": "A team.", "helps": ""}


@dataclass
class World:
    """Ana with four contacts, her coach, and Otto, who has a contact of his own."""

    url: str
    session: Session
    firm_id: UUID
    cohort: str
    ana: FlaskClient
    otto: FlaskClient
    coach: FlaskClient
    people: dict[str, UUID]
    contacts: dict[str, UUID] = field(default_factory=dict)

    def begin(self, who: FlaskClient | None = None) -> str:
        answer = (who or self.ana).post(f"{self.url}begin")
        assert answer.status_code == 303
        return str(answer.location)

    def ready(self, *names: str) -> str:
        """Begin an update as Ana with her own words, for these contacts."""
        page = self.begin()
        assert self.ana.post(page, data=WORDS).status_code == 303
        ids = [str(self.contacts[name]) for name in names]
        self.ana.post(f"{page}/to", data={"shown": ids, "chosen": ids})
        return page

    def send(self, *names: str) -> str:
        page = self.ready(*names)
        assert self.ana.post(f"{page}/send").status_code == 303
        self.work()
        return page

    def work(self) -> None:
        with scope(self.firm_id):
            write_mails.function(self.firm_id)
            self.session.commit()

    def all(self, table: Any) -> list[Any]:
        self.session.expire_all()
        with scope(self.firm_id):
            return list(self.session.scalars(select(table).order_by(table.created_at)))

    def mails(self) -> list[EmailMessage]:
        found = []
        for row in self.all(FirmMail):
            message = email.message_from_bytes(row.raw, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found

    def settings(self, **decided: int) -> None:
        with scope(self.firm_id):
            given = {"days_between": 30, "most": 100, "nudge_weeks": 6} | decided
            enable_plugin(DESK, registry().plugins["progress"], given)
            self.session.commit()


@pytest.fixture
def progress_world(
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[..., None],
) -> World:
    cohort = make_cohort("Energy")
    people = {
        "ana": make_member(
            "Ana Bell", cohorts=(cohort,), welcomed_at=now(), keep_from=["Old Mill Ltd"]
        ),
        "otto": make_member("Otto Carr", cohorts=(cohort,), welcomed_at=now()),
        "coach": make_member("Carol Coach", role="coach", cohorts=(cohort,), welcomed_at=now()),
    }
    ids = {name: one.id for name, one in people.items()}
    slug = cohort.slug
    known = {
        "pat": ("Pat", "Planner", "pat@example.com", "Nordlicht Energy"),
        "ben": ("Ben", "Buyer", "ben@example.com", "Old Mill"),
        "kim": ("Kim", "Keeper", "kim@example.com", ""),
        "eve": ("Eve", "Nomail", "", "Harbour Foods"),
    }
    made = {}
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["progress"])
        rows = [("ana", name, told) for name, told in known.items()]
        for owner, name, (first, last, address, company) in [*rows, ("otto", "own", known["pat"])]:
            made[name] = Contact(
                owner_id=ids[owner], fingerprint=f"{owner}{name}", first_name=first, last_name=last,
                email=address, email_hash=hash_of(address), company_name=company,
            )  # fmt: skip
            session.add(made[name])
        session.commit()
        contacts = {name: one.id for name, one in made.items()}
    clients = {}
    for name, one in people.items():
        clients[name] = client.application.test_client()
        sign_in(clients[name], one)
    return World(
        f"/f/{firm.slug}/progress/", session, firm.id, slug, **clients,
        people=ids, contacts=contacts,
    )  # fmt: skip

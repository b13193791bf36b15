"""A house with one secret: whose contact it is that opens a door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from coachhub.board.models import Target
from coachhub.cohorts.models import Cohort
from coachhub.companies.operations import identify
from coachhub.contacts.models import Contact
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership

SECRETS = ("Zebulon", "Quillfeather", "zq@example.org", "example.org/zq", "Grand Vizier of Yarn")
COMPANY = "Zorblatt Foundries"
SIDES = ("member", "coach", "admin", "sibling", "foreign", "nobody")


@dataclass
class House:
    """A cohort in which one member knows somebody, and another wants to get in there."""

    firm_id: Any
    firm: str
    cohort: str
    cohort_id: Any
    owner_ids: tuple[Any, Any]
    values: dict[str, Any]
    clients: dict[str, FlaskClient]
    people: dict[str, Membership]
    witness: Membership


@pytest.fixture
def house(
    app: Flask,
    session: Session,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    make_firm: Callable[..., Firm],
    sign_in: Callable[[FlaskClient, Membership], None],
) -> Callable[[int], House]:
    def make(size: int) -> House:
        cohort, other = make_cohort("Spring"), make_cohort("Autumn")
        members = [make_member(f"Member {at}", cohorts=(cohort,)) for at in range(size)]
        people = {
            "member": members[2],
            "coach": make_member("Cora", role="coach", cohorts=(cohort,)),
            "admin": make_member("Adda", role="admin"),
            "sibling": make_member("Sib", cohorts=(other,)),
            "foreign": make_member("Fara", firm=make_firm()),
        }
        clients = {side: app.test_client() for side in SIDES}
        with scope(firm.id):
            wanted, elsewhere = identify(COMPANY), identify("Harbour Lighthouses")
            assert wanted is not None
            assert elsewhere is not None
            target = Target(
                cohort_id=cohort.id,
                owner_id=members[2].id,
                company_id=wanted.id,
                expires_on=dt.date(2099, 1, 1),
            )
            session.add(target)
            for one in members[:2]:
                session.add(
                    Contact(owner_id=one.id, fingerprint=f"{one.id}", company_id=elsewhere.id)
                )
            session.add(secret(members[0], wanted.id))
            session.flush()
            values = {"company_id": wanted.id, "target_id": target.id}
            values |= {"membership_id": members[0].id, "member_id": members[0].id}
        owners = (members[0].id, members[1].id)
        made = House(
            firm.id, firm.slug, cohort.slug, cohort.id, owners, values, clients, people, members[3]
        )
        session.commit()
        for side, member in people.items():
            sign_in(clients[side], member)
        return made

    return make


def secret(owner: Membership | Any, company_id: Any) -> Contact:
    return Contact(
        owner_id=getattr(owner, "id", owner),
        fingerprint="secret",
        first_name=SECRETS[0],
        last_name=SECRETS[1],
        email=SECRETS[2],
        url=f"https://{SECRETS[3]}",
        note=SECRETS[4],
        position=SECRETS[4],
        company_name=COMPANY,
        company_id=company_id,
        strength=3,
    )


def hand_on(house: House, session: Session) -> None:
    """Let the contact be another member's, and change nothing else."""
    of_another = update(Contact).where(Contact.fingerprint == "secret")
    with scope(house.firm_id):
        session.execute(of_another.values(owner_id=house.owner_ids[1]))
        session.commit()

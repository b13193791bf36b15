"""The page for people outside: the same answer to everybody, a mailed link, one button."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from coachhub.contacts.models import Contact
from coachhub.contacts.operations import ContactDraft, add_contact
from coachhub.core.db import now
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.mail.models import AccountMail
from coachhub.mail.outbox import suppressed
from coachhub.privacy import ledger
from coachhub.privacy.sweep import readable
from fixtures_group import Group

ZORA = "zora@example.com"


@pytest.fixture
def known(group: Group) -> Group:
    """Let two members have Zora in their books."""
    with scope(group.firm.id):
        for name in ("ada", "ben"):
            add_contact(group.actor(name), ContactDraft("Zora", "Quill", "Zora@Example.com"))
        group.session.commit()
    return group


def link_in(group: Group, address: str) -> str:
    queue().drain()
    mail = group.session.scalars(select(AccountMail).where(AccountMail.to_address == address)).one()
    found = re.search(r"http://hub\.example\.org(/forget-me/\S+)", readable(mail.raw))
    assert found
    return found[1]


def contacts(group: Group) -> int:
    with scope(group.firm.id):
        return group.session.scalar(select(func.count()).select_from(Contact)) or 0


def test_the_answer_is_the_same_for_everybody(known: Group, client: FlaskClient) -> None:
    told = set()
    for address in (ZORA, "nobody@example.com"):
        answer = client.post("/forget-me", data={"email": address}, follow_redirects=True)
        told.add((answer.status_code, re.sub(r'nonce="[^"]*"|value="[^"]*"', "", answer.text)))
        assert address not in answer.text
    assert len(told) == 1
    assert link_in(known, "nobody@example.com")


def test_looking_changes_nothing_and_the_button_forgets_for_good(
    known: Group, client: FlaskClient
) -> None:
    client.post("/forget-me", data={"email": ZORA})
    link = link_in(known, ZORA)
    assert "zora" not in link
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    queue().drain()
    assert contacts(known) == 2
    for _ in range(2):  # pressed twice
        assert client.post(link).status_code == 303
        queue().drain()
    assert contacts(known) == 0
    assert suppressed(ZORA) == "never"
    assert ledger.holds("address", ZORA)
    with time_machine.travel(now() + dt.timedelta(days=8), tick=False):
        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404


@pytest.mark.parametrize("sealed", ["x", "done2", "gAAAAABm"])
def test_a_made_up_link_opens_nothing(client: FlaskClient, sealed: str) -> None:
    assert client.get(f"/forget-me/{sealed}").status_code == 404


def test_what_is_no_address_is_told_at_the_field(client: FlaskClient) -> None:
    answer = client.post("/forget-me", data={"email": "zora at home"})
    assert answer.status_code == 422
    assert "zora at home" in answer.text


def test_an_admin_forgets_by_name_and_company_with_care(
    known: Group, make_member: Any, sign_in: Any
) -> None:
    with scope(known.firm.id):
        add_contact(
            known.actor("ada"), ContactDraft("Quinn", "Quill", company="Shell plc", url="in/quinn")
        )
        known.session.commit()
        desk = known.clients()
        sign_in(desk, make_member("Max Admin", role="admin"))
    page = f"/f/{known.firm.slug}/console/strangers"
    assert desk.post(page, data={"name": "Quinn", "company": "Shell"}).status_code == 422
    for company in ("Shell", "Unheard-of Ltd"):  # the same answer, whether anybody has them or not
        answer = desk.post(page, data={"name": "quinn quill", "company": company})
        assert answer.status_code == 303
    queue().drain()
    assert contacts(known) == 2
    assert known.client("ben").get(page).status_code == 403

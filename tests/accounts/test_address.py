"""Changing the address that one signs in with and gets mails at."""

import email
import email.policy
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.mail.models import AccountMail
from fixtures_accounts import SomebodyAtSignIn

Somebody = Callable[..., SomebodyAtSignIn]
NEW = "ana.new@example.org"


@pytest.fixture
def ana(somebody: Somebody) -> SomebodyAtSignIn:
    one = somebody(name="Ana")
    one.password()
    return one


def link_to(ana: SomebodyAtSignIn, address: str) -> str:
    """Return the path in the mail to an address."""
    raw = ana.session.scalars(select(AccountMail.raw).where(AccountMail.to_address == address))
    message = email.message_from_bytes(raw.one(), policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()
    return re.search(r"http://hub\.example\.org(\S+)", text).group(1)


def ask(ana: SomebodyAtSignIn, address: str = NEW) -> str:
    answer = ana.client.post("/account/address/", data={"address": address})
    assert answer.status_code == 303
    return link_to(ana, address)


def test_the_button_behind_the_link_changes_it_and_the_old_address_is_told(
    ana: SomebodyAtSignIn, session: Session
) -> None:
    old = ana.person.email
    link = ask(ana, "Ana.NEW@example.org ".strip().lower())
    assert "example" not in link
    for _ in range(2):
        assert ana.client.get(link).status_code == 200
        assert ana.client.head(link).status_code == 200
    assert session.scalar(select(Person.email).where(Person.id == ana.person.id)) == old
    assert ana.client.post(link).status_code == 303
    assert session.scalar(select(Person.email).where(Person.id == ana.person.id)) == NEW
    told = session.scalars(select(AccountMail).where(AccountMail.to_address == old)).all()
    assert [mail.kind for mail in told] == ["safety_notice"]
    assert ana.is_in()
    assert ana.client.post(link).status_code == 404  # good once


def test_a_link_is_good_for_its_owner_alone(ana: SomebodyAtSignIn, somebody: Somebody) -> None:
    link = ask(ana)
    other = somebody()
    assert other.client.get(link).status_code == 302
    other.password()
    assert other.client.get(link).status_code == 404
    assert other.client.post(link).status_code == 404
    assert ana.client.get("/account/address/made-up").status_code == 404


def test_a_link_does_not_pass_on_with_the_old_address(
    ana: SomebodyAtSignIn, somebody: Somebody, session: Session
) -> None:
    link, old = ask(ana), ana.person.email
    ana.person.email = "ana.elsewhere@example.org"
    session.flush()
    other = somebody()
    other.password()
    other.person.email = old
    session.commit()
    assert other.client.post(link).status_code == 404


def test_whether_an_address_is_taken_is_not_said(
    ana: SomebodyAtSignIn, somebody: Somebody, session: Session
) -> None:
    taken = somebody().person.email
    told = []
    for address in (taken, NEW):
        answer = ana.client.post(
            "/account/address/", data={"address": address}, follow_redirects=True
        )
        told.append(answer.text.replace(address, "X"))
    assert "A mail is on its way to X" in told[0]
    assert told[0].split("A mail is")[1][:60] == told[1].split("A mail is")[1][:60]
    count = select(func.count()).where(AccountMail.to_address == taken)
    assert session.scalar(count) == 0


def test_an_address_that_was_taken_meanwhile_changes_nothing(
    ana: SomebodyAtSignIn, somebody: Somebody, session: Session
) -> None:
    link = ask(ana)
    somebody().person.email = NEW
    session.commit()
    assert ana.client.post(link).status_code == 404
    assert session.scalar(select(Person.email).where(Person.id == ana.person.id)) != NEW


def test_what_is_no_address_is_shown_again(ana: SomebodyAtSignIn) -> None:
    answer = ana.client.post("/account/address/", data={"address": "ana at home"})
    assert answer.status_code == 422
    assert "ana at home" in answer.text

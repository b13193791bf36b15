"""A member's own list: by hand, found again, rated, deleted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.companies.operations import identify_many
from coachhub.contacts.imports import jobs
from coachhub.contacts.models import Contact, ContactImport
from coachhub.contacts.operations import follow
from coachhub.core.db import db
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import suppress
from contacts.pages.connections import linkedin

Contacts = Callable[[Membership], dict[str, Contact]]
Take = Callable[..., str]
ROWS = (
    "Jörg,Groß,https://example.org/1,,Reed Ltd,Buyer,04 Mar 2024",
    "Bo,Lind,https://example.org/2,bo@example.org,Reed Ltd,Nurse,12 Jan 2019",
    "Chi,Okafor,https://example.org/3,,Moss,Analyst,12 Jan 2020",
)


@pytest.fixture
def book(member: Membership, take: Take) -> Membership:
    take(linkedin(*ROWS))
    return member


def names(page: str) -> set[str]:
    return {name for name in ("Jörg Groß", "Bo Lind", "Chi Okafor") if f">{name}<" in page}


def test_an_empty_book_says_what_is_promised_and_how_to_begin(
    client: FlaskClient, member: Membership, base: str, firm: Firm
) -> None:
    del member
    page = client.get(base).text
    assert "Nobody but you sees who you know" in page
    assert f"{base}/bring" in page
    assert f"{base}/new" in page
    assert "My contacts" in page
    assert "Get a copy of your data" in client.get(f"{base}/bring").text
    assert f"{base}/bring" in client.get(f"/f/{firm.slug}/").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=gross", {"Jörg Groß"}),
        ("q=jorg+gro", {"Jörg Groß"}),
        ("q=reed", {"Jörg Groß", "Bo Lind"}),
        ("q=analyst", {"Chi Okafor"}),
        ("q=100%25", set()),
        ("company=Moss", {"Chi Okafor"}),
        ("q=lind&company=Moss", set()),
        ("strength=3", {"Bo Lind"}),
        ("strength=none", {"Jörg Groß"}),
        ("strength=together", {"Chi Okafor"}),
        ("strength=hidden", {"Chi Okafor"}),
        ("page=99", set()),
        ("page=x&strength=y", {"Jörg Groß", "Bo Lind", "Chi Okafor"}),
    ],
)
def test_the_list_is_searched_and_filtered(
    client: FlaskClient,
    book: Membership,
    base: str,
    contacts_of: Contacts,
    asked: str,
    found: set[str],
) -> None:
    there = contacts_of(book)
    for name, say in (("Bo Lind", "3"), ("Chi Okafor", "together"), ("Chi Okafor", "hide")):
        client.post(f"{base}/many", data={"contact": str(there[name].id), "say": say})
    assert names(client.get(f"{base}?{asked}").text) == found


def test_somebody_is_written_in_changed_and_deleted(
    client: FlaskClient, member: Membership, base: str, contacts_of: Contacts
) -> None:
    empty = client.post(f"{base}/new", data={"company": "Reed", "strength": "2"})
    assert empty.status_code == 422
    assert "Please write a name or a mail address" in empty.text
    assert 'value="Reed"' in empty.text
    wrong = client.post(f"{base}/new", data={"first_name": "Ada", "url": "javascript:alert(1)"})
    assert wrong.status_code == 422
    typed = {
        "first_name": "Ada",
        "last_name": "Winter",
        "company": "Reed  Ltd",
        "strength": "2",
        "worked_together": "y",
        "note": "from the choir",
    }
    assert client.post(f"{base}/new", data=typed).status_code == 303
    ada = contacts_of(member)["Ada Winter"]
    assert (ada.company_name, ada.strength, ada.worked_together) == ("Reed Ltd", 2, True)
    assert ada.company_id is not None
    twice = client.post(f"{base}/new", data=typed)
    assert twice.status_code == 422
    assert "You have this person already" in twice.text
    assert f"{base}/{ada.id}" in twice.text
    assert "from the choir" in client.get(f"{base}/{ada.id}").text
    moved = typed | {"company": "Moss", "strength": "", "email": "ada@example.org"}
    assert client.post(f"{base}/{ada.id}", data=moved).status_code == 303
    after = contacts_of(member)["Ada Winter"]
    assert after.id == ada.id
    assert (after.company_name, after.strength) == ("Moss", None)
    assert after.company_id != ada.company_id
    client.post(f"{base}/new", data=typed)
    other = next(one for one in contacts_of(member).values() if one.company_name == "Reed Ltd")
    clash = client.post(f"{base}/{other.id}", data=moved)
    assert clash.status_code == 422
    client.post(f"{base}/{other.id}/delete")
    client.post(f"{base}/{ada.id}/delete")
    assert contacts_of(member) == {}


def test_many_are_rated_at_once(
    client: FlaskClient, book: Membership, base: str, contacts_of: Contacts
) -> None:
    client.post(f"{base}/many", data={"q": "reed", "all": "yes", "say": "2"})
    there = contacts_of(book)
    assert [there[name].strength for name in ("Jörg Groß", "Bo Lind", "Chi Okafor")] == [2, 2, None]
    for data in ({"say": "3"}, {"contact": str(there["Bo Lind"].id), "say": "9"}, {"contact": "x"}):
        assert client.post(f"{base}/many", data=data).status_code == 303
    assert contacts_of(book)["Bo Lind"].strength == 2
    client.post(f"{base}/all/delete")
    assert contacts_of(book) == {}


def test_the_rating_page_goes_on_with_those_left(
    client: FlaskClient, book: Membership, base: str, contacts_of: Contacts
) -> None:
    there = contacts_of(book)
    page = client.get(f"{base}/rate").text
    assert all(name in page for name in there)
    bo, chi = there["Bo Lind"].id, there["Chi Okafor"].id
    answer = client.post(f"{base}/rate", data={f"{bo}-strength": "3", f"{chi}-strength": "7"})
    assert answer.location == f"{base}/rate?passed=2"
    assert "You have looked at everybody" in client.get(answer.location).text
    rated = contacts_of(book)
    assert (rated["Bo Lind"].strength, rated["Chi Okafor"].strength) == (3, None)
    client.post(f"{base}/rate", data={f"{chi}-worked_together": "y"})
    assert contacts_of(book)["Chi Okafor"].worked_together


def test_contacts_follow_their_company(
    client: FlaskClient, book: Membership, contacts_of: Contacts, firm: Firm
) -> None:
    del client
    with scope(firm.id):
        other = identify_many(["Harbour Steel"])["Harbour Steel"]
        before = contacts_of(book)["Bo Lind"].company_id
        follow(before, other, ["Reed Ltd"])
        db.session.flush()
    there = contacts_of(book)
    assert there["Bo Lind"].company_id == other
    assert there["Chi Okafor"].company_id not in {other, before}


def test_who_asks_to_be_forgotten_is_forgotten(
    book: Membership, contacts_of: Contacts, firm: Firm
) -> None:
    suppress("Bo@example.org", "never")
    suppress("someone@example.org", "never")
    jobs.FORGET.run(firm.id)
    assert set(contacts_of(book)) == {"Jörg Groß", "Chi Okafor"}


def test_a_preview_that_nobody_takes_is_forgotten(
    client: FlaskClient,
    member: Membership,
    bring: Callable[..., object],
    firm: Firm,
    session: Session,
    last_import: Callable[[], ContactImport],
) -> None:
    del member
    where = bring(linkedin(*ROWS)).location
    jobs.FORGET.run(firm.id)
    assert client.get(where).status_code == 200
    with scope(firm.id):
        row = session.merge(last_import())
        row.created_at = row.created_at.replace(year=2020)
        session.commit()
    jobs.FORGET.run(firm.id)
    assert client.get(where).status_code == 404

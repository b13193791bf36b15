"""The same person is one contact, whichever way they came in and came in again."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from coachhub.contacts.models import Contact, ContactImport
from coachhub.firms.models import Membership
from contacts.pages.connections import linkedin

Take = Callable[..., str]
Contacts = Callable[[Membership], dict[str, Contact]]
TYPED = {"first_name": "Ada", "last_name": "Wínter", "company": "Reed Ltd", "strength": "3"}
LINK = "https://www.linkedin.com/in/ada"


def test_somebody_typed_and_then_imported_is_one(
    client: FlaskClient, member: Membership, base: str, take: Take, contacts_of: Contacts
) -> None:
    client.post(f"{base}/new", data=TYPED)
    client.post(f"{base}/new", data={"email": "BO@example.org", "strength": "2"})
    rows = (f"Ada,Winter,{LINK},,Reed,Buyer,", f"Bo,Lind,{LINK}-bo,bo@example.org,Moss,,")
    take(linkedin(*rows))
    there = contacts_of(member)
    assert set(there) == {"Ada Winter", "Bo Lind"}
    assert (there["Ada Winter"].url, there["Ada Winter"].strength) == (LINK, 3)
    assert there["Bo Lind"].strength == 2
    take(linkedin(*rows))
    assert set(contacts_of(member)) == {"Ada Winter", "Bo Lind"}
    again = client.post(f"{base}/new", data=TYPED)
    assert again.status_code == 422
    assert "You have this person already" in again.text


def test_a_file_with_less_finds_whom_a_file_with_more_brought(
    member: Membership, take: Take, contacts_of: Contacts, last_import: Callable[[], ContactImport]
) -> None:
    take(linkedin(f"Ada,Winter,{LINK},,Reed,Buyer,"))
    take(linkedin("Ada,Winter,,,Reed Ltd,Head Buyer,"))
    assert (last_import().added, last_import().updated) == (0, 1)
    ada = contacts_of(member)["Ada Winter"]
    assert (ada.url, ada.position) == (LINK, "Head Buyer")


def test_an_undo_parts_whom_an_import_found_by_name(
    client: FlaskClient, member: Membership, base: str, take: Take, contacts_of: Contacts
) -> None:
    client.post(f"{base}/new", data=TYPED)
    done = take(linkedin(f"Ada,Winter,{LINK},,Reed,Buyer,"))
    client.post(f"{done}/undo")
    (ada,) = contacts_of(member).values()
    assert (ada.full_name(), ada.url, ada.company_name) == ("Ada Wínter", "", "Reed Ltd")
    take(linkedin(f"Ada,Winter,{LINK},,Reed,Buyer,"))
    assert set(contacts_of(member)) == {"Ada Winter"}


def test_people_of_one_name_at_one_company_stay_apart(
    member: Membership, take: Take, last_import: Callable[[], ContactImport]
) -> None:
    del member
    take(linkedin(f"Ada,Winter,{LINK}-1,,Reed,,", f"Ada,Winter,{LINK}-2,,Reed,Nurse,"))
    assert last_import().added == 2
    take(linkedin(f"Ada,Winter,{LINK}-3,,Reed,,", "Ada,Winter,,ada@example.org,Reed,,"))
    assert last_import().added == 2

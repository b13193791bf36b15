"""An address book comes in through the page."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coachhub.contacts.imports import parts
from coachhub.contacts.models import Contact, ContactImport, ImportPart
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import suppress
from contacts.pages.connections import ZOO, linkedin

Bring = Callable[..., TestResponse]
Take = Callable[..., str]
Contacts = Callable[[Membership], dict[str, Contact]]


def test_a_real_file_goes_in(
    client: FlaskClient, member: Membership, bring: Bring, contacts_of: Contacts
) -> None:
    data = b"\xef\xbb\xbf" + linkedin(
        'Ada,Winter,https://www.linkedin.com/in/ada,,"Moss, Reed & Co.","Buyer, North",04 Mar 2024',
        "Bo,Lind,https://www.linkedin.com/in/bo,bo@example.org,,,12 Jan 2019",
        ",,,,,,",
        "Chi,Okafor,https://www.linkedin.com/in/chi,not an address,Reed,Nurse,01 Feb 2020",
    )
    answer = bring(data)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "LinkedIn connections" in page
    assert "Take in 2 people" in page
    assert "Moss, Reed &amp; Co." in page
    problems = client.get(f"{answer.location}?show=problems").text
    assert "Line 8" in problems
    assert contacts_of(member) == {}
    client.post(f"{answer.location}/choices", data={"then": "take"})
    done = client.get(answer.location).text
    assert "Your contacts are in" in done
    assert "Line 8" in done
    there = contacts_of(member)
    assert set(there) == {"Ada Winter", "Bo Lind"}
    assert there["Ada Winter"].company_name == "Moss, Reed & Co."
    assert there["Ada Winter"].company_id is not None
    assert there["Ada Winter"].connected_on.isoformat() == "2024-03-04"
    assert there["Bo Lind"].company_id is None


@pytest.mark.parametrize(
    "name", ["linkedin-german.csv", "linkedin-archive.zip", "google-new.csv", "linkedin-emoji.csv"]
)
def test_other_forms_go_in(
    member: Membership, take: Take, contacts_of: Contacts, name: str
) -> None:
    expected = json.loads((ZOO / f"{name}.json").read_text(encoding="utf-8"))["entries"]
    take((ZOO / name).read_bytes(), name)
    names = {
        f"{one.get('first_name', '')} {one.get('last_name', '')}".strip() or one["email"]
        for one in expected
    }
    assert set(contacts_of(member)) == names


def test_columns_are_asked_for_where_they_are_unknown(
    client: FlaskClient, member: Membership, bring: Bring, contacts_of: Contacts
) -> None:
    data = b"Wer,Wo,Was\nAda Winter,Reed,Buyer\nBo Lind,Moss,Nurse\n"
    where = client.get(bring(data, "mine.csv").location).location
    assert where.endswith("/columns")
    assert "Ada Winter" in client.get(where).text
    wrong = client.post(where, data={"company": "1"})
    assert wrong.status_code == 422
    assert "Choose which column holds the name" in wrong.text
    assert '<option selected value="1">Wo</option>' in wrong.text
    preview = client.post(where, data={"full_name": "0", "company": "1", "position": "2"})
    assert preview.status_code == 303
    client.post(f"{preview.location}/choices", data={"then": "take"})
    assert contacts_of(member)["Bo Lind"].company_name == "Moss"


def test_what_is_left_out_stays_out(
    client: FlaskClient, member: Membership, bring: Bring, contacts_of: Contacts
) -> None:
    rows = [
        f"P{n},Lind,https://example.org/{n},,{'Reed' if n % 2 else 'Moss'},," for n in range(60)
    ]
    where = bring(linkedin(*rows)).location
    first = 5  # the line of the first row
    client.post(f"{where}/choices", data={"show": "people", "page": 1, "out": [first, first + 1]})
    client.post(f"{where}/choices", data={"show": "people", "page": 3, "out": [first + 58]})
    kept = client.post(f"{where}/choices", data={"show": "companies", "out": ["Reed"]})
    page = client.get(where).text
    assert "Take in 28 people" in page  # of Moss's thirty, lines 5 and 63 are out
    assert kept.location.endswith("show=companies&page=1")
    # A line that is not on the page shown can't be left out from there.
    client.post(f"{where}/choices", data={"show": "people", "page": 3, "out": [first + 2]})
    client.post(f"{where}/choices", data={"show": "companies", "out": ["Reed"], "then": "take"})
    there = contacts_of(member)
    assert len(there) == 29
    assert {one.company_name for one in there.values()} == {"Moss"}
    assert "P0 Lind" not in there
    assert "P58 Lind" in there


def test_bringing_it_again_updates(
    client: FlaskClient, member: Membership, take: Take, contacts_of: Contacts
) -> None:
    take(
        linkedin(
            "Ada,Winter,https://www.linkedin.com/in/ada,ada@example.org,Reed,Buyer,04 Mar 2024",
            "Bo,Lind,,,Moss,Nurse,12 Jan 2019",
        )
    )
    before = contacts_of(member)
    ada = before["Ada Winter"]
    again = take(
        linkedin(
            "Ada,Winter,http://de.linkedin.com/in/ADA/,,Snow,Head Buyer,04 Mar 2024",
            "Bo,Lind,,,Moss,Nurse,12 Jan 2019",
            "Bo,Lind,,,Moss,Nurse,12 Jan 2019",
        )
    )
    there = contacts_of(member)
    assert len(there) == 2
    assert there["Ada Winter"].id == ada.id
    assert there["Ada Winter"].company_name == "Snow"
    assert there["Ada Winter"].company_id != ada.company_id
    assert there["Ada Winter"].email == "ada@example.org"  # the new file doesn't tell it
    page = client.get(again).text
    assert "Brought up to date" in page
    client.post(f"{again}/undo")
    restored = contacts_of(member)
    assert restored["Ada Winter"].company_name == "Reed"
    assert restored["Ada Winter"].company_id == ada.company_id
    assert restored["Ada Winter"].position == "Buyer"
    assert len(restored) == 2


def test_an_undone_import_leaves_nothing(
    client: FlaskClient,
    member: Membership,
    take: Take,
    contacts_of: Contacts,
    firm: Firm,
    session: Session,
) -> None:
    first = take(linkedin("Ada,Winter,https://example.org/ada,,Reed,Buyer,04 Mar 2024"))
    second = take(linkedin("Bo,Lind,https://example.org/bo,,Moss,Nurse,12 Jan 2019"))
    early = client.post(f"{first}/undo")
    assert early.status_code == 409
    assert "Undo the newer import first" in early.text
    client.post(f"{second}/undo")
    assert set(contacts_of(member)) == {"Ada Winter"}
    assert client.post(f"{second}/undo").status_code == 409
    client.post(f"{first}/undo")
    assert contacts_of(member) == {}
    with scope(firm.id):
        assert session.scalar(select(func.count()).select_from(ImportPart)) == 0


def test_what_the_owner_changed_since_outlives_an_undo(
    client: FlaskClient, member: Membership, base: str, take: Take, contacts_of: Contacts
) -> None:
    take(linkedin("Ada,Winter,https://example.org/ada,,Reed,Buyer,04 Mar 2024"))
    again = take(linkedin("Ada,Winter,https://example.org/ada,,Snow,Head Buyer,04 Mar 2024"))
    ada = contacts_of(member)["Ada Winter"]
    typed = {
        "first_name": "Ada",
        "last_name": "Winter",
        "company": "Snow",
        "position": "Director",
        "url": "https://example.org/ada",
        "strength": "3",
    }
    assert client.post(f"{base}/{ada.id}", data=typed).status_code == 303
    client.post(f"{again}/undo")
    ada = contacts_of(member)["Ada Winter"]
    assert (ada.company_name, ada.position, ada.strength) == ("Reed", "Director", 3)


def test_a_cancelled_preview_leaves_nothing(
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    contacts_of: Contacts,
    firm: Firm,
    session: Session,
) -> None:
    where = bring(linkedin("Ada,Winter,,,Reed,,")).location
    assert client.post(f"{where}/cancel").status_code == 303
    assert contacts_of(member) == {}
    with scope(firm.id):
        assert session.scalar(select(func.count()).select_from(ImportPart)) == 0
    assert "This import was cancelled" in client.get(where).text
    late = client.post(f"{where}/choices", data={"then": "take"}, follow_redirects=True)
    assert "taken in or dropped already" in late.text
    assert contacts_of(member) == {}


def test_people_who_asked_are_not_kept(
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    contacts_of: Contacts,
    firm: Firm,
    session: Session,
    base: str,
    last_import: Callable[[], ContactImport],
) -> None:
    suppress("ADA@example.org", "never")
    suppress("bo@example.org", "bounced")
    where = bring(
        linkedin("Ada,Winter,,ada@example.org,Reed,,", "Bo,Lind,,bo@example.org,Moss,,")
    ).location
    page = client.get(where).text
    assert "Asked not to be kept" in page
    assert "Winter" not in page
    with scope(firm.id):
        assert "Winter" not in str(parts.rows_of(last_import().id, 0))
    suppress("bo2@example.org", "never")
    client.post(f"{where}/choices", data={"then": "take"})
    assert set(contacts_of(member)) == {"Bo Lind"}
    refused = client.post(f"{base}/new", data={"first_name": "Bo", "email": "bo2@example.org"})
    assert refused.status_code == 422
    assert "asked not to be kept" in refused.text
    assert 'value="bo2@example.org"' in refused.text
    del session


def test_a_file_that_cannot_be_read_is_told(
    client: FlaskClient, member: Membership, bring: Bring, base: str, contacts_of: Contacts
) -> None:
    nothing = client.post(f"{base}/bring", data={})
    assert nothing.status_code == 422
    assert "Please choose a file first" in nothing.text
    bad = bring(b"%PDF-1.7 nothing", "cv.pdf")
    assert bad.status_code == 422
    assert "“cv.pdf” is a PDF" in bad.text
    assert contacts_of(member) == {}


def test_an_unreadable_file_leaves_the_earlier_preview(
    client: FlaskClient, member: Membership, bring: Bring
) -> None:
    where = bring(linkedin("Ada,Winter,,,Reed,,")).location
    assert bring(b"\x00\x01", "x.bin").status_code == 422
    assert "Take in 1 person" in client.get(where).text
    del member

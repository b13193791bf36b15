"""Whose contacts they are: the owner's, and nobody else ever learns who is in them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coachhub.cohorts.models import Cohort
from coachhub.contacts.models import Contact, ContactImport, ImportPart
from coachhub.core.access import platform
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.operations import end_membership, suspend
from contacts.pages.connections import linkedin

Take = Callable[..., str]
SignIn = Callable[[FlaskClient, Membership], None]
NAMES = ("Zebulon", "Quillfeather", "zq@example.org", "example.org/zq")
BOOK = linkedin("Zebulon,Quillfeather,https://example.org/zq,zq@example.org,Reed,Buyer,04 Mar 2024")


@pytest.fixture
def cohort(make_cohort: Callable[..., Cohort]) -> Cohort:
    return make_cohort()


@pytest.fixture
def owner(
    client: FlaskClient, make_member: Callable[..., Membership], sign_in: SignIn, cohort: Cohort
) -> Membership:
    made = make_member("Mona", cohorts=(cohort,))
    sign_in(client, made)
    return made


def addresses(base: str, contact: Contact, imported: str) -> list[tuple[str, str]]:
    one = f"{base}/{contact.id}"
    return [
        ("GET", one),
        ("POST", one),
        ("POST", f"{one}/delete"),
        ("GET", imported),
        ("GET", f"{imported}?show=problems"),
        ("GET", f"{imported}/columns"),
        ("POST", f"{imported}/choices"),
        ("POST", f"{imported}/cancel"),
        ("POST", f"{imported}/undo"),
    ]


@pytest.mark.parametrize("who", ["member", "coach", "admin", "other firm"])
def test_to_everybody_else_a_contact_does_not_exist(
    app: Flask,
    client: FlaskClient,
    base: str,
    owner: Membership,
    take: Take,
    bring: Callable[..., TestResponse],
    contacts_of: Callable[[Membership], dict[str, Contact]],
    make_member: Callable[..., Membership],
    make_firm: Callable[..., Firm],
    sign_in: SignIn,
    cohort: Cohort,
    who: str,
) -> None:
    done = take(BOOK)
    waiting = bring(BOOK).location
    contact = contacts_of(owner)["Zebulon Quillfeather"]
    stranger = app.test_client()
    role = who if who in {"coach", "admin"} else "member"
    if who == "other firm":
        sign_in(stranger, make_member("Otto", firm=make_firm()))
    else:
        sign_in(stranger, make_member("Otto", role=role, cohorts=(cohort,)))
    for imported in (done, waiting):
        for method, address in addresses(base, contact, imported):
            answer = stranger.open(address, method=method, data={"then": "take"})
            assert answer.status_code == 404, (method, address)
            assert not any(name in answer.text for name in NAMES)
    many = {"contact": str(contact.id), "say": "3"}
    stranger.post(f"{base}/many", data=many)
    stranger.post(f"{base}/all/delete")
    kept = contacts_of(owner)["Zebulon Quillfeather"]
    assert kept.strength is None
    assert "Zebulon" in client.get(f"{base}/{contact.id}").text


@pytest.mark.parametrize("role", ["member", "coach", "admin"])
def test_no_page_of_somebody_else_holds_a_name(
    app: Flask,
    base: str,
    owner: Membership,
    take: Take,
    make_member: Callable[..., Membership],
    sign_in: SignIn,
    cohort: Cohort,
    firm: Firm,
    role: str,
) -> None:
    del owner
    take(BOOK)
    stranger = app.test_client()
    sign_in(stranger, make_member("Otto", role=role, cohorts=(cohort,)))
    group = f"/f/{firm.slug}/c/{cohort.slug}"
    seen = 0
    for address in [
        base,
        f"{base}?q=Zebulon",
        f"{base}/rate",
        f"{base}/imports",
        f"/f/{firm.slug}/",
        f"{group}/",
        f"{group}/board",
        f"{group}/people",
        f"/f/{firm.slug}/companies/?q=e",
    ]:
        answer = stranger.get(address)
        seen += answer.status_code == 200
        words = answer.text.replace("q=Zebulon", "").replace('value="Zebulon"', "")
        assert not any(name in words for name in NAMES), address
    assert seen >= 4


def test_the_database_holds_no_name_in_clear(
    owner: Membership, take: Take, bring: Callable[..., TestResponse], session: Session, firm: Firm
) -> None:
    del owner
    take(BOOK)
    broken = linkedin("Zebulon,Quillfeather,,not an address zq@example.org,Reed,,")
    assert bring(broken, "Zebulon Quillfeather.csv").status_code == 303
    with scope(firm.id):
        tables = ("contacts_contact", "contacts_import", "contacts_import_part")
        rows = [
            str(row).lower()
            for table in tables
            # The rows as they stand, not as the models read them.
            for row in session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - names from above
        ]
    assert len(rows) >= 5
    for name in ("zebulon", "quillfeather", "zq@"):
        assert not any(name in row or name.encode().hex() in row for row in rows)


def test_a_leaver_takes_everything_along(
    client: FlaskClient,
    owner: Membership,
    make_member: Callable[..., Membership],
    sign_in: SignIn,
    take: Take,
    bring: Callable[..., TestResponse],
    session: Session,
    firm: Firm,
) -> None:
    take(BOOK)
    bring(BOOK)
    other = make_member("Nia")
    sign_in(client, other)
    take(BOOK)
    with scope(firm.id):
        membership = session.merge(owner)
        suspend(platform("test"), membership, "a look")
        assert owned(session, Contact, owner) == 1
        end_membership(platform("test"), membership)
        session.flush()
        for model in (Contact, ContactImport):
            assert owned(session, model, owner) == 0
        assert owned(session, Contact, other) == 1
        kept = select(func.count()).select_from(ImportPart)
        mine = select(ContactImport.id).where(ContactImport.owner_id == other.id)
        assert session.scalar(kept.where(ImportPart.import_id.not_in(mine))) == 0


def owned(session: Session, model: type[Contact | ContactImport], owner: Membership) -> int:
    return session.scalar(select(func.count()).select_from(model).where(model.owner_id == owner.id))

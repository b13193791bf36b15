"""The contact card: for its owner, for whoever has the link, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from coachhub.contacts.models import Contact
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.errors import NotFoundError
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub.mail.models import FirmMail
from coachhub_contact_card import joins, operations
from coachhub_contact_card.joins import member_left
from coachhub_contact_card.models import Card, Visitor
from coachhub_contact_card.operations import CardDraft
from fixtures_circle import words_of

DESK = Actor(label="Test")
WRITTEN = {
    "name": "Ana Bell",
    "hook": "I make old plants run quietly; <b>really</b>",
    "looking_for": "Plant manager, north",
    "email": "ana@example.org",
    "phone": "+49 30 5550",
    "link": "https://example.org/ana",
    "is_public": "y",
}
LEFT = {"name": "Otto", "email": "otto@example.com", "message": "Call me", "consent": "y"}


TRAP = (
    "I have a job for you. Registration costs 90 euros: pay it in gift cards and send a copy of"
    " your passport and your bank login to my Telegram."
)


@pytest.fixture
def member(
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
) -> Membership:
    member = make_member("Ana Bell")
    sign_in(client, member)
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["contact_card"])
        session.commit()
    return member


@pytest.fixture
def page(firm: Firm) -> str:
    return f"/f/{firm.slug}/contact_card/"


@pytest.fixture
def public(client: FlaskClient, member: Membership, page: str) -> str:
    """Return the address of a card that is public."""
    del member
    answer = client.post(page, data=WRITTEN, follow_redirects=True)
    return re.search(rf'href="[^"]*?({re.escape(page)}c/[^"]+)"', answer.text).group(1)


def visitor(client: FlaskClient) -> FlaskClient:
    return client.application.test_client()


def test_looking_at_it_makes_no_card(
    client: FlaskClient, member: Membership, page: str, firm: Firm, session: Session
) -> None:
    del member
    shown = client.get(page)
    assert shown.status_code == 200
    assert 'value="Ana Bell"' in shown.text
    assert client.get(f"{page}qr.svg").status_code == 404
    with scope(firm.id):
        assert session.scalar(select(func.count()).select_from(Card)) == 0


def test_a_visitor_sees_the_card_and_its_text_as_text(client: FlaskClient, public: str) -> None:
    shown = visitor(client).get(public)
    assert shown.status_code == 200
    assert "I make old plants run quietly; &lt;b&gt;really&lt;/b&gt;" in shown.text
    assert shown.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert shown.headers["Cache-Control"] == "no-store, private"


def test_the_vcard_is_one_and_cannot_be_broken_out_of(
    client: FlaskClient, member: Membership, page: str
) -> None:
    del member
    name = "Bell; Ana,\\ the one"
    answer = client.post(page, data=WRITTEN | {"name": name}, follow_redirects=True)
    where = re.search(rf'href="[^"]*?({re.escape(page)}c/[^"]+)"', answer.text).group(1)
    card = visitor(client).get(f"{where}/card.vcf")
    lines = card.text.split("\r\n")
    assert card.mimetype == "text/vcard"
    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "FN:Bell\\; Ana\\,\\\\ the one"]
    assert lines[-2:] == ["END:VCARD", ""]


def test_the_code_leads_to_the_card(client: FlaskClient, public: str, page: str) -> None:
    del public
    code = client.get(f"{page}qr.svg")
    assert code.mimetype == "image/svg+xml"
    assert code.text.startswith("<svg")


def test_details_are_left_with_a_yes_only_and_their_owner_is_told(
    client: FlaskClient, public: str, page: str, firm: Firm, session: Session
) -> None:
    without = {name: value for name, value in LEFT.items() if name != "consent"}
    refused = visitor(client).post(public, data=without)
    assert refused.status_code == 422
    assert "Without your yes we do not pass anything on." in refused.text
    assert 'value="otto@example.com"' in refused.text
    assert "Ana Bell has a mail" in visitor(client).post(public, data=LEFT).text
    with scope(firm.id):
        [mail] = session.scalars(select(FirmMail).where(FirmMail.kind == "contact_card-visitor"))
        assert b"otto@example.com" in mail.raw
        assert audit.entries()[0].action == "contact_card.details_left"
        raw = session.connection().exec_driver_sql("SELECT email FROM contact_card_visitor")
        assert all(b"otto" not in bytes(email) for (email,) in raw)
    assert "otto@example.com" in client.get(page).text


def test_a_new_link_ends_the_old_one(client: FlaskClient, public: str, page: str) -> None:
    client.post(f"{page}new-link")
    assert visitor(client).get(public).status_code == 404


def test_a_card_switched_off_shows_nothing(client: FlaskClient, public: str, page: str) -> None:
    client.post(page, data=WRITTEN | {"is_public": ""})
    for where in (public, f"{public}/card.vcf"):
        assert visitor(client).get(where).status_code == 404


def test_bad_input_is_said_at_the_field_and_kept(
    client: FlaskClient, member: Membership, page: str
) -> None:
    del member
    answer = client.post(page, data=WRITTEN | {"email": "ana", "link": "javascript:alert(1)"})
    assert answer.status_code == 422
    assert "This is not a mail address." in answer.text
    assert "begin with https://" in answer.text
    assert "+49 30 5550" in answer.text


def test_nobody_else_forgets_what_was_left(
    client: FlaskClient,
    public: str,
    page: str,
    firm: Firm,
    session: Session,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
) -> None:
    visitor(client).post(public, data=LEFT)
    with scope(firm.id):
        left = session.scalars(select(Visitor.id)).one()
    other = client.application.test_client()
    sign_in(other, make_member())
    other.post(page, data=WRITTEN)
    assert other.post(f"{page}visitors/{left}/forget").status_code == 404
    assert client.post(f"{page}visitors/{left}/forget").status_code == 303
    assert "otto@example.com" not in client.get(page).text


def test_a_leavers_card_goes(
    public: str, client: FlaskClient, member: Membership, firm: Firm, session: Session
) -> None:
    with scope(firm.id):
        member.state = "left"
        member_left(member)
        session.commit()
        assert session.scalar(select(func.count()).select_from(Card)) == 0
    assert visitor(client).get(public).status_code == 404


def test_who_left_their_details_can_become_a_contact(
    client: FlaskClient, public: str, firm: Firm, session: Session, member: Membership
) -> None:
    bring = f"/f/{firm.slug}/contacts/bring"
    assert "From your contact card" not in client.get(bring).text
    assert client.post(f"{bring}/contact_card").status_code == 404
    visitor(client).post(public, data=LEFT)
    assert "One person left their details there" in client.get(bring).text
    preview = client.post(f"{bring}/contact_card", follow_redirects=True)
    assert "Otto" in preview.text
    with scope(firm.id):
        assert session.scalar(select(func.count(Contact.id))) == 0
        taken = {one.name: one.rows for one in joins.export(member)}
    assert taken["contact_card_visitors"][0]["email"] == "otto@example.com"
    assert taken["contact_card"][0]["name"] == "Ana Bell"


def test_a_trap_is_let_through_with_a_word_to_its_reader(
    client: FlaskClient, public: str, page: str, session: Session, firm: Firm
) -> None:
    visitor(client).post(public, data=LEFT)
    assert "often a trap" not in client.get(page).text
    visitor(client).post(public, data={**LEFT, "name": "Rex", "message": TRAP})
    assert client.get(page).text.count("often a trap") == 1
    with scope(firm.id):
        mails = session.scalars(select(FirmMail).where(FirmMail.kind == "contact_card-visitor"))
        assert sorted("often a trap" in " ".join(words_of(mail).split()) for mail in mails) == [
            False,
            True,
        ]


def test_a_card_is_its_owners_to_write_and_to_renew(
    member: Membership, make_member: Callable[..., Membership], firm: Firm
) -> None:
    other = acting(make_member("Otto"))
    with scope(firm.id):
        card = operations.first_card(member)
        operations.write_card(acting(member), card, CardDraft("Ana Bell"))
        operations.renew_link(acting(member), card)
        before = card.token
        with pytest.raises(NotFoundError):
            operations.renew_link(other, card)
        with pytest.raises(NotFoundError):
            operations.write_card(other, card, CardDraft("Otto"))
        assert (card.token, card.name) == (before, "Ana Bell")


def test_a_card_is_gone_while_its_owner_is_suspended(
    member: Membership, session: Session, firm: Firm
) -> None:
    with scope(firm.id):
        card = operations.first_card(member)
        operations.write_card(acting(member), card, CardDraft("Ana Bell", is_public=True))
        operations.renew_link(acting(member), card)
        assert operations.public_card(card.token).id == card.id
        mine = update(Membership).where(Membership.id == member.id)
        session.execute(mine.values(state="suspended"))
        with pytest.raises(NotFoundError):
            operations.public_card(card.token)

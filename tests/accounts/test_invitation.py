"""From the invitation's link into the firm: somebody new, and somebody who is here already."""

import email
import email.policy
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.invitations import Invitee, invite
from coachhub.firms.models import Firm
from coachhub.mail.models import FirmMail
from coachhub.permissions import Standing
from fixtures_accounts import PASSWORD, SomebodyAtSignIn

Somebody = Callable[..., SomebodyAtSignIn]


@pytest.fixture
def link(session: Session, make_firm: Callable[..., Firm]) -> Callable[[str], str]:
    """Invite an address to a second firm; return the path in the mail."""

    def make(address: str) -> str:
        firm = make_firm()
        desk = Actor("Desk", standings=frozenset({Standing.STAFF}))
        with scope(firm.id):
            invite(desk, Invitee(address))
            session.commit()
            raw = session.scalars(select(FirmMail.raw)).one()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        text = mail.get_body(("plain",)).get_content()
        return re.search(r"http://hub\.example\.org(/f/\S+/join/\S+)", text).group(1)

    return make


def test_somebody_new_joins(client: FlaskClient, link: Callable[[str], str]) -> None:
    path = link("new@example.org")
    assert client.get(path).status_code == 200
    refused = client.post(path, data={"name": "Ned New", "password": "short"})
    assert refused.status_code == 422
    assert "Ned New" in refused.text
    joined = client.post(path, data={"name": "Ned New", "password": PASSWORD})
    assert joined.status_code == 303
    assert client.get(joined.headers["Location"]).status_code == 200
    assert client.get("/account/").status_code == 200


def test_somebody_who_is_here_signs_in_and_joins(
    somebody: Somebody, link: Callable[[str], str]
) -> None:
    ana = somebody()
    path = link(ana.person.email)
    page = ana.client.get(path).text
    way = re.search(r'href="(/account/login\?next=[^"]+)"', page).group(1)
    form = ana.client.get(way).text
    wanted = re.search(r'name="next"[^>]*value="([^"]+)"', form).group(1)
    assert wanted == path
    assert ana.password(next=wanted).headers["Location"] == path
    assert "Join" in ana.client.get(path).text
    joined = ana.client.post(path)
    assert joined.status_code == 303
    assert ana.client.get(joined.headers["Location"]).status_code == 200


def test_with_a_mailed_code_too(somebody: Somebody, link: Callable[[str], str]) -> None:
    ana = somebody()
    path = link(ana.person.email)
    asked = {"identity": ana.person.email, "next": path}
    page = ana.client.post("/account/us-signin/send-code", data=asked).text
    assert re.search(r'name="next"[^>]*value="([^"]+)"', page).group(1) == path
    answer = ana.client.post("/account/us-signin", data=asked | {"passcode": ana.mailed_code()})
    assert answer.headers["Location"] == path


def test_another_person_cannot_take_it(somebody: Somebody, link: Callable[[str], str]) -> None:
    ana, ben = somebody(), somebody()
    path = link(ana.person.email)
    ben.password()
    assert "Sign out" in ben.client.get(path).text
    ben.client.post(path)
    assert ana.password().status_code == 302
    assert ana.client.post(path).status_code == 303

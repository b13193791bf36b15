"""The firm's mails for its admins, and the firm's own signed sender."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dkim
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core import resolver
from coachhub.core.audit import AuditEntry
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail, SenderKey
from coachhub.mail.suppression import suppress, suppressed


@pytest.fixture
def admin(client: FlaskClient, make_member: Callable[..., Membership], sign_in: Any) -> FlaskClient:
    sign_in(client, make_member("Ada Admin", role="admin"))
    return client


@pytest.fixture
def put(session: Session, firm: Firm) -> Callable[..., Any]:
    def make(once: str, state: str, **columns: Any) -> Any:
        with scope(firm.id):
            made = FirmMail(
                kind="introduced",
                to_address=f"{once}@example.org",
                subject=f"About {once}",
                message_id=f"<{once}@example.org>",
                raw=b"Subject: Hello\r\nFrom: a@example.org\r\n\r\nFor Mia's eyes alone\r\n",
                once=once,
                state=state,
                **columns,
            )
            session.add(made)
            session.flush()
            return made.id

    return make


def state(firm: Firm, once: str) -> str:
    with scope(firm.id):
        return db.session.scalars(select(FirmMail.state).where(FirmMail.once == once)).one()


def test_the_page_says_what_became_of_every_mail(
    admin: FlaskClient, firm: Firm, put: Callable[..., Any]
) -> None:
    put("went", "sent", sent_at=now())
    put("held", "withheld", reason="never")
    put("gone", "failed", reason="550 5.1.1 Nobody here")
    put("lost", "in_doubt", reason="A worker stopped while this mail was on its way.")
    put("back", "sent", bounced="hard", reason="5.1.1 Unknown")
    page = admin.get(f"/f/{firm.slug}/console/mails/").get_data(as_text=True)
    for words in ("They asked to be left alone.", "Nobody here", "A worker stopped", "5.1.1 Unk"):
        assert words in page
    cells = page.split("Introduced</th>")[1].split("</tr>")[0]
    assert [c.split("</span>")[0] for c in cells.split("<span>")[1:]] == list("5201111")


@pytest.mark.parametrize(("step", "ends"), [("again", "waiting"), ("leave", "failed")])
def test_a_mail_in_doubt_is_decided_once(
    admin: FlaskClient, session: Session, firm: Firm, put: Any, step: str, ends: str
) -> None:
    mail_id = put("lost", "in_doubt")
    session.commit()
    address = f"/f/{firm.slug}/console/mails/{mail_id}"
    assert admin.get(f"{address}/{step}").status_code == 405
    assert state(firm, "lost") == "in_doubt"
    assert admin.post(f"{address}/{step}").status_code == 303
    assert state(firm, "lost") == ends
    assert admin.post(f"{address}/{step}").status_code == 409
    with scope(firm.id):
        actions = session.scalars(select(AuditEntry.action)).all()
    assert [one for one in actions if one.startswith("mail.")] == [
        {"again": "mail.sent_again", "leave": "mail.left"}[step]
    ]


def test_the_text_of_a_mail_is_for_its_reader_alone(
    admin: FlaskClient, session: Session, firm: Firm, put: Any
) -> None:
    mail_id = put("went", "sent")
    session.commit()
    page = admin.get(f"/f/{firm.slug}/console/mails/{mail_id}").get_data(as_text=True)
    assert "A mail to somebody outside: introduced" in page
    assert "eyes alone" not in page


def test_an_address_that_came_back_can_be_written_to_again(
    admin: FlaskClient, session: Session, firm: Firm, put: Any
) -> None:
    mail_id = put("back", "sent", bounced="hard")
    suppress("back@example.org", "bounced")
    session.commit()
    admin.post(f"/f/{firm.slug}/console/mails/{mail_id}/lift")
    assert suppressed("back@example.org") == ""


def test_an_admin_sends_a_test(admin: FlaskClient, session: Session, firm: Firm) -> None:
    assert admin.post(f"/f/{firm.slug}/console/mails/test").status_code == 303
    with scope(firm.id):
        [mail] = session.scalars(select(FirmMail))
    assert (mail.kind, mail.state) == ("test", "waiting")


class Domain:
    """Name servers of a made-up domain."""

    def __init__(self) -> None:
        self.records: dict[str, list[str] | None] = {}

    def texts(self, name: str) -> list[str] | None:
        return self.records.get(name, [])


@pytest.fixture
def domain(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Domain:
    made = Domain()
    monkeypatch.setitem(app.extensions, resolver.KEY, made)
    return made


def test_a_firms_mails_are_signed_and_its_records_checked(
    admin: FlaskClient, session: Session, firm: Firm, domain: Domain
) -> None:
    base = f"/f/{firm.slug}/console/mails"
    assert admin.post(f"{base}/sender", data={"address": "no address"}).status_code == 422
    bad = {"address": "hello@firm.example.com", "private_key": "nonsense"}
    assert admin.post(f"{base}/sender", data=bad).status_code == 422
    assert admin.post(f"{base}/sender", data={"address": bad["address"]}).status_code == 303
    admin.post(f"{base}/test")
    with scope(firm.id):
        [mail] = session.scalars(select(FirmMail))
        [key] = session.scalars(select(SenderKey))
    public = key.public_key
    assert "PRIVATE KEY" in key.private_key
    record = f"v=DKIM1; k=rsa; p={public}".encode()

    def dns(_name: bytes, **_options: object) -> bytes:
        return record

    assert dkim.verify(mail.raw, dnsfunc=dns)
    assert not dkim.verify(
        mail.raw.replace(b"This is a test", b"This is no test"),
        dnsfunc=dns,
    )
    assert b"\r\nFrom: " in mail.raw
    assert b"<hello@firm.example.com>" in mail.raw
    assert "PRIVATE KEY" not in admin.get(f"{base}/sender").get_data(as_text=True)
    page = admin.post(f"{base}/sender/check").get_data(as_text=True)
    assert "PRIVATE KEY" not in page
    assert page.count("It is not there yet.") == 3
    domain.records = {
        "firm.example.com": ["v=spf1 a:mx ~all", "something else"],
        "coachhub._domainkey.firm.example.com": [f"v=DKIM1; k=rsa; p={public[:200]}{public[200:]}"],
        "_dmarc.firm.example.com": ["v=DMARC1; p=none"],
    }
    page = admin.post(f"{base}/sender/check").get_data(as_text=True)
    assert page.count("It is there.") == 3
    domain.records["firm.example.com"] = ["v=spf1 ~all", "v=spf1 -all"]
    domain.records["coachhub._domainkey.firm.example.com"] = ["v=DKIM1; p=other"]
    domain.records["_dmarc.firm.example.com"] = None
    page = admin.post(f"{base}/sender/check").get_data(as_text=True)
    for words in ("There are several", "It is another key.", "The domain did not answer."):
        assert words in page
    admin.post(f"{base}/sender/forget")
    with scope(firm.id):
        assert session.scalars(select(SenderKey)).all() == []


def test_members_and_coaches_do_not_see_the_mails(
    client: FlaskClient, firm: Firm, make_member: Any, sign_in: Any
) -> None:
    for role in ("member", "coach"):
        sign_in(client, make_member(role=role))
        assert client.get(f"/f/{firm.slug}/console/mails/").status_code == 403


@pytest.mark.parametrize("where", ["in_doubt", "failed", "back"])
def test_whom_members_know_outside_stays_theirs(
    admin: FlaskClient,
    session: Session,
    firm: Firm,
    put: Callable[..., Any],
    make_member: Callable[..., Membership],
    where: str,
) -> None:
    member = make_member("Mia Member")
    with scope(firm.id):
        inside = session.get_one(Person, member.person_id).email
    columns = {"in_doubt": {}, "failed": {}, "back": {"bounced": "hard", "sent_at": now()}}[where]
    how = "sent" if where == "back" else where
    outside = put("winnifred", how, reason="550 <winnifred@example.org> unknown", **columns)
    known = put("mia", how, reason="550 unknown", **columns)
    with scope(firm.id):
        session.execute(update(FirmMail).where(FirmMail.id == known).values(to_address=inside))
        session.commit()
    base = f"/f/{firm.slug}/console/mails/"
    for page in (base, f"{base}{outside}"):
        shown = admin.get(page).text
        assert "winnifred" not in shown
        assert "omebody outside" in shown
        assert "550 (their address) unknown" in shown
    assert inside in admin.get(base).text

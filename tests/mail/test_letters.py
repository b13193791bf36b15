"""Every letter there is: both parts, the headers, and the limits of a mail."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import Letter, queue_letter, suppress

INVITATION: dict[str, Any] = {
    "name": "Ana",
    "inviter": "Carol Coach",
    "role": "member",
    "cohort_name": "Energy cohort",
    "url": "http://hub.example.org/f/x/join/abc",
    "expires_on": dt.date(2026, 3, 4),
}


def parsed(mail: FirmMail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
def write(app: Flask, session: Session, firm: Firm) -> Any:
    del app, session

    def make(once: str = "a", **changes: Any) -> FirmMail | None:
        with scope(firm.id):
            return queue_letter(
                Letter(
                    kind="invitation",
                    to_address="ana@example.org",
                    once=once,
                    context={"firm": firm, **INVITATION},
                    from_name=firm.name,
                    **changes,
                )
            )

    return make


def test_a_letter_has_both_parts_and_its_headers(write: Any, firm: Firm) -> None:
    mail = write(to_name="Ana Márquez", leave_url="http://hub.example.org/leave")
    message = parsed(mail)
    assert message["From"] == f"{firm.name} <hub@example.org>"
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "http://hub.example.org/f/x/join/abc" in text.get_content()
    assert "http://hub.example.org/f/x/join/abc" in html.get_content()
    assert max(len(line) for line in text.get_content().splitlines()) <= 78
    assert len(html.get_content()) < 80_000
    assert "style=" in html.get_content()


def test_the_same_letter_is_written_once(write: Any) -> None:
    assert write("same") is not None
    assert write("same") is None


def test_a_suppressed_address_gets_a_row_with_the_reason(write: Any) -> None:
    suppress("ANA@example.org ", "never")
    mail = write()
    assert (mail.state, mail.reason) == ("withheld", "never")


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.text(max_size=300)
    | st.sampled_from(["a\r\nBcc: x@example.org", "\u202eevil", "😀" * 300, '"; <x@y.z>'])
)
def test_no_name_writes_a_header(app: Flask, name: str) -> None:
    from coachhub.mail import outbox  # noqa: PLC0415 - the private builder is what is tried here

    with app.app_context():
        message = outbox._message(
            subject=f"For {name}",
            text="x\n",
            html="",
            to=outbox._address(name, "ana@example.org"),
            sender_name=name,
            message_id="<1@example.org>",
        )
        raw = message.as_bytes(policy=email.policy.SMTP)
    back = email.message_from_bytes(raw, policy=email.policy.default)
    assert set(back.keys()) == set(message.keys())
    assert back["Bcc"] is None
    assert [address.addr_spec for address in back["To"].addresses] == ["ana@example.org"]
    assert [address.addr_spec for address in back["From"].addresses] == ["hub@example.org"]

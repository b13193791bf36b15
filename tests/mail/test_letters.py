"""Every letter there is: both parts, the headers, and the limits of a mail."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail.message import built, mailbox, one_line
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import Letter, queue_letter, suppress

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
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
            given = {"to_address": "ana@example.org", "from_name": firm.name} | changes
            context = {"firm": firm, **INVITATION}
            return queue_letter(Letter(kind="invitation", once=once, context=context, **given))

    return make


def test_a_letter_has_both_parts_and_its_headers(write: Any, firm: Firm) -> None:
    mail = write(
        to_name="Ana Márquez",
        leave_url="http://hub.example.org/leave",
        leave_kind="try-out",
        membership_id=uuid7(),
    )
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


# `make soak-names` tries five thousand.
MADE_UP_NAMES = int(os.environ.get("MADE_UP_NAMES", "500"))


@settings(
    max_examples=MADE_UP_NAMES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.text(max_size=300)
    | st.sampled_from(
        ["a\r\nBcc: x@example.org", "\u202eevil", "😀" * 300, '"; <x@y.z>', "=?utf-8?q?"]
    )
)
def test_no_name_writes_a_header(name: str) -> None:
    headers = {
        "From": mailbox(name, "hub@example.org"),
        "To": mailbox(name, "ana@example.org"),
        "Subject": one_line(f"For {name}"),
        "Message-ID": "<1@example.org>",
    }
    raw = built(headers, NOON, "x\n", "")
    back = email.message_from_bytes(raw, policy=email.policy.default)
    assert [one.lower() for one in back] == [
        "from", "to", "subject", "message-id", "date", "mime-version", "content-type",
        "content-transfer-encoding",
    ]  # fmt: skip
    assert [address.addr_spec for address in back["To"].addresses] == ["ana@example.org"]
    assert [address.addr_spec for address in back["From"].addresses] == ["hub@example.org"]
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    assert "\u202e" not in str(back["From"]) + str(back["Subject"])


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=2000), html=st.text(min_size=1, max_size=2000))
def test_what_is_written_is_what_is_read(text: str, html: str) -> None:
    raw = built({"From": mailbox("", "hub@example.org")}, NOON, text, html)
    back = email.message_from_bytes(raw, policy=email.policy.default)
    for kind, wanted in (("plain", text), ("html", html)):
        part = back.get_body((kind,))
        assert part is not None
        lines = wanted.replace("\r\n", "\n").replace("\r", "\n")
        got = part.get_payload(decode=True).decode().replace("\r\n", "\n")
        assert got.rstrip("\n") == lines.rstrip("\n")
    assert raw == built({"From": mailbox("", "hub@example.org")}, NOON, text, html)
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "jörg@example.org", "a b@example.org"])
def test_an_address_that_cannot_be_written_to_is_withheld_with_the_reason(
    write: Any, address: str
) -> None:
    mail = write(to_address=address)
    assert mail.state == "withheld"
    assert "address" in mail.reason


def test_a_domain_in_other_letters_is_written_as_the_wire_wants_it(write: Any) -> None:
    assert "xn--mnchen-3ya.example.org" in str(
        parsed(write(to_address="a@münchen.example.org"))["To"]
    )


def test_the_page_around_is_no_part_of_a_letter(write: Any, app: Flask, firm: Firm) -> None:
    """A letter written during a request is the one written by a job, and asks for no menu."""
    outside = write("job")
    with app.test_request_context(f"/f/{firm.slug}/"):
        inside = write("job again")
    text = [parsed(mail).get_body(("plain",)).get_content() for mail in (outside, inside)]
    assert text[0] == text[1]

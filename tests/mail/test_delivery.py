"""Delivery against a real SMTP server: sent once, put off, refused, withheld, in doubt."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.operations import suspend
from coachhub.mail.delivery import deliver
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import suppress


@pytest.fixture
def post(app: Flask, session: Session, firm: Firm) -> Callable[..., FirmMail]:
    del app

    def make(once: str = "one", **columns: Any) -> FirmMail:
        with scope(firm.id):
            mail = FirmMail(
                kind="introduced",
                to_address="mia@example.org",
                subject="Hello",
                message_id=f"<{once}@example.org>",
                raw=f"Subject: Hello\r\nMessage-ID: <{once}@example.org>\r\n\r\nHi\r\n".encode(),
                once=once,
                **columns,
            )
            session.add(mail)
            session.commit()
        return mail

    return make


def run(firm: Firm) -> dict[str, tuple[str, str]]:
    deliver.run(firm.id)
    with scope(firm.id):
        return {
            mail.once: (mail.state, mail.reason) for mail in db.session.scalars(select(FirmMail))
        }


@pytest.fixture
def relay(app: Flask, smtp_server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    point_at(app, monkeypatch, smtp_server.port)
    return smtp_server


def point_at(app: Flask, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    config = app.extensions["coachhub.config"]
    changed = type(config)(
        **{**vars(config), "mail_host": "127.0.0.1", "mail_port": str(port), "mail_tls": "none"}
    )
    monkeypatch.setitem(app.extensions, "coachhub.config", changed)


def test_what_waits_is_sent_once(post: Callable[..., FirmMail], firm: Firm, relay: Any) -> None:
    post("one")
    post("two")
    post("later", due_at=now() + dt.timedelta(hours=1))
    assert run(firm) == {"one": ("sent", ""), "two": ("sent", ""), "later": ("waiting", "")}
    assert run(firm)["one"] == ("sent", "")
    assert len(relay.deliveries) == 2


def test_the_relay_away_puts_everything_off(
    post: Callable[..., FirmMail], firm: Firm, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        point_at(app, monkeypatch, taken.getsockname()[1])
        post("one")
        state, reason = run(firm)["one"]
    assert state == "waiting"
    assert "did not answer" in reason


@pytest.mark.parametrize(
    ("verb", "reply", "state"),
    [
        ("MAIL", "451 Later", "waiting"),
        ("RCPT", "450 Busy", "waiting"),
        ("DATA", "452 Full", "waiting"),
        ("MAIL", "550 No", "failed"),
        ("RCPT", "550 Unknown", "failed"),
        ("DATA", "554 Refused", "failed"),
    ],
)
def test_a_refusal_is_put_off_or_ends_it(
    post: Callable[..., FirmMail], firm: Firm, relay: Any, verb: str, reply: str, state: str
) -> None:
    relay.answers[verb] = reply
    post("one")
    assert run(firm)["one"] == (state, reply)
    relay.answers.clear()
    assert run(firm)["one"][0] == state  # not before its time, and never in a tight loop


def test_a_suppressed_address_and_a_suspended_member_get_nothing(
    post: Callable[..., FirmMail],
    firm: Firm,
    relay: Any,
    make_member: Callable[..., Membership],
    session: Session,
) -> None:
    gone = make_member()
    post("gone", membership_id=gone.id)
    with scope(firm.id):
        session.add(gone)
        suspend(Actor(label="Test"), gone, "")
        suppress("mia@example.org", "never")
        session.commit()
    post("suppressed")
    result = run(firm)
    assert result["suppressed"] == ("withheld", "never")
    assert result["gone"][0] == "withheld"
    assert relay.deliveries == []


def test_a_mail_whose_worker_died_is_parked(
    post: Callable[..., FirmMail], firm: Firm, relay: Any
) -> None:
    before = now() - dt.timedelta(hours=1)
    post("lost", state="sending", leased_until=before, tries=1)
    post("held", state="sending", leased_until=now() + dt.timedelta(minutes=5), tries=1)
    result = run(firm)
    assert result["lost"][0] == "in_doubt"
    assert result["held"][0] == "sending"
    assert relay.deliveries == []


def test_a_digest_whose_worker_died_goes_again_as_it_was(
    post: Callable[..., FirmMail], firm: Firm, relay: Any, session: Session
) -> None:
    mail = post("lost", state="sending", leased_until=now() - dt.timedelta(hours=1), tries=1)
    with scope(firm.id):
        session.add(mail)
        mail.kind = "digest"
        session.commit()
    assert run(firm)["lost"] == ("sent", "")
    assert len(relay.deliveries) == 1

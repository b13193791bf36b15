"""Whatever a mail server does wrong: nothing is lost, nothing sent twice, never a tight loop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail import delivery, relay
from coachhub.mail.delivery import deliver
from coachhub.mail.models import FirmMail
from mail.faulty import FaultyServer

STAGES = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "content")
LATER = ("421 closing", "450 busy", "451 local error", "452 full")
NEVER = ("550 no", "552 too large", "554 refused", "571 not you")
BROKEN = ("hang", "close", "garbage", "slow", "421-half\r\n421 closing", "999 what")
FAULTS = (*LATER, *NEVER, *BROKEN)


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyServer]:
    made = FaultyServer()
    made.start()
    config = app.extensions["coachhub.config"]
    values = {"mail_host": "127.0.0.1", "mail_port": str(made.port), "mail_tls": "none"}
    changed = type(config)(**vars(config) | values)
    monkeypatch.setitem(app.extensions, "coachhub.config", changed)
    for name in ("CONNECT_SECONDS", "VERB_SECONDS", "ANSWER_SECONDS"):
        monkeypatch.setattr(relay, name, 2 if name == "ANSWER_SECONDS" else 1.5)
    yield made
    made.stop()


@pytest.fixture
def mail(app: Flask, session: Session, firm: Firm) -> Callable[[str], FirmMail]:
    del app

    def make(kind: str = "introduced") -> FirmMail:
        with scope(firm.id):
            made = FirmMail(
                kind=kind,
                to_address="mia@example.org",
                subject="Hello",
                message_id="<one@example.org>",
                raw=b"Subject: Hello\r\nMessage-ID: <one@example.org>\r\n\r\n.Hi\r\n.\r\nBye\r\n",
                once="one",
            )
            session.add(made)
            session.commit()
        return made

    return make


def state(firm: Firm) -> FirmMail:
    with scope(firm.id):
        return db.session.scalars(select(FirmMail).execution_options(populate_existing=True)).one()


def expected(stage: str, fault: str) -> str:
    if fault == "slow":
        return "sent"
    if stage in {"connect", "EHLO"}:
        return "waiting"  # it says nothing about this mail
    if fault in NEVER:
        return "failed"
    if fault in {"hang", "close", "garbage"} and stage == "content":
        return "sending"  # it may have been taken: looked into after a while
    return "failed" if fault == "999 what" else "waiting"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_fault_at_any_stage(
    server: FaultyServer, mail: Any, firm: Firm, stage: str, fault: str
) -> None:
    tried(server, mail, firm, stage, fault)


@pytest.mark.parametrize("fault", [one for one in FAULTS if one not in {"hang", "slow"}])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_fault_where_commands_come_in_one_piece(
    server: FaultyServer, mail: Any, firm: Firm, stage: str, fault: str
) -> None:
    server.pipelining = True
    tried(server, mail, firm, stage, fault)


def tried(server: FaultyServer, mail: Any, firm: Firm, stage: str, fault: str) -> None:
    mail()
    server.script[stage] = fault
    deliver.run(firm.id)
    found = state(firm)
    assert found.state == expected(stage, fault)
    assert bool(found.reason) == (found.state != "sent")
    tries = server.connections
    deliver.run(firm.id)
    deliver.run(firm.id)
    assert server.connections == tries  # not before its time
    if found.state == "waiting":
        assert found.due_at > now() + dt.timedelta(seconds=30)
    # The server is well again: what was not refused for good arrives, once, as it was written.
    server.script.clear()
    if found.state in {"waiting", "sending"}:
        with time_machine.travel(now() + dt.timedelta(minutes=5), tick=True):
            deliver.run(firm.id)
    if found.state == "sending":
        # Plain SMTP can't be asked: an introduction is parked rather than made twice.
        assert state(firm).state == "in_doubt"
    else:
        assert len(server.taken) == (found.state != "failed")
        assert all(content == found.raw for content in server.taken)


@pytest.mark.parametrize("fault", ["close", "take and close"])
def test_a_digest_that_broke_off_goes_again_the_same_to_the_byte(
    server: FaultyServer, mail: Any, firm: Firm, fault: str
) -> None:
    mail("digest")
    server.script["content"] = fault
    deliver.run(firm.id)
    server.script.clear()
    with time_machine.travel(now() + dt.timedelta(minutes=2), tick=True):
        deliver.run(firm.id)
    assert state(firm).state == "sent"
    assert len(server.begun) == 2
    assert server.begun[0] == server.begun[1] == state(firm).raw


@pytest.mark.parametrize(
    ("taken", "ends", "contents"), [(True, "sent", 1), (False, "sent", 2), (None, "in_doubt", 1)]
)
def test_a_relay_that_can_be_asked_is_asked(
    server: FaultyServer,
    mail: Any,
    firm: Firm,
    monkeypatch: pytest.MonkeyPatch,
    taken: bool | None,
    ends: str,
    contents: int,
) -> None:
    asked = []

    class Relay:
        def took(self, message_id: str) -> bool | None:
            asked.append(message_id)
            return taken

    monkeypatch.setattr(delivery, "look_up", lambda _setting: Relay())
    mail()
    server.script["content"] = "close"
    deliver.run(firm.id)
    server.script.clear()
    assert asked == []  # not before it has settled
    with time_machine.travel(now() + dt.timedelta(minutes=2), tick=True):
        deliver.run(firm.id)
    assert asked == ["<one@example.org>"]
    assert (state(firm).state, len(server.begun)) == (ends, contents)


def test_a_mail_put_off_comes_back_later_each_time_and_ends_after_a_day(
    server: FaultyServer, mail: Any, firm: Firm
) -> None:
    mail()
    server.script["RCPT"] = "450 busy"
    waits, moment = [], now()
    with time_machine.travel(moment, tick=False) as clock:
        while state(firm).state == "waiting":
            begun = now()
            deliver.run(firm.id)
            if state(firm).state == "waiting":
                waits.append((state(firm).due_at - begun).total_seconds() / 60)
                clock.move_to(state(firm).due_at)
        lasted = now() - moment
    for got, wanted in zip(waits[:5], delivery.WAITS, strict=True):
        assert 0.9 * wanted <= got <= 1.1 * wanted
    assert all(216 <= one <= 264 for one in waits[4:])
    assert state(firm).state == "failed"
    assert dt.timedelta(hours=24) < lasted < dt.timedelta(hours=29)


def test_the_last_answer_is_waited_for_ten_minutes() -> None:
    assert relay.ANSWER_SECONDS >= 600
    assert relay.CONNECT_SECONDS + 3 * relay.VERB_SECONDS + relay.ANSWER_SECONDS < 900


def test_a_server_without_tls_gets_nothing(
    server: FaultyServer, mail: Any, firm: Firm, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = app.extensions["coachhub.config"]
    monkeypatch.setitem(
        app.extensions, "coachhub.config", type(config)(**vars(config) | {"mail_tls": "starttls"})
    )
    mail()
    deliver.run(firm.id)
    assert (state(firm).state, server.senders) == ("waiting", [])
    assert "did not answer" in state(firm).reason


def test_a_bounce_has_an_address_of_its_own(server: FaultyServer, mail: Any, firm: Firm) -> None:
    mail()
    deliver.run(firm.id)
    [sender] = server.senders
    assert sender.startswith("b")
    assert sender.endswith("@example.org")
    assert state(firm).id.hex not in sender


def test_a_worker_that_lives_keeps_its_mail_beyond_the_lease(
    server: FaultyServer, mail: Any, firm: Firm, app: Flask
) -> None:
    """Its advisory lock speaks for it; once that is gone, the mail is looked into."""
    mail()
    hour_ago = now() - dt.timedelta(hours=1)
    with app.app_context(), delivery._signs_of_life() as worker:
        with scope(firm.id):
            db.session.execute(
                update(FirmMail).values(state="sending", leased_until=hour_ago, leased_by=worker)
            )
            db.session.commit()
        deliver.run(firm.id)
        assert state(firm).state == "sending"
    deliver.run(firm.id)
    assert state(firm).state == "in_doubt"
    assert server.senders == []

"""Mails that come back: read right, counted right, believed only where they were expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail import inbound
from coachhub.mail.addresses import address, behind
from coachhub.mail.delivery import deliver, deliver_account_mail
from coachhub.mail.models import AccountMail, FirmMail, StrayMail
from coachhub.mail.notices import read
from coachhub.mail.outbox import queue_account_mail
from coachhub.mail.suppression import lift, suppress, suppressed
from mail.real_notices import REASONS, TO, complaint, failures, others, standard

FAILURES = list(failures())


def test_notices_are_told_apart() -> None:
    known = [*FAILURES, *others()]
    wrong = [(name, kind, read(raw)) for name, raw, kind in known if read(raw).kind != kind]
    assert len(FAILURES) >= 60
    assert len(wrong) <= 0.05 * len(known), wrong
    assert not [one for one in wrong if one[1] in {"", "delayed", "complaint"}]


@pytest.fixture
def sent(app: Flask, session: Session, firm: Firm) -> Callable[..., FirmMail]:
    del app, session

    def make(kind: str = "digest", **columns: Any) -> FirmMail:
        with scope(firm.id):
            mail = FirmMail(
                kind=kind,
                to_address=TO,
                subject="Hello",
                message_id=f"<{uuid7()}@example.org>",
                raw=b"Subject: Hello\r\n\r\nHi\r\n",
                once=str(uuid7()),
                **{"state": "sent", "sent_at": now(), "first_tried_at": now()} | columns,
            )
            db.session.add(mail)
            db.session.flush()
        return mail

    return make


def come_back(firm: Firm, mail: FirmMail, raw: bytes) -> tuple[str, str]:
    """Bring a notice to the mail's own address; give the mail's mark and the address's state."""
    inbound.keep(behind(address("bounce", firm.id, mail.id)), "", raw)
    inbound.take.run(firm.id)
    with scope(firm.id):
        marked = db.session.scalars(select(FirmMail.bounced).where(FirmMail.id == mail.id)).one()
    return marked, suppressed(TO)


def notice(reason: str) -> bytes:
    status, words, _kind = REASONS[reason]
    return standard("mail.example.org", str(uuid7()), status, words.format(to=TO))


def test_one_hard_bounce_stops_the_address_for_every_mail(sent: Any, firm: Firm) -> None:
    assert come_back(firm, sent(), notice("no such user")) == ("hard", "bounced")


def test_soft_ones_stop_it_at_the_fifth(sent: Any, firm: Firm) -> None:
    seen = [come_back(firm, sent(), notice("full")) for _ in range(5)]
    assert seen == [("soft", "")] * 4 + [("soft", "bounced")]


def test_what_arrives_in_between_takes_one_off(sent: Any, firm: Firm) -> None:
    start = now()
    with time_machine.travel(start, tick=True) as clock:
        for _ in range(4):
            come_back(firm, sent(), notice("full"))
        clock.move_to(start + dt.timedelta(days=2))
        sent(), sent()
        clock.move_to(start + dt.timedelta(days=4))
        states = [come_back(firm, sent(), notice("full"))[1] for _ in range(3)]
    assert states == ["", "", "bounced"]


@pytest.mark.parametrize("kind", ["delayed", "delivered", "away", "noise"])
def test_what_is_no_failure_changes_nothing(sent: Any, firm: Firm, kind: str) -> None:
    raw = next(raw for name, raw, _ in others() if name == kind)
    assert come_back(firm, sent(), raw) == ("", "")


@pytest.mark.parametrize(
    "columns",
    [
        {"first_tried_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"state": "waiting", "sent_at": None, "first_tried_at": None},
    ],
)
def test_a_notice_about_an_old_mail_or_one_never_sent_is_ignored(
    sent: Any, firm: Firm, columns: dict[str, Any]
) -> None:
    assert come_back(firm, sent(**columns), notice("no such user")) == ("", "")


def test_a_forged_address_is_behind_nothing(sent: Any, firm: Firm, make_firm: Any) -> None:
    mail, other = sent(), make_firm()
    good = address("bounce", firm.id, mail.id)
    assert behind(good) is not None
    for row, owner in ((uuid7(), other.id), (mail.id, other.id)):
        forged = address("bounce", owner, row)
        back = behind(forged)
        assert back is not None
        assert back.firm_id == other.id  # made with our key: leads to its own firm alone
    for number in range(1, 49, 5):
        letter = "a" if good[number] != "a" else "b"
        assert behind(good[:number] + letter + good[number + 1 :]) is None
    inbound.keep(behind(address("bounce", other.id, mail.id)), "", notice("no such user"))
    inbound.take.run(other.id)
    assert suppressed(TO) == ""


@pytest.mark.parametrize("numbered", [0, 1])
def test_a_complaint_stops_the_address_at_once(
    sent: Any, session: Session, firm: Firm, numbered: int
) -> None:
    mail = sent()
    inbound.keep(
        None,
        "fbl@mail.example.com",
        complaint("abuse", address("bounce", firm.id, mail.id), numbered),
    )
    inbound.take_strays.run(None)
    assert suppressed(TO) == "complained"
    with scope(firm.id):
        assert session.scalars(select(FirmMail.bounced)).one() == "complaint"
    assert session.scalars(select(StrayMail.state)).one() == "handled"


def test_a_forged_complaint_is_ignored(sent: Any, session: Session) -> None:
    sent()
    inbound.keep(None, "eve@example.com", complaint("abuse", f"b{'a' * 48}@example.org"))
    inbound.take_strays.run(None)
    assert suppressed(TO) == ""
    assert session.scalars(select(StrayMail.state)).one() == "ignored"


KINDS = {
    "digest": True,
    "giver-asked": True,
    "introduced": True,
    "outsider-asked": False,
    "invitation": False,
    "sign_in_code": None,
}
SUPPRESSIONS = ("", "never", "bounced", "complained")


@pytest.mark.parametrize("reason", SUPPRESSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_stops_which_mail(
    sent: Any,
    session: Session,
    firm: Firm,
    app: Flask,
    smtp_server: Any,
    monkeypatch: pytest.MonkeyPatch,
    make_member: Any,
    kind: str,
    reason: str,
) -> None:
    """Six kinds of mail, four states of an address; a list that was left is `digests`' own."""
    values = {"mail_host": "127.0.0.1", "mail_port": str(smtp_server.port), "mail_tls": "none"}
    config = app.extensions["coachhub.config"]
    monkeypatch.setitem(app.extensions, "coachhub.config", type(config)(**vars(config) | values))
    for_member = KINDS[kind]
    if reason:
        suppress(TO, reason)
    if for_member is None:
        queue_account_mail(kind, "Code", TO, "1\n", "")
        session.commit()
        deliver_account_mail.run(None)
        state = session.scalars(select(AccountMail.state)).one()
    else:
        member = make_member().id if for_member else None
        sent(kind, state="waiting", sent_at=None, membership_id=member)
        deliver.run(firm.id)
        with scope(firm.id):
            state = session.scalars(select(FirmMail.state)).one()
    blocked = reason in {"bounced", "complained"} or (reason == "never" and for_member is False)
    assert state == ("withheld" if blocked else "sent")
    assert len(smtp_server.deliveries) == (not blocked)


def test_an_admin_lifts_a_fault_but_not_a_wish(session: Session) -> None:
    del session
    suppress("a@example.org", "bounced")
    suppress("b@example.org", "never")
    lift("a@example.org"), lift("b@example.org")
    assert (suppressed("a@example.org"), suppressed("b@example.org")) == ("", "never")

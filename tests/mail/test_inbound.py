"""Replies by mail: from the right person, their own words, no loops, and kept before the 250."""

from __future__ import annotations

import email
import email.policy
import smtplib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.hooks import ROOMS
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail import inbound
from coachhub.mail.addresses import address, behind
from coachhub.mail.hooks import INBOUND
from coachhub.mail.models import AccountMail, FirmIncoming, FirmMail, StrayMail
from coachhub.mail.outbox import Letter, queue_letter
from fixtures_replies import hand_in, written

SUBJECT = uuid7()
MIA = "mia@example.org"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, UUID, UUID | None, str]]:
    """A room that notes each reply to a `try-out`, and answers."""
    calls: list[tuple[str, UUID, UUID | None, str]] = []

    def room(kind: str, subject: UUID, membership: UUID | None, text: str) -> str | None:
        if kind != "try-out":
            return None
        calls.append((kind, subject, membership, text))
        if "wrong" in text:
            raise DomainError("That day is in the past.")
        return f"Thank you, we noted: {text}"

    monkeypatch.setitem(ROOMS, INBOUND.name, [room])
    return calls


@pytest.fixture
def asked(app: Flask, session: Session, firm: Firm) -> Callable[..., str]:
    """Write a letter that can be answered; give the address that answers go to."""
    del app, session

    def ask(once: str = "one", to: str = MIA, kind: str = "try-out") -> str:
        with scope(firm.id):
            mail = queue_letter(
                Letter(
                    kind="answer",
                    to_address=to,
                    once=once,
                    context={"said": "Would you?", "subject": "A question"},
                    from_name="Acme",
                    reply_kind=kind,
                    subject_id=SUBJECT,
                )
            )
            assert mail is not None
            message = email.message_from_bytes(mail.raw, policy=email.policy.default)
            db.session.commit()
        return str(message["Reply-To"])

    return ask


def answers(firm: Firm) -> list[FirmMail]:
    with scope(firm.id):
        return list(
            db.session.scalars(
                select(FirmMail).where(FirmMail.once.startswith("answer:")).order_by(FirmMail.id)
            )
        )


def take(firm: Firm) -> list[tuple[str, str]]:
    """Handle what came in; give the states, oldest first."""
    inbound.take.run(firm.id)
    with scope(firm.id):
        rows = db.session.scalars(select(FirmIncoming).order_by(FirmIncoming.created_at))
        return [(row.state, row.said) for row in rows]


def test_a_reply_reaches_the_room_and_is_answered(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    quoted = "\n\nOn Mon, 2 Mar 2026 at 09:00, Acme <hub@example.org>\nwrote:\n> Would you?\n"
    hand_in(entrance(), written(MIA, asked(), f"Yes\n{quoted}"))
    assert take(firm) == [("handled", "Thank you, we noted: Yes")]
    assert heard == [("try-out", SUBJECT, None, "Yes")]
    [answer] = answers(firm)
    message = email.message_from_bytes(answer.raw, policy=email.policy.default)
    assert answer.to_address == MIA
    assert "we noted: Yes" in message.get_body(("plain",)).get_content()
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["In-Reply-To"].startswith("<")
    assert str(message["From"]).startswith("Acme")
    assert str(message["Reply-To"]) == asked("two")  # the talk can go on


def test_lmtp_takes_them_too_and_the_job_is_on_the_queue(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    with smtplib.LMTP("127.0.0.1", entrance("lmtp")) as server:
        to = asked()
        server.sendmail(MIA, [to], written(MIA, to, "no").as_bytes())
    queue().drain()
    assert [text for *_rest, text in heard] == ["no"]
    with scope(firm.id):
        [row] = db.session.scalars(select(FirmIncoming))
        assert row.raw == b""  # handled: nothing of it is kept


def test_the_same_bytes_brought_twice_count_once(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    port, mail = entrance(), written(MIA, asked(), "Yes")
    hand_in(port, mail)
    hand_in(port, mail)
    take(firm)
    assert len(heard) == 1


def test_a_reply_from_another_address_changes_nothing_and_is_told_so_once_a_day(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    port, to = entrance(), asked()
    for text in ("Yes", "Yes please"):
        hand_in(port, written("eve@example.org", to, text))
    assert {state for state, _said in take(firm)} == {"refused"}
    assert heard == []
    [answer] = answers(firm)
    assert (answer.to_address, answer.membership_id) == ("eve@example.org", None)
    assert b"another address" in answer.raw
    assert b"\nReply-To" not in answer.raw


def test_what_a_room_refuses_is_the_answer(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    hand_in(entrance(), written(MIA, asked(), "wrong"))
    assert take(firm) == [("handled", "That day is in the past.")]
    assert len(heard) == 1
    assert len(answers(firm)) == 1


def test_what_nobody_takes_gets_one_helpful_answer(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    hand_in(entrance(), written(MIA, asked(kind="nobody's"), "Hello?"))
    assert take(firm) == [("handled", inbound.NOT_UNDERSTOOD)]
    assert heard == []
    assert len(answers(firm)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=mia"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<friends.example.org>"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Autoreply": "yes"},
    ],
)
def test_a_machine_is_neither_heard_nor_answered(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm, headers: dict[str, str]
) -> None:
    hand_in(entrance(), written(MIA, asked(), "No, I am away until Monday", **headers))
    assert take(firm) == [("ignored", "It was sent by a machine.")]
    assert heard == []
    assert answers(firm) == []


def test_a_mail_without_envelope_sender_is_a_machines(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    hand_in(entrance(), written(MIA, asked(), "yes"), envelope_sender="")
    assert [state for state, _said in take(firm)] == ["ignored"]
    assert heard == []


def test_a_machine_that_says_nothing_of_itself_is_answered_once(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    """An old holiday notice answers each of our answers: the same words get no second one."""
    port, to = entrance(), asked()
    for number in range(20):
        mail = written(MIA, to, "I am on holiday.", X_Number=str(number))
        hand_in(port, mail)
        take(firm)
    assert len(heard) == 20
    assert len(answers(firm)) == 1


def test_a_talk_is_answered_five_times_a_day_at_most(
    entrance: Any, asked: Any, heard: list[Any], firm: Firm
) -> None:
    port, to = entrance(), asked()
    for number in range(8):
        hand_in(port, written(MIA, to, f"Perhaps {number}"))
    take(firm)
    assert len(heard) == 8
    assert len(answers(firm)) == inbound.ANSWERS_A_DAY


def test_an_address_that_we_did_not_give_out_is_refused_at_once(
    entrance: Any, asked: Any, firm: Firm
) -> None:
    port, to = entrance(), asked()
    local, _, domain = to.partition("@")
    other = chr(ord("a") + (ord(local[5]) - ord("a") + 1) % 26) if local[5].isalpha() else "a"
    forged = [f"{local[:5]}{other}{local[6:]}@{domain}", f"{local}@elsewhere.example.com"]
    forged += [f"r{'a' * 48}@{domain}", f"ceo@{domain}", f"b{local[1:]}@{domain}"]
    for recipient in forged:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            hand_in(port, written(MIA, recipient, "Yes"))
        [(code, _reply)] = refused.value.recipients.values()
        assert code == 550
    hand_in(port, written(MIA, to.upper(), "Yes"))  # letters may lose their case on the way
    with scope(firm.id):
        assert len(db.session.scalars(select(FirmIncoming)).all()) == 1


def test_a_mail_too_large_is_refused_before_it_is_kept(
    entrance: Any, asked: Any, firm: Firm
) -> None:
    mail = written(MIA, asked(), "a" * 70 + "\n")
    mail.set_content(("a" * 70 + "\n") * (inbound.LARGEST // 71 + 10))
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        hand_in(entrance(), mail)
    assert refused.value.smtp_code == 552
    with scope(firm.id):
        assert db.session.scalars(select(FirmIncoming)).all() == []


def test_a_stranger_is_helped_once_a_day_and_a_forged_one_never(
    entrance: Any, session: Session
) -> None:
    port = entrance()
    hub = "hub@example.org"
    hand_in(port, written("bob@example.org", hub, "Is anybody there?"))
    hand_in(port, written("bob@example.org", hub, "Hello?"))
    hand_in(port, written("victim@example.org", hub, "Hi"), envelope_sender="eve@example.org")
    hand_in(port, written("list@example.org", hub, "News", List_Id="<news.example.org>"))
    inbound.take_strays.run(None)
    [answer] = session.scalars(select(AccountMail))
    assert answer.to_address == "bob@example.org"
    assert b"press Reply in that" in answer.raw
    rows = session.scalars(select(StrayMail).order_by(StrayMail.created_at)).all()
    assert [row.state for row in rows] == ["handled", "handled", "handled", "ignored"]


def test_an_address_says_nothing_and_leads_back(app: Flask, session: Session, firm: Firm) -> None:
    del session
    row = uuid7()
    with app.app_context():
        made = address("reply", firm.id, row)
        local = made.partition("@")[0]
        assert len(local) <= 64
        assert local.isalnum()
        for known in (row.hex, firm.id.hex, firm.slug, firm.name):
            assert known.lower()[:8] not in local
        back = behind(made)
        assert back is not None
        assert (back.purpose, back.firm_id, back.row_id) == ("reply", firm.id, row)
        assert address("bounce", firm.id, row)[1:] != made[1:]


def test_a_mail_that_cannot_be_handled_is_tried_again_and_kept(
    entrance: Any, asked: Any, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(ROOMS, INBOUND.name, [broken])
    hand_in(entrance(), written(MIA, asked(), "Yes"))
    states = [take(firm)[0][0] for _ in range(inbound.MOST_TRIES)]
    assert states == ["new"] * (inbound.MOST_TRIES - 1) + ["failed"]
    with scope(firm.id):
        assert db.session.scalars(select(FirmIncoming)).one().raw.startswith(b"From: mia")
    assert answers(firm) == []

"""Delivery: a worker leases a mail, looks once more whether it may go, and hands it over.

Lease and result are committed apart, so that a killed worker leaves a trace: a mail found
``sending`` after its lease is over may or may not have gone. A digest is then sent again, the
same bytes under the same Message-ID; invitations and introductions are parked as ``in_doubt``.
"""

from __future__ import annotations

import datetime as dt
import random
import smtplib
from typing import TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import select, update

from coachhub.config import Config
from coachhub.core.db import db, now
from coachhub.core.hooks import Hook
from coachhub.core.jobs import job
from coachhub.mail import relay
from coachhub.mail.models import AccountMail, FirmMail
from coachhub.mail.outbox import suppressed

LEASE = dt.timedelta(minutes=12)  # longer than the relay may take to answer
WAITS = (1, 5, 15, 60, 240)  # minutes between tries
GIVE_UP_AFTER = dt.timedelta(hours=24)
SENT_AGAIN_WHEN_IN_DOUBT = frozenset({"digest", "promise-reminder"})

MAY_SEND: Hook[[FirmMail], str] = Hook(
    "may_send",
    "Called just before a firm's mail is handed to the relay; return why it must not go any more,"
    " or an empty string.",
    gives=str,
)

Mail = TypeVar("Mail", FirmMail, AccountMail)


@job("mail.deliver", every_minutes=1)
def deliver(firm_id: UUID) -> None:
    """Deliver what waits in a firm's outbox."""
    del firm_id
    _settle(FirmMail)
    _deliver_all(FirmMail)


@job("mail.deliver_account_mail", every_minutes=1, for_platform=True)
def deliver_account_mail() -> None:
    """Deliver what waits of the platform's own mails."""
    _settle(AccountMail)
    _deliver_all(AccountMail)


def _settle(table: type[Mail]) -> None:
    """Decide what becomes of mails whose worker died over them."""
    lost = db.session.scalars(
        select(table)
        .where(table.state == "sending", table.leased_until < now())
        .with_for_update(skip_locked=True)
    )
    for mail in lost:
        again = isinstance(mail, AccountMail) or mail.kind in SENT_AGAIN_WHEN_IN_DOUBT
        mail.state = "waiting" if again else "in_doubt"
        mail.leased_until = None
        mail.reason = "" if again else "A worker stopped while this mail was on its way."
    db.session.commit()


def _deliver_all(table: type[Mail]) -> None:
    config: Config = current_app.extensions["coachhub.config"]
    # A spoiled connection ends the inner loop; its mail is due later, so this one ends too.
    while _next(table, lock=False) is not None:
        try:
            with relay.connected(config) as server:
                _over_one_connection(table, server, config.mail_from)
        except (OSError, smtplib.SMTPException) as error:
            _all_later(table, f"The mail server did not answer: {error}")
            return


def _over_one_connection(table: type[Mail], server: smtplib.SMTP, sender: str) -> None:
    while (mail := _lease(table)) is not None:
        answer = relay.send(server, sender, mail.to_address, mail.raw)
        _note(mail, answer)
        db.session.commit()
        if answer.verdict in {"later", "unknown"}:
            return


def _next(table: type[Mail], *, lock: bool) -> Mail | None:
    query = (
        select(table)
        .where(table.state == "waiting", table.due_at <= now())
        .order_by(table.due_at, table.id)
        .limit(1)
    )
    return db.session.scalar(query.with_for_update(skip_locked=True) if lock else query)


def _lease(table: type[Mail]) -> Mail | None:
    """Take the next mail that may still go; those that may not are withheld with the reason."""
    while (mail := _next(table, lock=True)) is not None:
        why_not = _why_not(mail)
        if why_not:
            mail.state, mail.reason = "withheld", why_not
            db.session.commit()
            continue
        mail.state, mail.leased_until = "sending", now() + LEASE
        mail.tries += 1
        db.session.commit()
        return mail
    db.session.commit()
    return None


def _why_not(mail: FirmMail | AccountMail) -> str:
    if isinstance(mail, AccountMail):
        return ""
    listed = suppressed(mail.to_address)
    if listed:
        return listed
    return next((why for why in MAY_SEND.call(mail) if why), "")


def _note(mail: FirmMail | AccountMail, answer: relay.Answer) -> None:
    mail.leased_until = None
    mail.reason = answer.why
    if answer.verdict == "sent":
        mail.state, mail.sent_at = "sent", now()
    elif answer.verdict == "never" or now() - mail.created_at > GIVE_UP_AFTER:
        mail.state = "failed"
    elif answer.verdict == "unknown" and (
        isinstance(mail, FirmMail) and mail.kind not in SENT_AGAIN_WHEN_IN_DOUBT
    ):
        mail.state = "in_doubt"
    else:
        mail.state, mail.due_at = "waiting", now() + _wait(mail.tries)


def _wait(tries: int) -> dt.timedelta:
    minutes = WAITS[min(tries, len(WAITS)) - 1]
    # Spread, so that a thousand mails do not come back in the same second.
    return dt.timedelta(minutes=minutes * random.uniform(0.9, 1.1))  # noqa: S311 - no secret


def _all_later(table: type[Mail], why: str) -> None:
    """Put off everything that is due, once, while the relay is away."""
    db.session.rollback()
    db.session.execute(
        update(table)
        .where(table.state == "waiting", table.due_at <= now())
        .values(due_at=now() + _wait(1), reason=why[:500])
    )
    db.session.commit()

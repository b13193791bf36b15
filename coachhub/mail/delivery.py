"""Delivery: a worker leases a mail, looks once more whether it may go, and hands it over.

Lease and result are committed, so that a killed worker leaves a trace: a mail found ``sending``
may or may not have gone. While its worker lives, the worker's advisory lock says so. After that
and after its lease the relay is asked by Message-ID. If it cannot be asked, the mail's class
decides: a digest is sent again, the same bytes under the same Message-ID; invitations and
introductions are parked as ``in_doubt``, and the firm's admins are told.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select, update

from coachhub.config import Config
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.mail import addresses, pace, relay
from coachhub.mail.hooks import MAY_SEND
from coachhub.mail.lookup import look_up
from coachhub.mail.models import AccountMail, FirmMail
from coachhub.mail.suppression import why_not

log = logging.getLogger(__name__)
WAITS = (1, 5, 15, 60, 240)  # minutes between tries
GIVE_UP_AFTER = dt.timedelta(hours=24)
SETTLE = dt.timedelta(seconds=60)  # before the relay is asked about a mail that broke off
# Reading one of these twice does no harm; being asked, invited or introduced twice does.
SENT_AGAIN_WHEN_IN_DOUBT = frozenset({"digest", "promise-reminder", "expired-reminder"})
STOPPED = "A worker stopped while this mail was on its way."

Mail = TypeVar("Mail", FirmMail, AccountMail)


@dataclass(frozen=True)
class Held:
    """A mail that this worker has leased."""

    id: UUID
    sender: str
    to: str
    raw: bytes
    tries: int
    first_tried_at: dt.datetime


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


def sent_again(mail: FirmMail | AccountMail) -> bool:
    """Say whether a mail in doubt is sent again by itself."""
    return isinstance(mail, AccountMail) or mail.kind in SENT_AGAIN_WHEN_IN_DOUBT


def _settle(table: type[Mail]) -> None:
    """Decide what becomes of mails whose worker died over them."""
    relay_knows = look_up(_config().mail_lookup)
    while (mail := _lost(table)) is not None:
        taken = relay_knows.took(mail.message_id)
        mail.leased_until = mail.leased_by = None
        if taken:
            mail.state, mail.sent_at, mail.reason = "sent", now(), ""
        elif taken is False or sent_again(mail):
            mail.state, mail.due_at, mail.reason = "waiting", now(), STOPPED
        else:
            mail.state, mail.reason = "in_doubt", STOPPED
            log.error("Mail %s is in doubt: %s", mail.id, mail.kind)
        db.session.commit()


def _lost(table: type[Mail]) -> Mail | None:
    """Return a mail whose lease is over and whose worker no longer holds its lock."""
    worker = func.coalesce(table.leased_by, 0)
    return db.session.scalar(
        select(table)
        .where(
            table.state == "sending",
            table.leased_until < now(),
            table.leased_by.is_(None) | func.pg_try_advisory_xact_lock(worker),
        )
        .order_by(table.leased_until, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _deliver_all(table: type[Mail]) -> None:
    config = _config()
    if _next(table) is None:
        return
    with _signs_of_life() as worker:
        # A spoiled connection ends the inner loop; the mail is due later, so this one ends too.
        while _next(table) is not None:
            try:
                with relay.connected(config) as server:
                    _over_one_connection(table, server, worker)
            except (OSError, smtplib.SMTPException) as error:
                _all_later(table, f"The mail server did not answer: {error}")
                return


@contextmanager
def _signs_of_life() -> Iterator[int]:
    """Hold an advisory lock on a connection of its own: PostgreSQL frees it when we die."""
    worker = secrets.randbits(62)
    with db.engine.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(worker)))
        connection.commit()
        try:
            yield worker
        finally:
            connection.execute(select(func.pg_advisory_unlock(worker)))
            connection.commit()


def _over_one_connection(table: type[Mail], server: smtplib.SMTP, worker: int) -> None:
    """Send one after the other; the result of one and the lease of the next are one commit."""
    held = _lease(table, worker)
    db.session.commit()
    while held is not None:
        answer = relay.send(server, held.sender, held.to, held.raw)
        _note(table, held, worker, answer)
        held = None if answer.lost else _lease(table, worker)
        db.session.commit()


def _next(table: type[Mail], *, lock: bool = False) -> Mail | None:
    query = (
        select(table)
        .where(table.state == "waiting", table.due_at <= now())
        .order_by(table.due_at, table.id)
        .limit(1)
    )
    if int(_config().mail_pace):
        query = query.where(table.domain.not_in(pace.ahead()))
    return db.session.scalar(query.with_for_update(skip_locked=True) if lock else query)


def _lease(table: type[Mail], worker: int) -> Held | None:
    """Take the next mail that may still go; those that may not are withheld with the reason."""
    while (mail := _next(table, lock=True)) is not None:
        reason = _reason_not_to(mail)
        if reason:
            mail.state, mail.reason = "withheld", reason
            db.session.flush()
            continue
        pace.count(mail.domain, int(_config().mail_pace))
        mail.state, mail.leased_by = "sending", worker
        mail.leased_until = now() + dt.timedelta(seconds=int(_config().mail_lease))
        mail.tries += 1
        mail.first_tried_at = mail.first_tried_at or now()
        held = Held(
            mail.id, _sender(mail), mail.to_address, mail.raw, mail.tries, mail.first_tried_at
        )
        db.session.flush()
        return held
    return None


def _reason_not_to(mail: FirmMail | AccountMail) -> str:
    if isinstance(mail, AccountMail):
        return why_not(mail.to_address, member=True)
    listed = why_not(mail.to_address, member=mail.membership_id is not None)
    if listed:
        return listed
    return next((why for why in MAY_SEND.call(mail) if why), "")


def _sender(mail: FirmMail | AccountMail) -> str:
    """Return the envelope's sender: an address of this mail's own, where its bounces come to."""
    if not addresses.domain():
        return _config().mail_from
    if isinstance(mail, AccountMail):
        return addresses.address("account-bounce", None, mail.id)
    return addresses.address("bounce", mail.firm_id, mail.id)


def _note(table: type[Mail], held: Held, worker: int, answer: relay.Answer) -> None:
    """Write down what became of a mail, unless the lease went to somebody else meanwhile."""
    values: dict[str, object] = {"reason": answer.why, "leased_until": None, "leased_by": None}
    if answer.verdict == "sent":
        values |= {"state": "sent", "sent_at": now()}
    elif answer.verdict == "unknown":
        # It stays as if the worker had stopped here: the relay is asked after a while.
        values |= {"leased_until": now() + SETTLE}
    elif answer.verdict == "never" or now() - held.first_tried_at > GIVE_UP_AFTER:
        values |= {"state": "failed"}
    else:
        values |= {"state": "waiting", "due_at": now() + _wait(held.tries)}
    db.session.execute(
        update(table)
        .where(table.id == held.id, table.state == "sending", table.leased_by == worker)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


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
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _config() -> Config:
    config: Config = current_app.extensions["coachhub.config"]
    return config

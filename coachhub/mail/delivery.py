"""Delivery: a worker takes some mails, looks once more whether each may go, and hands them over.

A mail that is taken is still ``waiting``, with its worker's key. Its beginning and its end are
committed one by one, so that a killed worker leaves a trace: the mail found ``sending`` may or may
not have gone, the others it had taken have not. While the worker lives, its advisory lock says
so. After that and after its lease the relay is asked by Message-ID. If it cannot be asked, the
mail's class decides: a digest is sent again, the same bytes under the same Message-ID; invitations
and introductions are parked as ``in_doubt``, and the firm's admins are told.

The beginning of a digest may be lost if the database itself goes down. So a worker's key has its
birth in it: what it had taken when the database began after that counts as begun.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import secrets
import smtplib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Integer, Select, func, literal, select, true, update

from coachhub.config import Config
from coachhub.core.db import at_once, db, direct_engine, now
from coachhub.core.jobs import job
from coachhub.mail import addresses, marks, pace, relay
from coachhub.mail.hooks import MAY_SEND
from coachhub.mail.lookup import look_up
from coachhub.mail.models import AccountMail, FirmMail
from coachhub.mail.suppression import suppressed_among, why_not

log = logging.getLogger(__name__)
WAITS = (1, 5, 15, 60, 240)  # minutes between tries
GIVE_UP_AFTER = dt.timedelta(hours=24)
SETTLE = dt.timedelta(seconds=60)  # before the relay is asked about a mail that broke off
# Reading one of these twice does no harm; being asked, invited or introduced twice does.
SENT_AGAIN_WHEN_IN_DOUBT = frozenset({"digest", "promise-reminder", "expired-reminder"})
AT_A_TIME = 50  # mails that a worker looks at together
FRESH = dt.timedelta(seconds=20)  # how old that look may be when a mail begins
_BIRTH = 30  # a worker's key is the second of its birth, and so many bits by chance
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
    looked_at: dt.datetime
    comes_once: bool  # rather than twice it does not come


def _something() -> Select[UUID]:
    """Return what there is to deliver, or to put right after a worker that died."""
    waiting = FirmMail.state == "waiting"
    due = waiting & (FirmMail.leased_by.is_not(None) | (FirmMail.due_at <= now()))
    return select(FirmMail.id).where(due | (FirmMail.state == "sending"))


@job("mail.deliver", every_minutes=1, waits=_something)
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


def _are_sent_again(table: type[Mail]) -> ColumnElement[bool]:
    """Say the same in SQL."""
    return true() if table is AccountMail else FirmMail.kind.in_(SENT_AGAIN_WHEN_IN_DOUBT)


def _doubt(table: type[Mail]) -> None:
    """Count as begun what was taken when the database went down, and is not put on disk at once."""
    born = func.to_timestamp(table.leased_by.op(">>")(literal(_BIRTH, Integer)))
    db.session.execute(
        update(table)
        .where(
            table.state == "waiting",
            table.leased_by.is_not(None),
            born < func.pg_postmaster_start_time(),
            _are_sent_again(table),
            func.pg_try_advisory_xact_lock(func.coalesce(table.leased_by, 0)),
        )
        .values(state="sending", leased_until=now())
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _settle(table: type[Mail]) -> None:
    """Decide what becomes of mails whose worker died over them."""
    _doubt(table)
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
    _free(table)


def _free(table: type[Mail]) -> None:
    """Let others take the mails that a worker had taken when it died; none of them has gone."""
    db.session.execute(
        update(table)
        .where(
            table.state == "waiting",
            table.leased_by.is_not(None),
            func.pg_try_advisory_xact_lock(func.coalesce(table.leased_by, 0)),
        )
        .values(leased_by=None)
        .execution_options(synchronize_session=False)
    )
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
    if not _any_due(table):
        return
    with _signs_of_life() as worker, at_once() as connection:
        book = marks.Book(table, worker, connection)
        # A spoiled connection ends the inner loop; the mail is due later, so this one ends too.
        while _any_due(table):
            try:
                with relay.connected(config) as server:
                    _over_one_connection(book, server)
            except (OSError, smtplib.SMTPException) as error:
                _all_later(table, f"The mail server did not answer: {error}")
                return


@contextmanager
def _signs_of_life() -> Iterator[int]:
    """Hold an advisory lock on a connection of its own: PostgreSQL frees it when we die.

    It is held by a transaction, not by the session: however this ends, nobody is given a connection
    that still says somebody lives.
    """
    with direct_engine().begin() as connection:
        born = connection.scalars(select(func.extract("epoch", func.clock_timestamp()))).one()
        worker = (int(born) << _BIRTH) | secrets.randbits(_BIRTH)
        connection.execute(select(func.pg_advisory_xact_lock(worker)))
        yield worker


def _over_one_connection(book: marks.Book[Mail], server: smtplib.SMTP) -> None:
    """Send one after the other; the end of one and the beginning of the next are one statement."""
    taken: deque[Held] = deque()
    ended: marks.End | None = None
    while held := _begin_next(book, taken, ended):
        answer = relay.send(server, held.sender, held.to, held.raw)
        ended = _note(held, answer)
        if answer.lost:
            _put_down(book, ended)
            return


def _begin_next(book: marks.Book[Mail], taken: deque[Held], ended: marks.End | None) -> Held | None:
    """Write down the end of one mail and the beginning of the next, which is returned.

    More are taken when there is none left, or when they were looked at too long ago.
    """
    lease = dt.timedelta(seconds=int(_config().mail_lease))
    while True:
        if not taken or now() - taken[0].looked_at > FRESH:
            _put_down(book, ended)
            ended = None
            taken.clear()
            taken.extend(_take(book.table, book.worker))
            db.session.commit()
            if not taken:
                return None
        held = taken.popleft()
        moment = now()
        begin = marks.Begin(held.id, held.tries, held.first_tried_at, moment, moment + lease)
        begun = book.turn(ended, begin, on_disk=held.comes_once)
        ended = None
        if begun:  # else it was put off or taken out meanwhile
            return held


def _put_down(book: marks.Book[Mail], ended: marks.End | None) -> None:
    """Write down the end of one mail, and let others take what this worker has not begun."""
    if ended is not None:
        book.end(ended)
    table = book.table
    db.session.execute(
        update(table)
        .where(table.state == "waiting", table.leased_by == book.worker)
        .values(leased_by=None)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _due(table: type[Mail]) -> Select[Mail]:
    query = (
        select(table)
        .where(table.state == "waiting", table.leased_by.is_(None), table.due_at <= now())
        .order_by(table.due_at, table.id)
    )
    if int(_config().mail_pace):
        query = query.where(table.domain.not_in(pace.ahead()))
    return query


def _any_due(table: type[Mail]) -> bool:
    return db.session.scalar(_due(table).with_only_columns(table.id).limit(1)) is not None


def _take(table: type[Mail], worker: int) -> list[Held]:
    """Take the next mails that may still go; those that may not are withheld with the reason."""
    mails: list[Mail] = []
    while not mails:
        query = _due(table).limit(AT_A_TIME).with_for_update(skip_locked=True)
        found = list(db.session.scalars(query))
        if not found:
            return []
        for mail, reason in zip(found, _reasons_not_to(found), strict=True):
            if reason:
                mail.state, mail.reason = "withheld", reason
            else:
                mails.append(mail)
        db.session.flush()
    mails = pace.within(mails, int(_config().mail_pace))
    db.session.execute(
        update(table)
        .where(table.id.in_([mail.id for mail in mails]))
        .values(leased_by=worker)
        .execution_options(synchronize_session=False)
    )
    moment = now()
    return [
        Held(
            mail.id,
            _sender(mail),
            mail.to_address,
            mail.raw,
            mail.tries + 1,
            mail.first_tried_at or moment,
            moment,
            not sent_again(mail),
        )
        for mail in mails
    ]


def _reasons_not_to(mails: Sequence[Mail]) -> list[str]:
    """Return why each of some mails must not go any more, or an empty string."""
    stopped = suppressed_among({mail.to_address for mail in mails})
    firms = [mail for mail in mails if isinstance(mail, FirmMail)]
    asked = {
        mail.id: next((why for why in answers if why), "")
        for mail, answers in zip(firms, MAY_SEND.call_each(firms), strict=True)
    }
    return [
        why_not(stopped.get(mail.to_address, ""), member=_is_for_member(mail))
        or asked.get(mail.id, "")
        for mail in mails
    ]


def _is_for_member(mail: FirmMail | AccountMail) -> bool:
    return isinstance(mail, AccountMail) or mail.membership_id is not None


def _sender(mail: FirmMail | AccountMail) -> str:
    """Return the envelope's sender: an address of this mail's own, where its bounces come to."""
    if not addresses.domain():
        return _config().mail_from
    if isinstance(mail, AccountMail):
        return addresses.address("account-bounce", None, mail.id)
    return addresses.address("bounce", mail.firm_id, mail.id)


def _note(held: Held, answer: relay.Answer) -> marks.End:
    """Return what became of a mail, to write down unless it went to somebody else meanwhile."""
    moment = now()
    if answer.verdict == "sent":
        return marks.End(held.id, "sent", sent=moment)
    if answer.verdict == "unknown":
        # It stays as if the worker had stopped here: the relay is asked after a while.
        return marks.End(held.id, "sending", answer.why, settles=moment + SETTLE)
    if answer.verdict == "never" or moment - held.first_tried_at > GIVE_UP_AFTER:
        return marks.End(held.id, "failed", answer.why)
    return marks.End(held.id, "waiting", answer.why, due=moment + _wait(held.tries))


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

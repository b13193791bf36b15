"""Mail that comes in: kept before it is acknowledged, then handled in its firm's scope.

Loops are cut three ways: what a machine sent is neither taken as an answer nor answered; a person
whom we know gets one answer to the same words in a thread and at most five a day; anybody else
gets one a day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.jobs import job, later
from coachhub.core.tenancy import scope
from coachhub.core.words import ENGLISH, gettext, gettext_noop, in_language
from coachhub.mail import replies
from coachhub.mail.addresses import Back
from coachhub.mail.bounces import take_bounce, take_complaint
from coachhub.mail.hooks import INBOUND, READS
from coachhub.mail.models import FirmIncoming, StrayMail, Thread
from coachhub.mail.outbox import Letter, address_hash, queue_account_mail, queue_letter, rendered

log = logging.getLogger(__name__)
LARGEST = 5 * 1024 * 1024  # bytes of one mail
A_DAY = dt.timedelta(days=1)
ANSWERS_A_DAY = 5  # to one person in one thread
MOST_TRIES = 5

NOT_YOURS = gettext_noop(
    "This mail came from another address than the one we wrote to, so nothing was changed."
    " Please answer from the address that our mail went to, or use the link in it."
)
NOT_UNDERSTOOD = gettext_noop(
    "We could not match your mail with anything that waits for an answer. The links in our mails"
    " show how things stand now."
)

Taken = TypeVar("Taken", FirmIncoming, StrayMail)


def keep(back: Back | None, envelope_sender: str, raw: bytes) -> None:
    """Store one mail and commit; the same bytes for the same row are stored once.

    Args:
        back: what its address stands for; None for a mail to the platform's own address.
        envelope_sender: whom the sending server would tell of a failure; empty for a bounce.
        raw: the mail as it came.
    """
    firm_id = back.firm_id if back else None
    table = FirmIncoming if firm_id else StrayMail
    about = back.row_id if back else None
    with scope(firm_id) if firm_id else nullcontext():
        values = {
            "id": uuid7(),
            "created_at": now(),
            "purpose": back.purpose if back else "stray",
            "about": about,
            "sender": envelope_sender,
            "sender_hash": "",
            "raw": raw,
            "bytes_hash": hashlib.sha256(str(about).encode() + raw).hexdigest(),
            "text_hash": "",
            "state": "new",
            "tries": 0,
            "said": "",
            "answered": False,
        }
        if firm_id:
            values["firm_id"] = firm_id
        db.session.execute(insert(table).values(**values).on_conflict_do_nothing())
        later("mail.take" if firm_id else "mail.take_strays", firm_id)
        db.session.commit()


def _new() -> Select[UUID]:
    return select(FirmIncoming.id).where(FirmIncoming.state == "new")


@job("mail.take", every_minutes=1, waits=_new)
def take(firm_id: object) -> None:
    """Handle what came in for a firm."""
    del firm_id
    _take_all(FirmIncoming)


@job("mail.take_strays", every_minutes=1, for_platform=True)
def take_strays() -> None:
    """Handle what came to the platform's own address."""
    _take_all(StrayMail)


def _take_all(table: type[Taken]) -> None:
    while (mail := _next(table)) is not None:
        mail_id = mail.id
        try:
            with db.session.begin_nested():
                HANDLERS[mail.purpose](mail)
        except Exception:
            log.exception("Mail %s that came in could not be handled.", mail_id)
            mail.tries += 1
            if mail.tries >= MOST_TRIES:
                mail.state = "failed"
            db.session.commit()
            return
        if mail.state != "failed":
            mail.raw = b""
        db.session.commit()


def _next(table: type[Taken]) -> Taken | None:
    return db.session.scalar(
        select(table)
        .where(table.state == "new")
        .order_by(table.created_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _take_reply(mail: FirmIncoming) -> None:
    reply = replies.read(mail.raw, mail.sender)
    if reply.automatic:
        mail.state, mail.said = "ignored", "It was sent by a machine."
        return
    thread = db.session.scalar(select(Thread).where(Thread.id == mail.about))
    mail.sender_hash = address_hash(reply.sender)
    mail.text_hash = hashlib.sha256(" ".join(reply.text.casefold().split()).encode()).hexdigest()
    with in_language(_language_of(thread)):
        if thread is None:
            mail.state, mail.said = "refused", gettext(NOT_UNDERSTOOD)
            own = False
        elif mail.sender_hash != thread.address_hash:
            mail.state, mail.said = "refused", gettext(NOT_YOURS)
            own = False
        else:
            mail.said = _ask_rooms(thread, reply.text)
            mail.state = "handled"
            own = True
        if _may_answer(mail, own=own):
            mail.answered = True
            _answer(mail, reply, thread)


def _language_of(thread: Thread | None) -> str:
    """Return the language in which an answer is answered."""
    return next(iter(READS.call(thread.membership_id if thread else None)), ENGLISH)


def _take_leave(mail: FirmIncoming) -> None:
    """End a kind of mail: whoever holds the address may, a mail program above all (RFC 2369)."""
    thread = db.session.scalar(select(Thread).where(Thread.id == mail.about))
    mail.state = "handled"
    mail.said = _ask_rooms(thread, "leave") if thread else gettext(NOT_UNDERSTOOD)


def _ask_rooms(thread: Thread, text: str) -> str:
    """Let the rooms act on the reply; return what to say."""
    try:
        with db.session.begin_nested():
            given = INBOUND.call(thread.kind, thread.subject_id, thread.membership_id, text)
    except DomainError as error:
        return str(error)
    return next((words for words in given if words), gettext(NOT_UNDERSTOOD))


def _may_answer(mail: FirmIncoming, *, own: bool) -> bool:
    answered = (
        select(func.count())
        .select_from(FirmIncoming)
        .where(
            FirmIncoming.sender_hash == mail.sender_hash,
            FirmIncoming.created_at > now() - A_DAY,
            FirmIncoming.answered,
            FirmIncoming.id != mail.id,
        )
    )
    if not own:
        return not db.session.scalar(answered)
    in_thread = answered.where(FirmIncoming.about == mail.about)
    same_words = in_thread.where(
        FirmIncoming.text_hash == mail.text_hash, FirmIncoming.said == mail.said
    )
    return not db.session.scalar(same_words) and (db.session.scalar(in_thread) or 0) < ANSWERS_A_DAY


def _answer(mail: FirmIncoming, reply: replies.Reply, thread: Thread | None) -> None:
    own = mail.state == "handled" and thread is not None
    queue_letter(
        Letter(
            kind="answer",
            to_address=reply.sender,
            once=f"answer:{mail.id}",
            context={"said": mail.said, "subject": _answer_subject(reply.subject)},
            from_name=thread.from_name if thread else "",
            membership_id=thread.membership_id if own and thread else None,
            reply_kind=thread.kind if own and thread else "",
            subject_id=thread.subject_id if own and thread else None,
            answers=reply.message_id,
        )
    )


def _answer_subject(subject: str) -> str:
    return (
        subject if subject.lower().startswith("re:") else f"Re: {subject or gettext('your mail')}"
    )


def _take_stray(mail: StrayMail) -> None:
    if take_complaint(mail):
        return
    reply = replies.read(mail.raw, mail.sender)
    if reply.automatic:
        mail.state, mail.said = "ignored", "It was sent by a machine."
        return
    mail.state = "handled"
    mail.sender_hash = address_hash(reply.sender)
    before = db.session.scalar(
        select(func.count())
        .select_from(StrayMail)
        .where(
            StrayMail.sender_hash == mail.sender_hash,
            StrayMail.created_at > now() - A_DAY,
            StrayMail.answered,
        )
    )
    # Whoever forges a sender must not make us write to a stranger.
    if before or address_hash(mail.sender) != mail.sender_hash:
        return
    mail.answered = True
    subject, text, html = rendered("stray", {"subject": _answer_subject(reply.subject)})
    queue_account_mail("stray", subject, reply.sender, text, html, answers=reply.message_id)


HANDLERS: dict[str, Callable[..., None]] = {
    "reply": _take_reply,
    "leave": _take_leave,
    "bounce": take_bounce,
    "account-bounce": take_bounce,
    "stray": _take_stray,
}

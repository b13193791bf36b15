"""Writing letters into the outbox: rendered once, stored, sent after the commit."""

from __future__ import annotations

import datetime as dt
import email.policy
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import css_inline
from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core.db import db, now
from coachhub.core.jobs import later
from coachhub.core.secrets import fingerprint
from coachhub.core.tenancy import current_firm_id
from coachhub.mail import addresses
from coachhub.mail.models import AccountMail, FirmMail, Suppression, Thread

_HEADER_LENGTH = 200


@dataclass(frozen=True)
class Letter:
    """A mail to write: which letter, to whom, about what.

    Attributes:
        kind: the folder under ``templates/letters/`` with ``subject.txt``, ``body.txt`` and
            ``body.html``.
        to_address: where it goes.
        to_name: who it goes to.
        once: what it is about; a second letter with the same `once` is never written.
        context: what the templates need.
        from_name: the name shown as sender; the firm's, if empty.
        reply_to: an address that answers go to, if any.
        reply_kind: instead of `reply_to`: answers come back to us, and the `INBOUND` hook is
            called with this kind and `subject_id`.
        subject_id: what an answer is about.
        answers: the Message-ID of the mail that this one answers, if it does.
        membership_id: the member it is for, if it is for one.
        introduction_id: the introduction it belongs to; delivery looks at it again.
        leave_url: where one click ends this kind of mail, if it can be ended.
        due_at: not before; at once, if None.
        calendar: an iCalendar file that goes with it, as an invitation that mail programs show.
        calendar_method: its method, ``REQUEST`` or ``CANCEL``.
    """

    kind: str
    to_address: str
    once: str
    to_name: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    from_name: str = ""
    reply_to: str = ""
    reply_kind: str = ""
    subject_id: UUID | None = None
    answers: str = ""
    membership_id: UUID | None = None
    introduction_id: UUID | None = None
    leave_url: str = ""
    due_at: dt.datetime | None = None
    calendar: bytes = b""
    calendar_method: str = "REQUEST"


def queue_letter(letter: Letter) -> FirmMail | None:
    """Write a letter into the firm's outbox; None if it stands there already.

    A suppressed address gets a row too, in state ``withheld`` with the reason: every mail that is
    not sent can be explained.
    """
    there = db.session.scalar(select(FirmMail.id).where(FirmMail.once == letter.once))
    if there is not None:
        return None
    subject, text, html = rendered(letter.kind, letter.context)
    row_id = uuid7()
    message_id = _message_id(row_id)
    message = _message(
        subject=subject,
        text=text,
        html=html,
        to=_address(letter.to_name, letter.to_address),
        sender_name=letter.from_name,
        message_id=message_id,
        answers=letter.answers,
    )
    reply_to = letter.reply_to or _reply_address(letter)
    if reply_to:
        message["Reply-To"] = reply_to
    if letter.leave_url:
        message["List-Unsubscribe"] = f"<{letter.leave_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if letter.calendar:
        _add_calendar(message, letter)
    reason = suppressed(letter.to_address)
    row = FirmMail(
        id=row_id,
        kind=letter.kind,
        once=letter.once,
        to_address=letter.to_address,
        subject=subject,
        message_id=message_id,
        raw=message.as_bytes(policy=email.policy.SMTP),
        state="withheld" if reason else "waiting",
        reason=reason,
        due_at=letter.due_at or now(),
        membership_id=letter.membership_id,
        introduction_id=letter.introduction_id,
    )
    db.session.add(row)
    db.session.flush()
    if not reason and letter.due_at is None:
        later("mail.deliver", current_firm_id())
    return row


def queue_account_mail(
    kind: str, subject: str, address: str, text: str, html: str, answers: str = ""
) -> None:
    """Write a sign-in mail into the platform's outbox. A suppressed address still gets these.

    `answers` is the Message-ID of the mail that it answers, if it does.
    """
    row_id = uuid7()
    message_id = _message_id(row_id)
    message = _message(
        subject=subject,
        text=text,
        html=html,
        to=_address("", address),
        sender_name="",
        message_id=message_id,
        answers=answers,
    )
    db.session.add(
        AccountMail(
            id=row_id,
            kind=kind,
            to_address=address,
            subject=subject,
            message_id=message_id,
            raw=message.as_bytes(policy=email.policy.SMTP),
        )
    )
    db.session.flush()
    later("mail.deliver_account_mail", None)


def suppressed(address: str) -> str:
    """Return why an address must not be written to, or an empty string."""
    row = db.session.get(Suppression, address_hash(address))
    return row.reason if row else ""


def suppress(address: str, reason: str) -> None:
    """Never write to an address again, from any firm; doing it twice is fine."""
    if not suppressed(address):
        db.session.add(Suppression(address_hash=address_hash(address), reason=reason))
        db.session.flush()


def address_hash(address: str) -> str:
    """Return the keyed hash under which an address is remembered."""
    return fingerprint("mail address", address.strip().casefold())


def rendered(kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Return a letter's subject, text and HTML, made from `context` alone.

    What the layouts of pages show (menu, person, firm of the request) is no part of a letter.
    """
    templates = current_app.jinja_env
    subject, text, html = (
        templates.get_template(f"letters/{kind}/{part}").render(context)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    inlined = css_inline.inline(html, load_remote_stylesheets=False)
    return " ".join(subject.split()), text.strip() + "\n", inlined


def _reply_address(letter: Letter) -> str:
    """Return the address of this person's part of a thread; the same for each of its letters."""
    if not letter.reply_kind or letter.subject_id is None or not addresses.domain():
        return ""
    key = address_hash(letter.to_address)
    db.session.execute(
        insert(Thread)
        .values(
            id=uuid7(),
            firm_id=current_firm_id(),
            created_at=now(),
            kind=letter.reply_kind,
            subject_id=letter.subject_id,
            address_hash=key,
            membership_id=letter.membership_id,
            from_name=letter.from_name,
        )
        .on_conflict_do_nothing()
    )
    thread_id = db.session.scalars(
        select(Thread.id).where(
            Thread.kind == letter.reply_kind,
            Thread.subject_id == letter.subject_id,
            Thread.address_hash == key,
        )
    ).one()
    return addresses.address("reply", current_firm_id(), thread_id)


def _message_id(row_id: UUID) -> str:
    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    return f"<{row_id}@{domain}>"


def _address(name: str, address: str) -> Address:
    return Address(display_name=_one_line(name), addr_spec=address)


def _one_line(text: str) -> str:
    # No line breaks, control or direction marks: a name must not write headers or turn them round.
    kept = (character for character in text if character.isprintable())
    return " ".join("".join(kept).split())[:_HEADER_LENGTH]


def _message(
    *,
    subject: str,
    text: str,
    html: str,
    to: Address,
    sender_name: str,
    message_id: str,
    answers: str = "",
) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    sender = current_app.config["MAIL_DEFAULT_SENDER"]
    message["From"] = _address(sender_name or "CoachHub", sender)
    message["To"] = to
    message["Subject"] = _one_line(subject)
    message["Date"] = now()
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-replied" if answers else "auto-generated"
    if answers:
        message["In-Reply-To"] = message["References"] = _one_line(answers)
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def _add_calendar(message: EmailMessage, letter: Letter) -> None:
    """Add the event twice: for programs that show invitations, and as a file for the others."""
    message.add_alternative(
        letter.calendar.decode(),
        subtype="calendar",
        params={"method": letter.calendar_method},
    )
    message.add_attachment(
        letter.calendar, maintype="application", subtype="ics", filename="invitation.ics"
    )

"""Writing letters into the outbox: rendered once, stored, sent after the commit."""

from __future__ import annotations

import datetime as dt
import email.policy
from collections.abc import Collection
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import css_inline
from flask import current_app, render_template
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from coachhub.core.db import db, now
from coachhub.core.jobs import later
from coachhub.core.secrets import fingerprint
from coachhub.core.tenancy import current_firm_id
from coachhub.mail.models import AccountMail, FirmMail, Suppression

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
        membership_id: the member it is for, if it is for one.
        introduction_id: the introduction it belongs to; delivery looks at it again.
        leave_url: where one click ends this kind of mail, if it can be ended.
        due_at: not before; at once, if None.
    """

    kind: str
    to_address: str
    once: str
    to_name: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    from_name: str = ""
    reply_to: str = ""
    membership_id: UUID | None = None
    introduction_id: UUID | None = None
    leave_url: str = ""
    due_at: dt.datetime | None = None


def queue_letter(letter: Letter) -> FirmMail | None:
    """Write a letter into the firm's outbox; None if it stands there already.

    A suppressed address gets a row too, in state ``withheld`` with the reason: every mail that is
    not sent can be explained.
    """
    there = db.session.scalar(select(FirmMail.id).where(FirmMail.once == letter.once))
    if there is not None:
        return None
    subject, text, html = _rendered(letter.kind, letter.context)
    row_id = uuid7()
    message_id = _message_id(row_id)
    message = _message(
        subject=subject,
        text=text,
        html=html,
        to=_address(letter.to_name, letter.to_address),
        sender_name=letter.from_name,
        message_id=message_id,
    )
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    if letter.leave_url:
        message["List-Unsubscribe"] = f"<{letter.leave_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
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


def queue_account_mail(kind: str, subject: str, address: str, text: str, html: str) -> None:
    """Write a sign-in mail into the platform's outbox. A suppressed address still gets these."""
    row_id = uuid7()
    message_id = _message_id(row_id)
    message = _message(
        subject=subject,
        text=text,
        html=html,
        to=_address("", address),
        sender_name="",
        message_id=message_id,
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


def hold(introduction_ids: Collection[UUID], until: dt.datetime) -> None:
    """Let what waits to be sent about some introductions wait until a moment."""
    db.session.execute(
        update(FirmMail)
        .where(FirmMail.introduction_id.in_(introduction_ids), FirmMail.state == "waiting")
        .values(due_at=until)
    )


def has_left(introduction_ids: Collection[UUID]) -> bool:
    """Say whether any mail about some introductions has left, or is just leaving."""
    left = select(FirmMail.id).where(
        FirmMail.introduction_id.in_(introduction_ids),
        FirmMail.state.not_in(("waiting", "withheld")),
    )
    return db.session.scalar(left.limit(1)) is not None


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


def _rendered(kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    folder = f"letters/{kind}"
    subject = " ".join(render_template(f"{folder}/subject.txt", **context).split())
    text = render_template(f"{folder}/body.txt", **context).strip() + "\n"
    html = render_template(f"{folder}/body.html", **context)
    return subject, text, css_inline.inline(html, load_remote_stylesheets=False)


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
    *, subject: str, text: str, html: str, to: Address, sender_name: str, message_id: str
) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    sender = current_app.config["MAIL_DEFAULT_SENDER"]
    message["From"] = _address(sender_name or "CoachHub", sender)
    message["To"] = to
    message["Subject"] = _one_line(subject)
    message["Date"] = now()
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message

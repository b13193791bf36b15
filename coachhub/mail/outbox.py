"""Writing letters into the outbox: rendered once, stored, sent after the commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core.db import db, now
from coachhub.core.jobs import later
from coachhub.core.secrets import fingerprint
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import in_language, language
from coachhub.mail import addresses
from coachhub.mail.message import Invitation, built, mailbox, one_line
from coachhub.mail.models import AccountMail, FirmMail, SenderKey, Thread
from coachhub.mail.signing import key_of_firm, signed
from coachhub.mail.suppression import (
    address_hash,
    suppress,
    suppressed,
    suppressed_among,
    why_not,
)

__all__ = [
    "Letter",
    "address_hash",
    "composed",
    "queue_account_mail",
    "queue_letter",
    "queue_letters",
    "rendered",
    "suppress",
    "suppressed",
]


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
        leave_kind: with it, the `INBOUND` hook is called with this kind and `membership_id` (or
            `subject_id`, for somebody outside) when a mail program asks by mail to leave.
        due_at: not before; at once, if None.
        written_at: what its Date header says; the present moment, if None.
        invitation: an event that goes with it, which mail programs show.
        language: a key of `LANGUAGES`; the one in which the letter is being thought of, if none.
        written: subject, text and HTML, where they have been written already (a filled `Form`).
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
    leave_kind: str = ""
    due_at: dt.datetime | None = None
    written_at: dt.datetime | None = None
    invitation: Invitation | None = None
    language: str = field(default_factory=language)
    written: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Composed:
    """A letter as it will be sent; `problem` says why its address cannot be written to."""

    subject: str
    message_id: str
    text: str
    html: str
    raw: bytes
    problem: str = ""


def queue_letter(letter: Letter) -> FirmMail | None:
    """Write a letter into the firm's outbox; None if it stands there already.

    A suppressed address gets a row too, in state ``withheld`` with the reason: every mail that is
    not sent can be explained.
    """
    [mail_id] = queue_letters([letter])
    return None if mail_id is None else db.session.get_one(FirmMail, (current_firm_id(), mail_id))


def queue_letters(letters: Sequence[Letter]) -> list[UUID | None]:
    """Write some letters, as `queue_letter` does each, in a handful of statements.

    Returns the mails' ids, None where a letter stands there already.
    """
    wanted = {letter.once for letter in letters}
    there = set(db.session.scalars(select(FirmMail.once).where(FirmMail.once.in_(wanted))))
    sender = key_of_firm()
    stopped = suppressed_among({letter.to_address for letter in letters})
    ids: list[UUID | None] = []
    rows: list[dict[str, Any]] = []
    written: list[Letter] = []
    for letter in letters:
        if letter.once in there:
            ids.append(None)
            continue
        there.add(letter.once)
        rows.append(_row(letter, sender, stopped))
        ids.append(rows[-1]["id"])
        written.append(letter)
    _begin_threads(written)
    if rows:
        db.session.flush()
        db.session.connection().execute(insert(FirmMail), rows)
    if any(
        row["state"] == "waiting" and letter.due_at is None
        for letter, row in zip(written, rows, strict=True)
    ):
        later("mail.deliver", current_firm_id())
    return ids


def _row(letter: Letter, sender: SenderKey | None, stopped: Mapping[str, str]) -> dict[str, Any]:
    made = _composed(letter, sender)
    member = letter.membership_id is not None
    reason = made.problem or why_not(stopped.get(letter.to_address, ""), member=member)
    moment = now()
    return {
        "id": uuid7(),
        "firm_id": current_firm_id(),
        "created_at": moment,
        "kind": letter.kind,
        "once": letter.once,
        "to_address": letter.to_address,
        "subject": made.subject,
        "message_id": made.message_id,
        "raw": signed(made.raw, sender),
        "state": "withheld" if reason else "waiting",
        "reason": reason,
        "due_at": letter.due_at or moment,
        "membership_id": letter.membership_id,
        "introduction_id": letter.introduction_id,
    }


def composed(letter: Letter) -> Composed:
    """Return a letter's bytes without writing it into the outbox: what a preview shows.

    The same letter with the same `written_at` gives the same bytes.
    """
    return _composed(letter, key_of_firm())


def _composed(letter: Letter, own: SenderKey | None) -> Composed:
    subject, text, html = letter.written or _rendered_for(letter)
    # The firm's own address, if it has one.
    sender: str = own.address if own else current_app.config["MAIL_DEFAULT_SENDER"]
    message_id = _message_id(f"{current_firm_id()}/{letter.once}", sender)
    try:
        to: str | Address = mailbox(letter.to_name, letter.to_address)
        problem = ""
    except ValueError as error:
        to, problem = "undisclosed-recipients:;", str(error)
    headers = _headers(
        subject, to, mailbox(letter.from_name or "CoachHub", sender), message_id, letter.answers
    )
    reply_to = letter.reply_to or _thread_address("reply", _reply_thread(letter))
    if reply_to:
        headers["Reply-To"] = mailbox("", reply_to)
    # RFC 2919: the kind of mail is the list; what ends it, if anything does, stands beside it.
    headers["List-Id"] = f"<{letter.kind}.{_domain(sender)}>"
    if letter.leave_url:
        by_mail = _thread_address("leave", _leave_thread(letter))
        also = f", <mailto:{by_mail}?subject=leave>" if by_mail else ""
        headers["List-Unsubscribe"] = f"<{letter.leave_url}>{also}"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    raw = built(headers, letter.written_at or now(), text, html, letter.invitation)
    return Composed(one_line(subject), message_id, text, html, raw, problem)


def _rendered_for(letter: Letter) -> tuple[str, str, str]:
    with in_language(letter.language):
        return rendered(letter.kind, letter.context)


def queue_account_mail(
    kind: str, subject: str, address: str, text: str, html: str, answers: str = ""
) -> None:
    """Write a sign-in mail into the platform's outbox.

    Whoever left a list, or asked as an outside contact to be left alone, still gets these.
    `answers` is the Message-ID of the mail that it answers, if it does.
    """
    row_id = uuid7()
    sender: str = current_app.config["MAIL_DEFAULT_SENDER"]
    message_id = _message_id(str(row_id), sender)
    headers = _headers(
        subject, mailbox("", address), mailbox("CoachHub", sender), message_id, answers
    )
    headers["List-Id"] = f"<{kind}.{_domain(sender)}>"
    db.session.add(
        AccountMail(
            id=row_id,
            kind=kind,
            to_address=address,
            subject=one_line(subject),
            message_id=message_id,
            raw=built(headers, now(), text, html),
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


def rendered(kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Return a letter's subject, text and HTML, made from `context` alone.

    What the layouts of pages show (menu, person, firm of the request) is no part of a letter.
    """
    templates = current_app.jinja_env
    subject, text, html = (
        templates.get_template(f"letters/{kind}/{part}").render(context)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return " ".join(subject.split()), text.strip() + "\n", html


@dataclass(frozen=True)
class _ThreadKey:
    """What a letter's answers belong to; the same for each letter to one person about it.

    The id follows from what it is for: a preview names the address that the mail will name.
    """

    kind: str
    subject_id: UUID
    letter: Letter

    @property
    def address_hash(self) -> str:
        return address_hash(self.letter.to_address)

    @property
    def id(self) -> UUID:
        about = f"{current_firm_id()}/{self.kind}/{self.subject_id}/{self.address_hash}"
        return UUID(hex=fingerprint("mail thread", about)[:32])


def _reply_thread(letter: Letter) -> _ThreadKey | None:
    if not letter.reply_kind or letter.subject_id is None:
        return None
    return _ThreadKey(letter.reply_kind, letter.subject_id, letter)


def _leave_thread(letter: Letter) -> _ThreadKey | None:
    who = letter.membership_id or letter.subject_id
    if not letter.leave_kind or who is None:
        return None
    return _ThreadKey(letter.leave_kind, who, letter)


def _thread_address(purpose: addresses.Purpose, thread: _ThreadKey | None) -> str:
    if thread is None or not addresses.domain():
        return ""
    return addresses.address(purpose, current_firm_id(), thread.id)


def _begin_threads(letters: Iterable[Letter]) -> None:
    """Know again what comes back in answer to some letters."""
    if not addresses.domain():
        return
    made = {
        thread.id: thread
        for letter in letters
        for thread in (_reply_thread(letter), _leave_thread(letter))
        if thread is not None
    }
    if not made:
        return
    rows = [
        {
            "id": key,
            "firm_id": current_firm_id(),
            "created_at": now(),
            "kind": thread.kind,
            "subject_id": thread.subject_id,
            "address_hash": thread.address_hash,
            "membership_id": thread.letter.membership_id,
            "from_name": thread.letter.from_name,
        }
        for key, thread in sorted(made.items())  # two workers wait for each other in one order
    ]
    db.session.execute(insert(Thread).on_conflict_do_nothing(), rows)


def _message_id(about: str, sender: str) -> str:
    # The same letter has the same one, whoever writes it, and nothing can be read from it.
    return f"<{fingerprint('message id', about)[:40]}@{_domain(sender)}>"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _headers(
    subject: str, to: Address | str, sender: Address, message_id: str, answers: str
) -> dict[str, str | Address]:
    headers: dict[str, str | Address] = {
        "From": sender,
        "To": to,
        "Subject": one_line(subject),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-replied" if answers else "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if answers:
        headers["In-Reply-To"] = headers["References"] = one_line(answers)
    return headers

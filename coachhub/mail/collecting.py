"""Mail that comes in by way of a mailbox: where no server can bring it to `coachhub inbound`.

A catch-all mailbox takes what is sent to the domain of INBOUND_DOMAIN; once a minute the worker
looks into it by IMAP (RFC 9051) and keeps what is for an address of ours. A mail leaves the mailbox
after it is in the database; where the worker is stopped in between, the same bytes are kept once.
Whatever is for nobody here stays in the mailbox, marked as read.
"""

from __future__ import annotations

import imaplib
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import getaddresses
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app

from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.jobs import job
from coachhub.mail import addresses, replies
from coachhub.mail.inbound import LARGEST, keep

log = logging.getLogger(__name__)
SECONDS = 30
MOST = 200  # mails at one go
# What servers note of the envelope, the surest first; then what the writer wrote.
_FOR = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


@job("mail.collect", every_minutes=1, for_platform=True)
def collect() -> None:
    """Look into the mailbox, if there is one; one that does not answer is tried again later."""
    config: Config = current_app.extensions["coachhub.config"]
    if not config.inbound_mailbox:
        return
    try:
        with _opened(urlsplit(config.inbound_mailbox)) as box:
            _take_all(box, config)
    except (OSError, imaplib.IMAP4.error) as error:
        log.error("The mailbox of INBOUND_MAILBOX could not be read: %s", error)  # noqa: TRY400 - a trace tells nothing more


@contextmanager
def _opened(where: SplitResult) -> Iterator[imaplib.IMAP4]:
    host, secure = where.hostname or "", where.scheme == "imaps"
    # Without a context of ours the certificate would be taken unseen.
    context = ssl.create_default_context()
    if secure:
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            host, where.port or 993, ssl_context=context, timeout=SECONDS
        )
    else:
        box = imaplib.IMAP4(host, where.port or 143, timeout=SECONDS)
    try:
        if not secure and host not in _HERE:
            box.starttls(context)
        box.login(unquote(where.username or ""), unquote(where.password or ""))
        folder = unquote(where.path.strip("/")) or "INBOX"
        kind_of_answer, told = box.select(f'"{folder}"')
        if kind_of_answer != "OK":
            raise imaplib.IMAP4.error(f"There is no folder {folder}: {told!r}")
        yield box
    finally:
        # What was taken is marked already; how the connection ends changes nothing.
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _take_all(box: imaplib.IMAP4, config: Config) -> None:
    _answer, found = box.uid("SEARCH", "UNSEEN", "UNDELETED")
    taken: list[str] = []
    for number in (found[0] or b"").decode().split()[:MOST]:
        raw = _fetched(box, number)
        # An answer to one of ours is of use to nobody else; other mail is not ours to remove.
        if raw is not None and _kept(raw, config):
            box.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted \Seen)")
            taken.append(number)
        else:
            box.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
    if taken and "UIDPLUS" in box.capabilities:
        box.uid("EXPUNGE", ",".join(taken))
    elif taken:
        box.expunge()


def _fetched(box: imaplib.IMAP4, number: str) -> bytes | None:
    """Return a mail's bytes without marking it; None for one that is too large, or gone."""
    _answer, sized = box.uid("FETCH", number, "(RFC822.SIZE)")
    size = next((one for one in sized if isinstance(one, bytes)), b"")
    if int(size.rpartition(b"RFC822.SIZE")[2].split(b")")[0].split()[0] or 0) > LARGEST:
        return None
    _answer, parts = box.uid("FETCH", number, "(BODY.PEEK[])")
    return next((bytes(one[1]) for one in parts if isinstance(one, tuple)), None)


def _kept(raw: bytes, config: Config) -> bool:
    """Keep a mail that is for an address of ours; say whether it was an answer or a notice."""
    message = replies.parsed(raw)
    for address in _recipients(message):
        back = addresses.behind(address)
        if back is not None:
            keep(back, _envelope_sender(message), raw)
            return True
    if {config.mail_from.lower(), f"postmaster@{addresses.domain()}"} & _recipients(message).keys():
        keep(None, _envelope_sender(message), raw)
    db.session.rollback()
    return False


def _recipients(message: EmailMessage) -> dict[str, None]:
    """Return the addresses that a mail may be for, the surest first."""
    written = [str(value) for name in _FOR for value in message.get_all(name, [])]
    return dict.fromkeys(address.lower() for _name, address in getaddresses(written) if address)


def _envelope_sender(message: EmailMessage) -> str:
    """Return whom a failure would be told to; empty for a notice, as servers note it."""
    noted = message.get_all("Return-Path") or message.get_all("From") or [""]
    found = getaddresses([str(noted[0])])
    return found[0][1] if found else ""

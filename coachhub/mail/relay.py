"""The SMTP server that takes our mails, and what its answers mean."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from coachhub.config import Config

CONNECT_SECONDS = 30
# What comes before the content is short: permission was looked at when it began, and must not be
# older than a minute when the content goes.
VERB_SECONDS = 20
# RFC 5321 4.5.3.2.6: wait at least ten minutes for the answer to the final dot.
ANSWER_SECONDS = 600
YES = range(200, 300)
BEGIN = 354
PERMANENT = 500
CLOSING = 421
# Nothing to look into (dot-strings of RFC 5321 4.1.2): the parser takes a quarter of the time in
# which a mail is handed over.
_PLAIN = re.compile(
    r"[\w=+-]+(?:\.[\w=+-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE | re.ASCII
)
OVER = frozenset({CLOSING, -1})  # nothing comes after it


@dataclass(frozen=True)
class Answer:
    """What the relay made of a mail: ``sent``, ``later`` (try again) or ``never``, and why.

    ``unknown`` means that the connection broke after the content began: it may have been taken.
    `lost` says that the connection is of no more use.
    """

    verdict: str
    why: str = ""
    lost: bool = False


@contextmanager
def connected(config: Config) -> Iterator[smtplib.SMTP]:
    """Open a connection to the relay; raises OSError or smtplib.SMTPException if there is none."""
    host, port = config.mail_host, int(config.mail_port)
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if config.mail_tls == "ssl":
        server = smtplib.SMTP_SSL(host, port, timeout=CONNECT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=CONNECT_SECONDS)
    try:
        if config.mail_tls == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if config.mail_user:
            server.login(config.mail_user, config.mail_password)
        yield server
    finally:
        # The mails are through or not by now; how the connection ends changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            _wait_at_most(server, VERB_SECONDS)
            server.quit()
        server.close()


def send(server: smtplib.SMTP, sender: str, to: str, raw: bytes) -> Answer:
    """Hand one mail over and say what became of it; never raises for what a relay may do.

    `sender` is the envelope's: where bounces go.
    """
    try:
        _wait_at_most(server, VERB_SECONDS)
        code, reply = _envelope(server, sender, to)
        if code != BEGIN:
            return _refused(server, code, reply)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Answer("later", _words(error), lost=True)
    try:
        _wait_at_most(server, ANSWER_SECONDS)
        server.send(_stuffed(raw))
        code, reply = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Answer("unknown", _words(error), lost=True)
    if code < 0:
        return Answer("unknown", "The mail server's answer could not be read.", lost=True)
    return Answer("sent") if code in YES else _refused(server, code, reply)


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> tuple[int, bytes]:
    """Say from whom a mail is and to whom; return `BEGIN`, or the first answer that says no."""
    verbs = [f"MAIL FROM:{_in_brackets(sender)}", f"RCPT TO:{_in_brackets(to)}", "DATA"]
    wanted = (*[YES] * (len(verbs) - 1), (BEGIN,))
    together = server.has_extn("pipelining")
    if together:
        _say(server, verbs)
    no: tuple[int, bytes] | None = None
    for verb, good in zip(verbs, wanted, strict=True):
        if not together:
            _say(server, [verb])
        code, reply = server.getreply()
        if code not in good:
            no = no or (code, reply)
            if not together:
                break
            if code in OVER:
                server.close()  # it may wait for a content by now: no QUIT for that
                break
    if no is None:
        return code, reply
    if code == BEGIN:
        # RFC 2920 3.1: begun though nobody is to get it; a dot alone ends it.
        server.send(b".\r\n")
        server.getreply()
    return no


def _in_brackets(address: str) -> str:
    return f"<{address}>" if _PLAIN.fullmatch(address) else smtplib.quoteaddr(address)


def _say(server: smtplib.SMTP, verbs: list[str]) -> None:
    """Send some commands in one piece (RFC 2920)."""
    if any("\r" in verb or "\n" in verb for verb in verbs):
        raise ValueError("An address is one line.")
    server.send("".join(f"{verb}\r\n" for verb in verbs))


def _stuffed(raw: bytes) -> bytes:
    """Return the content as DATA wants it: dots doubled, ended by one (RFC 5321 4.5.2)."""
    lines = raw.replace(b"\r\n.", b"\r\n..")
    lines = b"." + lines if lines.startswith(b".") else lines
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def _wait_at_most(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _refused(server: smtplib.SMTP, code: int, reply: bytes | str) -> Answer:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    lost = code in OVER
    if not lost:
        try:
            lost = server.rset()[0] not in YES
        except (OSError, smtplib.SMTPException):
            lost = True
    # No code at all, or one that means nothing here, is no reason to give a mail up.
    verdict = "never" if code >= PERMANENT else "later"
    return Answer(verdict, f"{code} {text}"[:500], lost)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]

"""The SMTP server that takes our mails, and what its answers mean."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from coachhub.config import Config

CONNECT_SECONDS = 30
# RFC 5321 4.5.3.2.6: wait at least ten minutes for the answer to the final dot.
ANSWER_SECONDS = 600
PERMANENT = 500


@dataclass(frozen=True)
class Answer:
    """What the relay made of a mail: ``sent``, ``later`` (try again) or ``never``, and why.

    ``unknown`` means that the connection broke after the final dot: it may have been taken.
    """

    verdict: str
    why: str = ""


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
        if server.sock is not None:
            server.sock.settimeout(ANSWER_SECONDS)
        yield server
    finally:
        # The mails are through or not by now; how the connection ends changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def send(server: smtplib.SMTP, sender: str, to: str, raw: bytes) -> Answer:
    """Hand one mail over and say what became of it; never raises for what a relay may do."""
    try:
        code, reply = server.mail(sender)
        if code < 300:  # noqa: PLR2004 - 2xx is yes, RFC 5321 4.2.1
            code, reply = server.rcpt(to)
        if code >= 300:  # noqa: PLR2004 - the same
            with suppress(OSError, smtplib.SMTPException):
                server.rset()
            return _refused(code, reply)
    except (OSError, smtplib.SMTPException) as error:
        return Answer("later", _words(error))
    try:
        code, reply = server.data(raw)
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return Answer("unknown", _words(error))
    return Answer("sent") if code < 300 else _refused(code, reply)  # noqa: PLR2004 - the same


def _refused(code: int, reply: bytes | str) -> Answer:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return Answer("never" if code >= PERMANENT else "later", f"{code} {text}"[:500])


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]

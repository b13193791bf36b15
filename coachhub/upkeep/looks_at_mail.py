"""What the doctor looks at about mail: the server, what comes back, and the senders' domains."""

from __future__ import annotations

import email.utils
import re
import smtplib
import ssl
from collections.abc import Iterator

from sqlalchemy import select

from coachhub.config import Config
from coachhub.console import health
from coachhub.core.db import db, now
from coachhub.core.resolver import resolver
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail import signing
from coachhub.upkeep.findings import Finding, fail, ok, warn
from coachhub.upkeep.looks_at_data import clocks

SECONDS = 10
MANY, TOO_MANY = 0.02, 0.05  # of the mails of a week came back
FEW = 50  # with fewer mails a share says little
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


def relay_answers(config: Config) -> Iterator[Finding]:
    """Look whether the mail server answers, encrypts, and knows us."""
    where = f"{config.mail_host}:{config.mail_port}"
    do = "Look whether MAIL_HOST, MAIL_PORT and MAIL_TLS are right, and whether it runs."
    kind = smtplib.SMTP_SSL if config.mail_tls == "ssl" else smtplib.SMTP
    banner = ""
    try:
        with kind(timeout=SECONDS) as server:
            _code, said = server.connect(config.mail_host, int(config.mail_port))
            banner = said.decode(errors="replace")
            server.ehlo()
            if config.mail_tls == "starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if config.mail_user:
                server.login(config.mail_user, config.mail_password)
    except smtplib.SMTPAuthenticationError:
        words = f"{where} does not take MAIL_USER and MAIL_PASSWORD."
        yield fail("mail", words, "Ask whoever runs it for the right ones.")
        return
    except ssl.SSLError as error:
        words = f"{where} has no certificate that can be trusted: {error.reason or error}."
        yield fail("mail", words, "Name it in MAIL_HOST as its certificate does.")
        return
    except (OSError, smtplib.SMTPException) as error:
        yield fail("mail", f"{where} does not answer: {error}.", do)
        return
    if config.mail_tls == "none" and config.mode == "production":
        words = f"{where} answers, and mails go to it unencrypted."
        yield warn("mail", words, "Set MAIL_TLS=starttls, unless it is on this very machine.")
    else:
        yield ok("mail", f"{where} answers.")
    told = _DATE.search(banner)
    if told:
        there = email.utils.parsedate_to_datetime(told.group())
        yield clocks("the mail server's", (now() - there).total_seconds())


def bounces(_config: Config) -> Iterator[Finding]:
    """Look how many mails of the last week came back, and whether any are stuck."""
    found = health.of_platform().post
    late, doubt, back = found.late, found.in_doubt, found.bounced
    written = health.written_lately()
    for firm in db.session.scalars(select(Firm).where(Firm.active)).all():
        post = health.of_firm(firm).post
        late, doubt, back = late + post.late, doubt + post.in_doubt, back + post.bounced
        with scope(firm.id):
            written += health.written_lately()
    if late:
        words = f"{late} mails should have left a quarter of an hour ago."
        yield fail("mail", words, "Look into the worker's log: it says what the server answered.")
    if doubt:
        words = f"Of {doubt} mails nobody knows whether they went."
        yield warn("mail", words, "Their firms' admins decide: Console, Mails.")
    share = back / written if written else 0.0
    words = f"{back} of {written} mails of the last {health.DAYS} days came back."
    if share > TOO_MANY and written > FEW:
        do = (
            "Stop sending, and look whose addresses are wrong: Console, Mails. Relays block for it."
        )
        yield fail("mail", words, do)
    elif share > MANY and written > FEW:
        yield warn("mail", words, "Look whose addresses are wrong: Console, Mails.")
    else:
        yield ok("mail", words)


def senders(config: Config) -> Iterator[Finding]:
    """Look what stands in the DNS of the domains that mails come from."""
    domain = config.mail_from.rpartition("@")[2]
    texts = resolver().texts(domain) if config.mode == "production" else None
    if texts is not None and not any(one.lower().startswith("v=spf1") for one in texts):
        words = f"{domain}, which our own mails come from, does not say who may send for it."
        yield warn("senders", words, f"Set a TXT record: v=spf1 a:{config.mail_host} ~all")
    number = 0
    for firm in db.session.scalars(select(Firm).where(Firm.active).order_by(Firm.slug)).all():
        slug = firm.slug
        with scope(firm.id):
            own = signing.key_of_firm()
            if own is None:
                continue
            number += 1
            missing = [one.title for one in signing.findings(own) if not one.good]
        if missing:
            words = f"At the domain of /f/{slug}/ something is amiss: {'; '.join(missing)}."
            yield warn(
                "senders", words, "Its admin sees the right records: Console, Mails, Sender."
            )
    yield ok("senders", f"{number} firms send from domains of their own.")

"""Notices in the formats that mail servers use, with made-up addresses and our own words."""

from __future__ import annotations

from collections.abc import Iterator

TO = "mia@corp.example.com"
BACK = "b0@example.org"

# What the receiving server said → what it means.
REASONS: dict[str, tuple[str, str, str]] = {
    "no such user": ("5.1.1", "550 5.1.1 <{to}>: Recipient address rejected: User unknown", "hard"),
    "no such domain": ("5.1.2", "550 5.1.2 Host or domain name not found for corp", "hard"),
    "moved away": ("5.1.6", "551 5.1.6 The account is no longer here", "hard"),
    "disabled": ("5.2.1", "550 5.2.1 This mailbox is disabled", "hard"),
    "full": ("5.2.2", "552 5.2.2 The mailbox is over its quota", "soft"),
    "too large": ("5.2.3", "552 5.2.3 The message is too large for this mailbox", "soft"),
    "greylisted too long": ("4.7.1", "451 4.7.1 Greylisting in action, try again later", "soft"),
    "never answered": ("4.4.1", "connection to mx.corp.example.com timed out", "soft"),
    "policy": (
        "5.7.26",
        "550 5.7.26 Unauthenticated mail is not taken due to DMARC policy",
        "soft",
    ),
}


def _wrapped(subject: str, sender: str, *parts: str) -> bytes:
    text = "".join(f"--edge\n{part}\n" for part in parts) + "--edge--\n"
    return (
        f"Return-Path: <>\nFrom: Mail Delivery <{sender}>\nTo: <{BACK}>\nSubject: {subject}\n"
        "Date: Mon, 2 Mar 2026 08:00:00 +0000\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\n\n' + text
    ).encode()


ORIGINAL = (
    "Content-Type: message/rfc822\n\nFrom: Acme <hub@example.org>\nTo: <{to}>\nSubject: Hello\n\n"
    "A full inbox is no reason to be blocked or invalid: unknown user, quota, spam.\n"
)


def standard(
    server: str, human: str, status: str, words: str, action: str = "failed", extra: str = ""
) -> bytes:
    """RFC 3464, with each server's own prose and fields around the same core."""
    return _wrapped(
        "Undelivered Mail Returned to Sender",
        f"MAILER-DAEMON@{server}",
        f"Content-Type: text/plain; charset=us-ascii\n\n{human}\n",
        "Content-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; {server}\n{extra}Arrival-Date: Mon, 2 Mar 2026 07:59:00 +0000\n\n"
        f"Final-Recipient: rfc822; {TO}\nOriginal-Recipient: rfc822;{TO}\nAction: {action}\n"
        f"Status: {status}\nRemote-MTA: dns; mx.corp.example.com\n"
        f"Diagnostic-Code: smtp; {words}\n",
        ORIGINAL.format(to=TO),
    )


def _servers(status: str, words: str) -> Iterator[tuple[str, bytes]]:
    yield (
        "postfix",
        standard(
            "mail.example.org",
            f"I'm sorry to have to inform you that your message could not\nbe delivered.\n\n"
            f"<{TO}>: host mx.corp.example.com[192.0.2.1] said: {words} (in reply to RCPT TO)",
            status,
            words,
            extra="X-Postfix-Queue-ID: 4A1B2C\nX-Postfix-Sender: rfc822; b0@example.org\n",
        ),
    )
    yield (
        "sendmail",
        standard(
            "relay.example.org",
            "   ----- The following addresses had permanent fatal errors -----\n"
            f"<{TO}>\n    (reason: {words})\n\n   ----- Transcript of session follows -----\n",
            status,
            words,
            extra="Received-From-MTA: DNS; hub.example.org\n",
        ),
    )
    yield (
        "exchange",
        standard(
            "EX01.corp.example.com",
            f"Delivery has failed to these recipients or groups:\n\n{TO}\n{words}\n",
            status,
            words,
            extra="Received-From-MTA: dns;hub.example.org\n",
        ),
    )
    yield (
        "a large web mailer",
        standard(
            "googlemail.example.com",
            f"** Address not reached **\n\nYour message wasn't delivered to {TO}.\n\n{words}\n",
            status,
            words,
            extra="X-Original-Message-ID: <1@example.org>\n",
        ),
    )
    yield (
        "vague status",
        standard("mx.example.org", f"{TO}: {words}", status[0] + ".0.0", words),
    )
    yield (
        "exim",
        (
            "Return-Path: <>\nFrom: Mail Delivery System <Mailer-Daemon@mail.example.org>\n"
            f"To: {BACK}\nX-Failed-Recipients: {TO}\nAuto-Submitted: auto-replied\n"
            "Subject: Mail delivery failed: returning message to sender\n\n"
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n"
            f"  {TO}\n    host mx.corp.example.com [192.0.2.1]\n"
            f"    SMTP error from remote mail server after RCPT TO:<{TO}>:\n    {words}\n\n"
            "------ This is a copy of the message, including all the headers. ------\n"
        ).encode(),
    )
    yield (
        "qmail",
        (
            f"Return-Path: <>\nFrom: MAILER-DAEMON@mail.example.org\nTo: {BACK}\n"
            "Subject: failure notice\n\n"
            "Hi. This is the qmail-send program at mail.example.org.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            f"<{TO}>:\n192.0.2.1 does not like recipient.\nRemote host said: {words}\n"
            "Giving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\n"
            "Subject: Hello\n\nHi\n"
        ).encode(),
    )


def failures() -> Iterator[tuple[str, bytes, str]]:
    """Give (name, notice, kind) of mails that did not arrive."""
    for reason, (status, said, kind) in REASONS.items():
        words = said.format(to=TO)
        for server, notice in _servers(status, words):
            yield f"{server}: {reason}", notice, kind


def others() -> Iterator[tuple[str, bytes, str]]:
    """Give notices that say something else, or nothing that concerns us."""
    words = "451 4.4.1 connection timed out, will be tried again"
    yield (
        "delayed",
        standard("mail.example.org", "It is late.", "4.4.1", words, "delayed"),
        "delayed",
    )
    yield "delivered", standard("mail.example.org", "Done.", "2.0.0", "250 ok", "delivered"), ""
    yield "relayed", standard("mail.example.org", "Passed on.", "2.0.0", "250 ok", "relayed"), ""
    yield "away", b"From: mia@corp.example.com\nSubject: Away\n\nI am away until Monday.\n", ""
    yield "nothing", b"", ""
    yield "noise", b"\xff\xfe\x00" * 50, ""
    for number, kind in enumerate(("abuse", "fraud", "virus", "not-spam")):
        yield f"reported as {kind}", complaint(kind, numbered=number), "complaint" * (number < 3)


def complaint(kind: str, sender: str = BACK, numbered: int = 0) -> bytes:
    """RFC 5965, with or without the original envelope sender as a field of its own."""
    field = f"Original-Mail-From: <{sender}>\n" if numbered % 2 == 0 else ""
    return (
        f"From: <fbl@mail.example.com>\nTo: <hub@example.org>\nSubject: Report\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="edge"\n\n'
        "--edge\nContent-Type: text/plain\n\nThis is a report about a mail.\n"
        f"--edge\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\n"
        f"User-Agent: Feedback/1.0\nVersion: 1\n{field}Arrival-Date: Mon, 2 Mar 2026\n\n"
        f"--edge\nContent-Type: message/rfc822\n\nReturn-Path: <{sender}>\nSubject: Hello\n\nHi\n"
        "--edge--\n"
    ).encode()

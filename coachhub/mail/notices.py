"""Notices about mails: what a mail server, or somebody pressing "spam", tells us of one.

Delivery status notifications (RFC 3464) are read by their status codes (RFC 3463), what older
servers write in prose by `flufl.bounce`, complaints by the Abuse Reporting Format (RFC 5965).
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from flufl.bounce import all_failures

Kind = Literal["hard", "soft", "delayed", "complaint", ""]

# RFC 3463: the mailbox is full or too small, the mail system or the way is in trouble, policy.
_SOFT_STATUS = re.compile(r"4\.\d+\.\d+|5\.2\.[23]|5\.3\.\d+|5\.4\.[02356789]|5\.6\.\d+|5\.7\.\d+")
_SOFT_WORDS = re.compile(
    r"quota|full|too (large|big)|spam|block(ed|list)|blacklist|policy|reputation|greylist|rate"
    r"|try again|temporar|timed? ?out|content|virus|dmarc|loop|too many|insufficient|over limit",
    re.IGNORECASE,
)
_HARD_WORDS = re.compile(
    r"unknown|no such|does ?n.t exist|not (exist|found|a valid|our customer|listed)|invalid"
    r"|no mailbox|user .{0,40}rejected|no longer|disabled|unavailable|unrout|host or domain"
    r"|not have an? .*account|recipient (address )?rejected|deactivated|bad (address|destination)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_VAGUE = frozenset({"5.0.0", "5.1.0", "5.5.0", "5.7.1", "5.4.1"})
LONGEST = 300


@dataclass(frozen=True)
class Notice:
    """What a notice says: its kind (empty: it is none that concerns us) and the server's words.

    `about` is the envelope sender of the mail that a complaint is about, as the complaint has it.
    """

    kind: Kind
    words: str = ""
    about: str = ""


def read(raw: bytes) -> Notice:
    """Read a notice; never raises for what somebody may send."""
    # The old policy: real notices break the rules, and it reads them all the same.
    message = email.message_from_bytes(raw)
    try:
        return _complaint(message) or _status_report(message) or _prose(message)
    except (ValueError, LookupError, AttributeError, TypeError):
        return Notice("")


def _complaint(message: Message) -> Notice | None:
    for part in message.walk():
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = email.message_from_string(_text(part))
        kind = str(fields["Feedback-Type"] or "").strip().lower()
        if kind == "not-spam":
            return Notice("")
        about = str(fields["Original-Mail-From"] or "").strip().strip("<>")
        return Notice("complaint", f"Reported as {kind or 'spam'}.", about or _return_path(message))
    return None


def _return_path(message: Message) -> str:
    """Return the envelope sender in the copy of our mail that a complaint carries."""
    for part in message.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            payload = part.get_payload()
            inner = (
                payload[0] if isinstance(payload, list) else email.message_from_string(_text(part))
            )
            found = inner["Return-Path"] if isinstance(inner, Message) else None
            if found:
                return str(found).strip().strip("<>")
    return ""


def _status_report(message: Message) -> Notice | None:
    worst: Notice | None = None
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _recipients(part):
            found = _one_recipient(fields)
            if worst is None or _RANK[found.kind] > _RANK[worst.kind]:
                worst = found
    return worst


_RANK: dict[Kind, int] = {"": 0, "delayed": 1, "soft": 2, "hard": 3, "complaint": 4}


def _recipients(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    if not blocks:
        blocks = [email.message_from_string(one) for one in re.split(r"\r?\n\r?\n", _text(part))]
    yield from (one for one in blocks if isinstance(one, Message) and one["Action"])


def _one_recipient(fields: Message) -> Notice:
    action = str(fields["Action"]).split(";")[0].strip().lower()
    words = " ".join(f"{fields['Status'] or ''} {fields['Diagnostic-Code'] or ''}".split())[
        :LONGEST
    ]
    if action == "delayed":
        return Notice("delayed", words)
    if action != "failed":
        return Notice("")
    return Notice(_class_of(words), words)


def _class_of(words: str) -> Kind:
    """Return whether a failure is for good, by its codes, or by its words where they are vague."""
    codes = [code for code in _STATUS.findall(words) if code not in _VAGUE]
    if codes and all(_SOFT_STATUS.fullmatch(code) for code in codes):
        return "soft"
    if any(code.startswith("5.1.") or code in {"5.2.1", "5.4.4"} for code in codes):
        return "hard"
    if _HARD_WORDS.search(words):
        return "hard"
    if _SOFT_WORDS.search(words) or _STATUS.findall(words) == ["5.7.1"]:
        return "soft"
    return "hard" if not re.search(r"\b4\d\d\b|\b4\.\d", words) else "soft"


def _prose(message: Message) -> Notice:
    temporary, permanent = all_failures(message)
    text = " ".join(_text(part) for part in message.walk() if part.get_content_maintype() == "text")
    if permanent:
        # The server's words come first; below them stands our own mail, which says nothing of it.
        return Notice(_class_of(" ".join(text.split())[:1500]), " ".join(text.split())[:LONGEST])
    return Notice("delayed", " ".join(text.split())[:LONGEST]) if temporary else Notice("")


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "replace")
    whole = part.get_payload()
    parts = whole if isinstance(whole, list) else [whole]
    return "\n\n".join(str(one) for one in parts)

"""One mail as bytes: the same letter gives the same bytes, to the last one.

The standard library's own generator draws a random boundary and takes several milliseconds for
a digest; here bodies go through the quoted-printable encoder in C.
"""

from __future__ import annotations

import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, formataddr

LONGEST_NAME = 200
_WIDTH = 76
_PLAIN = re.compile(
    r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True)
class Invitation:
    """An event for a calendar: an iCalendar text, and its method, ``REQUEST`` or ``CANCEL``."""

    content: str
    method: str = "REQUEST"


def mailbox(name: str, address: str) -> Address:
    """Return a name and address for a header; the name cannot write headers of its own.

    Raises:
        ValueError: the address cannot stand in a header, or is none.
    """
    local, _, host = address.rpartition("@")
    if _PLAIN.fullmatch(address):
        # Nothing to look into: the parser takes longer than the rest of the mail.
        return Address(one_line(name), local, host)
    if not local.isascii():
        raise ValueError("Our mail server cannot write to this address.")
    try:
        return Address(one_line(name), addr_spec=f"{local}@{host.encode('idna').decode()}")
    except (IndexError, HeaderParseError, ValueError) as error:
        raise ValueError("This is no mail address.") from error


def one_line(text: str) -> str:
    """Return a text without line breaks, control or direction marks, of at most 200 characters."""
    kept = text if text.isprintable() else "".join(filter(str.isprintable, text))
    return " ".join(kept.split())[:LONGEST_NAME]


def built(
    headers: Mapping[str, str | Address],
    written_at: dt.datetime,
    text: str,
    html: str,
    invitation: Invitation | None = None,
) -> bytes:
    """Return the message as RFC 5322 bytes: text first, HTML as its richer twin.

    Args:
        headers: in order; values are single lines.
        written_at: the Date header.
        text: the plain part.
        html: the HTML part; none if empty.
        invitation: an event, added twice: for programs that show events, and as a file.
    """
    lines = [_folded(name, value) for name, value in headers.items()]
    lines.append(_folded("Date", format_datetime(written_at)))
    lines.append("MIME-Version: 1.0\r\n")
    head = "".join(lines).encode("ascii")
    parts = [_part("text/plain", text)] + ([_part("text/html", html)] if html else [])
    if invitation:
        parts.append(_part("text/calendar", invitation.content, f"; method={invitation.method}"))
    body = _joined("alternative", parts)
    if invitation:
        file = _part(
            "application/ics",
            invitation.content,
            '; name="invitation.ics"\r\nContent-Disposition: attachment; filename="invitation.ics"',
        )
        body = _joined("mixed", [body, file])
    return head + body


def _joined(kind: str, parts: list[bytes]) -> bytes:
    if len(parts) == 1:
        return parts[0]
    boundary = b"=_" + hashlib.sha256(kind.encode() + b"".join(parts)).hexdigest()[:40].encode()
    inside = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="'.encode() + boundary + b'"\r\n\r\n'
    return head + inside + b"--" + boundary + b"--\r\n"


def _folded(name: str, value: str | Address) -> str:
    if isinstance(value, Address):
        plain, end = value.display_name, f"<{value.addr_spec}>"
        if plain.isascii():
            plain, end = formataddr((plain, value.addr_spec)), ""
    else:
        plain, end = value, ""
    if plain.isascii():
        # The first word stays on the header's own line, however long: some programs insist.
        first, *rest = plain.split() or [""]
        lines = [f"{name}: {first}"]
        for word in rest:
            if len(lines[-1]) + len(word) < _WIDTH:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
    else:
        # RFC 2047; the generator of `email` would put spaces between the pieces of a long name.
        words = Header(plain, "utf-8", header_name=name).encode(linesep="\r\n")
        lines = [f"{name}: {words}"]
    if end:
        lines.append(end)
    return "\r\n ".join(lines) + "\r\n"


def _part(kind: str, content: str, more: str = "") -> bytes:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    # The encoder breaks long lines as the first line ends: there must be one that ends in CRLF.
    encoded = binascii.b2a_qp(f"{lines}\r\n".encode(), istext=True)
    head = f'Content-Type: {kind}; charset="utf-8"{more}\r\n'
    return f"{head}Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode() + encoded

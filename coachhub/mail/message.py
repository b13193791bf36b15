"""One mail as bytes: the same letter gives the same bytes, to the last one.

The standard library's own generator draws a random boundary and takes several milliseconds for
a digest; here bodies go through the quoted-printable encoder in C.
"""

from __future__ import annotations

import binascii
import datetime as dt
import hashlib
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, formataddr

LONGEST_NAME = 200
_WIDTH = 76


def mailbox(name: str, address: str) -> Address:
    """Return a name and address for a header; the name cannot write headers of its own.

    Raises:
        ValueError: the address cannot stand in a header, or is none.
    """
    local, _, host = address.rpartition("@")
    if not local.isascii():
        raise ValueError("Our mail server cannot write to this address.")
    try:
        return Address(one_line(name), addr_spec=f"{local}@{host.encode('idna').decode()}")
    except (IndexError, HeaderParseError, ValueError) as error:
        raise ValueError("This is no mail address.") from error


def one_line(text: str) -> str:
    """Return a text without line breaks, control or direction marks, of at most 200 characters."""
    kept = "".join(character for character in text if character.isprintable())
    return " ".join(kept.split())[:LONGEST_NAME]


def built(
    headers: Mapping[str, str | Address], written_at: dt.datetime, text: str, html: str
) -> bytes:
    """Return the message as RFC 5322 bytes: text first, HTML as its richer twin.

    Args:
        headers: in order; values are single lines.
        written_at: the Date header.
        text: the plain part.
        html: the HTML part; none if empty.
    """
    lines = [_folded(name, value) for name, value in headers.items()]
    lines.append(_folded("Date", format_datetime(written_at)))
    lines.append("MIME-Version: 1.0\r\n")
    head = "".join(lines).encode("ascii")
    parts = [_part("plain", text)] + ([_part("html", html)] if html else [])
    if len(parts) == 1:
        return head + parts[0]
    boundary = b"=_" + hashlib.sha256(head + b"".join(parts)).hexdigest()[:40].encode()
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    kind = b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n'
    return head + kind + body + b"--" + boundary + b"--\r\n"


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


def _part(subtype: str, content: str) -> bytes:
    lines = content.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    encoded = binascii.b2a_qp(lines.encode(), istext=True)
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
    return f"{kind}Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode() + encoded + b"\r\n"

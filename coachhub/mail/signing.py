"""A firm's own sender address: its DKIM key, and what stands in the DNS of its domain.

Keys are RSA, made here or brought by the firm, and stored encrypted. A letter is signed once,
when it is written down, so that a copy of it is the same to the byte.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import current_app
from sqlalchemy import select

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.resolver import resolver
from coachhub.core.tenancy import open_firm_id
from coachhub.core.words import gettext, gettext_noop
from coachhub.mail.models import SenderKey

BITS = 2048
SELECTOR = "coachhub"
_SIGNED = b"from to subject date message-id reply-to mime-version content-type list-id".split()
_SIGNED += [b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted"]


@dataclass(frozen=True)
class Finding:
    """One record: its name, what should stand there, what does, and whether that is well."""

    title: str
    name: str
    wanted: str
    found: str
    good: bool
    words: str


def key_of_firm() -> SenderKey | None:
    """Return the open firm's own sender, or None: the platform's address is used then."""
    if open_firm_id() is None:
        return None
    return db.session.scalar(select(SenderKey))


def set_sender(actor: Actor, address: str, private_key: str) -> SenderKey:
    """Send the firm's letters from its own address, signed; a key is made if none is given.

    Raises:
        DomainError: the key is none that can sign.
    """
    pem = private_key.strip() or _new_key()
    public = _public(pem)
    sender = key_of_firm()
    if sender is None:
        sender = SenderKey(address=address, selector=SELECTOR, private_key=pem, public_key=public)
        db.session.add(sender)
    else:
        sender.address, sender.private_key, sender.public_key = address, pem, public
    db.session.flush()
    audit.record(actor, "sender.set", kind="sender", subject=sender.id, label=address)
    return sender


def forget_sender(actor: Actor) -> None:
    """Send from the platform's address again."""
    sender = key_of_firm()
    if sender is not None:
        db.session.delete(sender)
        db.session.flush()
        audit.record(actor, "sender.forgotten", kind="sender", label=sender.address)


def signed(raw: bytes, sender: SenderKey | None) -> bytes:
    """Return a message with the firm's signature in front, if the firm has a key (RFC 6376)."""
    if sender is None:
        return raw
    domain = sender.address.rpartition("@")[2]
    line: bytes = dkim.sign(
        raw,
        sender.selector.encode(),
        domain.encode(),
        sender.private_key.encode(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=_SIGNED,
    )
    return line + raw


def findings(sender: SenderKey) -> list[Finding]:
    """Look at the three records that mail programs ask for: SPF, DKIM and DMARC."""
    domain = sender.address.rpartition("@")[2]
    host = current_app.extensions["coachhub.config"].mail_host
    key = f"v=DKIM1; k=rsa; p={sender.public_key}"
    return [
        _finding(gettext_noop("Who may send (SPF)"), domain, f"v=spf1 a:{host} ~all", "v=spf1", ""),
        _finding(
            gettext_noop("The signature (DKIM)"),
            f"{sender.selector}._domainkey.{domain}",
            key,
            "v=dkim1",
            sender.public_key,
        ),
        _finding(
            gettext_noop("What to do with forgeries (DMARC)"),
            f"_dmarc.{domain}",
            f"v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}",
            "v=dmarc1",
            "",
        ),
    ]


def _finding(title: str, name: str, wanted: str, begins: str, holds: str) -> Finding:
    texts = resolver().texts(name)
    if texts is None:
        return Finding(
            title, name, wanted, "", good=False, words=gettext_noop("The domain did not answer.")
        )
    fitting = [text for text in texts if text.lower().startswith(begins)]
    if not fitting:
        return Finding(
            title, name, wanted, "", good=False, words=gettext_noop("It is not there yet.")
        )
    if len(fitting) > 1:
        words = gettext_noop("There are several; mail programs then trust none of them.")
        return Finding(title, name, wanted, " | ".join(fitting), good=False, words=words)
    if holds and holds not in fitting[0].replace(" ", ""):
        return Finding(
            title, name, wanted, fitting[0], good=False, words=gettext_noop("It is another key.")
        )
    return Finding(title, name, wanted, fitting[0], good=True, words=gettext_noop("It is there."))


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def _public(pem: str) -> str:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise DomainError(
            gettext("This is no private key in PEM form without a password.")
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < 1024:  # noqa: PLR2004 - RFC 8301
        raise DomainError(gettext("Please give an RSA key of 1024 bits or more."))
    return base64.b64encode(
        key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).decode()

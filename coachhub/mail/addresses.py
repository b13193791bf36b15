"""Addresses that mails come back to: replies to a thread, bounces of a mail.

The local part is one opaque token. It holds the row's id as one AES block, so that nothing of it
can be read, and two HMACs: one that turns forged addresses away at once, one that only the row's
own firm fits, so that no table outside the firms' walls has to know which rows they have.
Written in base32: the local part of an address may lose its upper case on the way.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Literal, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import current_app

from coachhub.core.jobs import queue
from coachhub.core.tokens import keyed_hash

Purpose = Literal["reply", "leave", "bounce", "account-bounce"]
_LETTER: dict[Purpose, str] = {"reply": "r", "leave": "l", "bounce": "b", "account-bounce": "a"}
_PURPOSE = {letter: purpose for purpose, letter in _LETTER.items()}
_OURS, _FIRMS = 8, 6  # bytes of each HMAC
_LENGTH = 48  # (16 + 8 + 6) bytes in base32


@dataclass(frozen=True)
class Back:
    """What an address stands for: a row, and the firm it belongs to (None: the platform)."""

    purpose: Purpose
    firm_id: UUID | None
    row_id: UUID


def domain() -> str:
    """Return the domain that replies and bounces come back to; empty if none do."""
    config = current_app.extensions["coachhub.config"]
    chosen: str = config.inbound_domain or config.mail_from.rpartition("@")[2]
    return "" if chosen == "none" else chosen.lower()


def address(purpose: Purpose, firm_id: UUID | None, row_id: UUID) -> str:
    """Return the address that stands for a row; always the same one for the same row."""
    ours, firms = _tags(purpose, firm_id, row_id)
    block = _keys(purpose).cipher.encryptor().update(row_id.bytes)
    token = base64.b32encode(block + ours + firms).decode().lower()
    return f"{_LETTER[purpose]}{token}@{domain()}"


def behind(recipient: str) -> Back | None:
    """Return what an address stands for; None if it is not one that we gave out."""
    local, _, host = recipient.lower().rpartition("@")
    purpose = _PURPOSE.get(local[:1])
    if not host or host != domain() or purpose is None or len(local) != _LENGTH + 1:
        return None
    try:
        token = base64.b32decode(local[1:].upper())
    except binascii.Error:
        return None
    row_id = UUID(bytes=_keys(purpose).cipher.decryptor().update(token[:16]))
    ours, firms = token[16 : 16 + _OURS], token[16 + _OURS :]
    if not hmac.compare_digest(ours, _tags(purpose, None, row_id)[0]):
        return None
    homes: list[UUID | None] = [None] if purpose == "account-bounce" else [*queue().firm_ids()]
    for firm_id in homes:
        if hmac.compare_digest(firms, _tags(purpose, firm_id, row_id)[1]):
            return Back(purpose, firm_id, row_id)
    return None


def _tags(purpose: Purpose, firm_id: UUID | None, row_id: UUID) -> tuple[bytes, bytes]:
    key = _keys(purpose).key
    ours = hmac.digest(key, row_id.bytes, sha256)[:_OURS]
    home = firm_id.bytes if firm_id else b""
    return ours, hmac.digest(key, row_id.bytes + home, sha256)[-_FIRMS:]


class _Keys(NamedTuple):
    key: bytes
    cipher: Cipher[modes.ECB]


def _keys(purpose: Purpose) -> _Keys:
    return _made(current_app.config["SECRET_KEY"], purpose)


@lru_cache
def _made(secret: str, purpose: Purpose) -> _Keys:
    block = bytes.fromhex(keyed_hash(secret, "returning mail, block", purpose))[:16]
    return _Keys(
        bytes.fromhex(keyed_hash(secret, "returning mail", purpose)),
        Cipher(algorithms.AES(block), modes.ECB()),  # noqa: S305 - one block, each id once
    )

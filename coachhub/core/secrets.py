"""Text that is stored encrypted: names, addresses and links of people who never signed up.

Fernet (AES-128-CBC with HMAC-SHA-256) under keys that live outside the database, see `keyring`. The
first key writes, all keys read, so keys can be rotated.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from flask import Flask, current_app
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from coachhub.core.keyring import Keyring, Keys, keys_in
from coachhub.core.tokens import keyed_hash

_KEY = "coachhub.secrets"
REINDEXED = "reindexed"  # Table.info key: makes a row's index hashes from its decrypted columns
PRIVATE_BOOK = "private_book"  # Table.info key: what stands in its rows is their owner's alone


class Encrypted(TypeDecorator[str]):
    """A text column whose value only this installation's keys can read. Empty stays empty."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        del dialect
        if not value:
            return None if value is None else b""
        return keyring().box.encrypt(value.encode())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        del dialect
        if not value:
            return None if value is None else ""
        return keyring().box.decrypt(bytes(value)).decode()


def fingerprint(purpose: str, value: str) -> str:
    """Return a keyed hash that finds a value again without storing it, the same one for good.

    For what nobody can make anew, since the value is kept nowhere: who asked to be left alone.
    Hashes beside the encrypted value itself are `Keyring.index_hash`es, which go with their key.
    """
    key: str = current_app.config["SECRET_KEY"]
    return keyed_hash(key, purpose, value)


def seal(text: str, purpose: str = "") -> str:
    """Return a text as a token for a link, that only this installation can read, for a purpose."""
    return keyring().box.encrypt(f"{purpose}\0{text}".encode()).decode()


def unseal(token: str, seconds: int, purpose: str = "") -> str | None:
    """Return the text of a token that is at most `seconds` old; None for any other.

    A token that was sealed for another purpose is any other.
    """
    try:
        opened = keyring().box.decrypt(token.encode(), ttl=seconds).decode()
    except InvalidToken:
        return None
    made_for, _, text = opened.partition("\0")
    return text if made_for == purpose else None


def keyring() -> Keyring:
    """Return the keys of the current app."""
    found: Keyring = current_app.extensions[_KEY]
    return found


def init_app(app: Flask, given: Keys, file: str = "") -> None:
    """Give the app its keys, or those of a file."""
    where = Path(file) if file else None
    app.extensions[_KEY] = Keyring(keys_in(where) if where else given, where)

"""Text that is stored encrypted: names, addresses and links of people who never signed up.

Fernet (AES-128-CBC with HMAC-SHA-256) under keys that live outside the database. The first key
writes, all keys read, so keys can be rotated.
"""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, current_app
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from coachhub.core.tokens import keyed_hash

_KEY = "coachhub.secrets"
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
        box: MultiFernet = current_app.extensions[_KEY]
        return box.encrypt(value.encode())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        del dialect
        if not value:
            return None if value is None else ""
        box: MultiFernet = current_app.extensions[_KEY]
        return box.decrypt(bytes(value)).decode()


def fingerprint(purpose: str, value: str) -> str:
    """Return a keyed hash that finds a private value again without storing it."""
    key: str = current_app.config["SECRET_KEY"]
    return keyed_hash(key, purpose, value)


def seal(text: str) -> str:
    """Return a text as a token for a link, that only this installation can read."""
    box: MultiFernet = current_app.extensions[_KEY]
    return box.encrypt(text.encode()).decode()


def unseal(token: str, seconds: int) -> str | None:
    """Return the text of a token that is at most `seconds` old; None for any other."""
    box: MultiFernet = current_app.extensions[_KEY]
    try:
        return box.decrypt(token.encode(), ttl=seconds).decode()
    except InvalidToken:
        return None


def init_app(app: Flask, keys: tuple[str, ...]) -> None:
    """Give the app its keys, the writing key first."""
    app.extensions[_KEY] = MultiFernet([Fernet(key) for key in keys])

"""Secrets that travel in links: made from 256 random bits, kept only as a hash."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Return a fresh unguessable token, 43 URL-safe characters (256 bits)."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return what is stored of a token: its SHA-256 in hex. The token itself is never kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(key: str, purpose: str, value: str) -> str:
    """Return the HMAC-SHA-256 in hex of `value` for one `purpose`, under the installation's key.

    The same value gives the same hash, and nobody without the key can tell which value it was.
    """
    return hmac.digest(key.encode(), f"{purpose}\0{value}".encode(), "sha256").hex()

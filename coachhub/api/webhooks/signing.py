"""Signatures after Standard Webhooks: https://www.standardwebhooks.com, version v1."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import secrets
from typing import Any

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret: ``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def body_of(event: str, happened_at: dt.datetime, data: dict[str, Any]) -> bytes:
    """Return what is sent, the same bytes each time."""
    told = {"type": event, "timestamp": happened_at.isoformat(), "data": data}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def headers_for(
    message: str, moment: dt.datetime, body: bytes, keys: tuple[str, ...]
) -> dict[str, str]:
    """Return the three headers; each key signs, so that the other side may know either."""
    at = str(int(moment.timestamp()))
    signed = f"{message}.{at}.".encode() + body
    marks = [
        base64.b64encode(
            hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), signed, "sha256")
        ).decode()
        for key in keys
    ]
    return {
        "webhook-id": message,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }

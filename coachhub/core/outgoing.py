"""Asking a server whose address somebody gave us: a JSON answer, bounded, from the open Internet.

In production an address is https. How it is called (pinned, no redirect, not for long) is
`outward`'s to say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from coachhub.core import outward
from coachhub.core.errors import DomainError
from coachhub.core.outward import OutwardError, Place
from coachhub.core.words import gettext

MOST = 256 * 1024  # bytes of an answer
LONGEST = 2000  # characters of an address
# Set by the mode: a trial and the tests call servers on this machine.
PRIVATE = "OUTGOING_PRIVATE"
_HERE = frozenset({"127.0.0.1", "localhost"})
_PORTS = {"http": 80, "https": 443}


class OutgoingError(DomainError):
    """A call could not be made or had no usable answer; the message says why."""


@dataclass(frozen=True)
class Reply:
    """What came back: its status and its text."""

    status: int
    text: str

    def json(self) -> dict[str, Any]:
        """Return the text as a JSON object; raises OutgoingError for anything else."""
        try:
            found = json.loads(self.text)
        except ValueError as error:
            raise OutgoingError(gettext("The answer is not JSON.")) from error
        if not isinstance(found, dict):
            raise OutgoingError(gettext("The answer is not a JSON object."))
        return found


def check_address(address: str) -> Place:
    """Return where an address is; raises OutgoingError with a sentence for one we do not call.

    What its name stands for is looked at with each call, not here.
    """
    if len(address) > LONGEST or not address.isascii() or not address.isprintable():
        raise OutgoingError(gettext("This is no address. Copy it again, whole."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise OutgoingError(gettext("This is no address. Copy it again, whole.")) from error
    host = parts.hostname or ""
    ours = parts.scheme == "http" and host in _HERE and bool(current_app.config[PRIVATE])
    if parts.scheme != "https" and not ours:
        raise OutgoingError(gettext("The address must begin with https://."))
    if not host or " " in address or port == 0:
        raise OutgoingError(gettext("This is no address. Copy it again, whole."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise OutgoingError(gettext("An address with a user name or a # in it is not called."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, port or _PORTS[parts.scheme], target, ours=ours)


def call(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """Call an address once and return what it answered, whatever the status.

    Args:
        address: what `check_address` lets pass.
        method: the HTTP method.
        headers: sent along.
        body: sent along.

    Raises:
        OutgoingError: not allowed, not reachable, too slow, too long, or not itself.
    """
    place = check_address(address)
    sent = {"User-Agent": "CoachHub", **(headers or {})}
    try:
        answer = outward.call(place, method, body, sent, MOST + 1)
    except OutwardError as error:
        raise OutgoingError(str(error)) from error
    if len(answer.text) > MOST:
        raise OutgoingError(gettext("%(host)s answered with more than we read.", host=place.host))
    return Reply(answer.status, answer.text)

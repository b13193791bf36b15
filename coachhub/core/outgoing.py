"""Calls to addresses that somebody gave us: bounded, pinned, and never into a network of ours.

In production an address is https on a public host. The host's name is looked up once, every
address behind it must be public, and the connection goes to the very address that was looked at:
a second look-up could differ. Redirects are not followed; what is slow or long is broken off.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import current_app

from coachhub.core.errors import DomainError

PATIENCE = 8.0  # seconds for the whole call, however slowly its bytes drip
MOST = 256 * 1024  # bytes of an answer
LONGEST = 2000  # characters of an address
# Set by the mode: a trial and the tests call servers on this machine.
PRIVATE = "OUTGOING_PRIVATE"


class OutgoingError(DomainError):
    """A call could not be made or had no usable answer; the message says why."""


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers by their names in small letters, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; raises OutgoingError for anything else."""
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise OutgoingError("The answer is not JSON.") from error
        if not isinstance(found, dict):
            raise OutgoingError("The answer is not a JSON object.")
        return found


def check_address(address: str) -> SplitResult:
    """Return the parts of an address that may be called; raises OutgoingError with a sentence.

    Its host is looked up with each call, not here.
    """
    if len(address) > LONGEST or not address.isascii() or not address.isprintable():
        raise OutgoingError("This is no address. Copy it again, whole.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise OutgoingError("This is no address. Copy it again, whole.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and _private_allowed()):
        raise OutgoingError("The address must begin with https://.")
    if not parts.hostname or " " in address or port == 0:
        raise OutgoingError("This is no address. Copy it again, whole.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise OutgoingError("An address with a user name or a # in it is not called.")
    return parts


def call(
    address: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    most: int = MOST,
    patience: float = PATIENCE,
) -> Reply:
    """Call an address once and return what it answered, whatever the status.

    Args:
        address: what `check_address` lets pass.
        method: the HTTP method.
        headers: sent along.
        body: sent along.
        most: bytes of the answer; a longer one is refused.
        patience: seconds for the whole call.

    Raises:
        OutgoingError: not allowed, not reachable, too slow, too long, or not itself.
    """
    parts = check_address(address)
    host = parts.hostname or ""
    connection = _Connection(parts, patience)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    end = threading.Timer(patience, connection.give_up)
    end.daemon = True
    end.start()
    try:
        connection.request(method, target, body, {"User-Agent": "CoachHub", **(headers or {})})
        answer = connection.getresponse()
        text = answer.read(most + 1)
        if connection.given_up:
            raise TimeoutError
    except ssl.SSLCertVerificationError as error:
        raise OutgoingError(f"{host} could not show that it is who it says.") from error
    except (OSError, http.client.HTTPException) as error:
        slow = isinstance(error, TimeoutError) or connection.given_up
        how = "took too long" if slow else "could not be reached"
        raise OutgoingError(f"{host} {how}.") from error
    finally:
        end.cancel()
        connection.close()
    if len(text) > most:
        raise OutgoingError(f"{host} answered with more than we read.")
    return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)


class _Connection(http.client.HTTPConnection):
    """A connection to an address that its host has now, looked at before it is opened."""

    def __init__(self, parts: SplitResult, patience: float) -> None:
        self.secure = parts.scheme == "https"
        port = parts.port or (443 if self.secure else 80)
        super().__init__(parts.hostname or "", port, timeout=patience)
        # The header names the port where it is not the usual one.
        self.default_port = 443 if self.secure else 80
        self.private = _private_allowed()
        self.given_up = False
        self.opened: socket.socket | None = None

    def give_up(self) -> None:
        """Break the call off, from another thread."""
        self.given_up = True
        if self.opened is not None:
            with suppress(OSError):
                self.opened.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the address that was looked at."""
        address = self._address()
        self.opened = self.sock = socket.create_connection((address, self.port), self.timeout)
        if self.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        # An answer without a length takes the socket over, and `sock` is empty from then on.
        self.opened = self.sock

    def _address(self) -> str:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if not self.private and not all(map(is_public, addresses)):
            raise OutgoingError(f"{self.host} is inside a private network: we do not call it.")
        return addresses[0]


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return all(one.is_global and not one.is_multicast for one in (found, inner or found))


def _private_allowed() -> bool:
    return bool(current_app.config[PRIVATE])

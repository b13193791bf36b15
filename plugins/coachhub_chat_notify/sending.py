"""One call to a webhook: to the service's own host, on a public address, and not for long."""

from __future__ import annotations

import http.client
import ipaddress
import json
import math
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from coachhub.core.db import now
from coachhub_chat_notify.addresses import AddressError, called, service_of

PATIENCE = 8.0  # seconds for the whole call
_MOST_READ = 4096
_LONGEST_WAIT = 6 * 3600
# Only the code that makes an app can name hosts of its own here, as host:port → service: tests do.
ALSO = "CHAT_NOTIFY_ALSO"


@dataclass(frozen=True)
class Answer:
    """What became of a call.

    Attributes:
        state: ``ok``; ``later`` if it may work at another time; ``refused`` if this message cannot
            be taken; ``gone`` if nothing sent there will ever be.
        problem: what is wrong and how to mend it, for the coach.
        wait: seconds that the service asks to wait.
    """

    state: str
    problem: str = ""
    wait: float = 0.0


def post(service: str, address: str, content: dict[str, Any]) -> Answer:
    """Post JSON to a webhook, once; never raises for what the other side does."""
    try:
        host, port, is_own = _whereto(address)
    except AddressError as error:
        return Answer("gone", str(error))
    body = json.dumps(content).encode()
    parts = urlsplit(called(address, service))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json", "User-Agent": "CoachHub"}
    connection = _Connection(host, port, is_own=is_own)
    # A socket's own timeout is for one read: a host that drips could hold a worker for hours.
    end = threading.Timer(PATIENCE, connection.give_up)
    end.start()
    try:
        connection.request("POST", target, body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read(_MOST_READ).decode("utf-8", "replace")
        if connection.given_up:
            raise TimeoutError
    except ssl.SSLCertVerificationError:
        return Answer("later", f"{host} could not show that it is who it says.")
    except (OSError, http.client.HTTPException) as error:
        slow = isinstance(error, TimeoutError) or connection.given_up
        return Answer("later", f"{host} {'took too long' if slow else 'could not be reached'}.")
    finally:
        end.cancel()
        connection.close()
    return _judged(service, answer, text)


def _whereto(address: str) -> tuple[str, int, bool]:
    """Return host and port of an address, and whether it is one that the app's maker named."""
    also: dict[str, str] = current_app.config.get(ALSO, {})
    netloc = address.partition("://")[2].partition("/")[0]
    if netloc in also:
        host, _colon, port = netloc.partition(":")
        return host, int(port), True
    service_of(address)
    return urlsplit(address).hostname or "", 443, False


class _Connection(http.client.HTTPConnection):
    """A connection to a public address that a host has now, checked before it is opened."""

    def __init__(self, host: str, port: int, *, is_own: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.is_own = is_own
        self.given_up = False
        self.opened: socket.socket | None = None

    def give_up(self) -> None:
        """Break the call off, from another thread."""
        self.given_up = True
        if self.opened is not None:
            with suppress(OSError):
                self.opened.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the very address that was looked at, so that no second look can differ."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        public = [one for one in addresses if self.is_own or _is_public(one)]
        if not public:
            raise OSError("No public address.")
        self.opened = self.sock = socket.create_connection((public[0], self.port), PATIENCE)
        if not self.is_own:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        # An answer without a length takes the socket over, and `sock` is empty from then on.
        self.opened = self.sock


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


def _judged(service: str, answer: http.client.HTTPResponse, text: str) -> Answer:
    status = answer.status
    if service == "teams" and status == HTTPStatus.OK and "HTTP error 429" in text:
        # It says 200 to what it did not take.
        return Answer("later", _WAIT, 60.0)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Answer("later", _WAIT, _wait(answer.getheader("Retry-After")))
    if status in _LASTING:
        return Answer("gone", _LASTING[status])
    found = {
        2: Answer("ok"),
        3: Answer("gone", "The address leads elsewhere now. Copy it anew from the channel."),
        5: Answer("later", f"The service has trouble of its own (it answered {status})."),
    }
    refused = Answer("refused", f"The service did not take the message (it answered {status}).")
    return found.get(status // 100, refused)


_WAIT = "The service asks to wait."
_GONE = (
    "The service knows this address no more: the webhook was deleted, or its channel archived."
    " Make a new one in the channel and enter its address here."
)
_REFUSED = (
    "The service does not let us post there any more. Ask whoever looks after it to allow the"
    " webhook, or make a new one."
)


_LASTING = {401: _REFUSED, 403: _REFUSED, 404: _GONE, 410: _GONE}


def _wait(given: str | None) -> float:
    """Return the seconds of a Retry-After header, a number or a date; a minute without one."""
    text = (given or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - now()).total_seconds()
        except (ValueError, TypeError):
            seconds = 60.0
    return min(max(seconds, 1.0), _LONGEST_WAIT) if math.isfinite(seconds) else 60.0

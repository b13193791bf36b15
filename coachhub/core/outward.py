"""One call to somebody else's server: to a public address that was looked at, and not for long.

No redirect is followed, no more than a little is read, and the address that was checked is the one
that is connected to, so that no second look at the name can differ.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from coachhub.core.words import gettext

PATIENCE = 8.0  # seconds for the whole call
MOST_READ = 4096
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class OutwardError(Exception):
    """The other side could not be spoken to; the message says how that looked."""


@dataclass(frozen=True)
class Place:
    """Where a call goes. `ours` says that it is a server of our own, without TLS: for tests."""

    host: str
    port: int
    target: str
    ours: bool = False


@dataclass(frozen=True)
class Answered:
    """What the other side said: its status, how long to wait, and how its text begins."""

    status: int
    retry_after: str | None
    text: str


def post(place: Place, body: bytes, headers: Mapping[str, str]) -> Answered:
    """Post some bytes, once. Raises OutwardError where nothing can be said of the answer."""
    return call(place, "POST", body, headers)


def call(
    place: Place,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    most: int = MOST_READ,
) -> Answered:
    """Call once, by any method, and read at most so many bytes. Raises OutwardError as `post`."""
    connection = _Connection(place)
    # A socket's own timeout is for one read: a host that drips could hold a worker for hours.
    end = threading.Timer(PATIENCE, connection.give_up)
    end.start()
    try:
        connection.request(method, place.target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        text = answer.read(most).decode("utf-8", "replace")
        if connection.given_up:
            raise TimeoutError
        return Answered(answer.status, answer.getheader("Retry-After"), text)
    except ssl.SSLCertVerificationError as error:
        raise OutwardError(
            gettext("%(host)s could not show that it is who it says.", host=place.host)
        ) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        slow = isinstance(error, TimeoutError) or connection.given_up
        raise OutwardError(
            gettext("%(host)s took too long.", host=place.host)
            if slow
            else gettext("%(host)s could not be reached.", host=place.host)
        ) from error
    finally:
        end.cancel()
        connection.close()


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the open Internet, and not of any network inside.

    An IPv6 address that carries one of IPv4, by mapping, 6to4, Teredo or NAT64, is judged by it.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _NAT64:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = inside or found
    return found.is_global and not found.is_multicast


class _Connection(http.client.HTTPConnection):
    """A connection to a public address that a host has now, checked before it is opened."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.host, place.port, timeout=PATIENCE)
        self.ours = place.ours
        self.given_up = False
        self.opened: socket.socket | None = None

    def give_up(self) -> None:
        """Break the call off, from another thread."""
        self.given_up = True
        if self.opened is not None:
            with suppress(OSError):
                self.opened.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the very address that was looked at."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        public = [one for one in addresses if self.ours or is_public(one)]
        if not public:
            raise OSError("No public address.")
        self.opened = self.sock = socket.create_connection((public[0], self.port), PATIENCE)
        if not self.ours:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        # An answer without a length takes the socket over, and `sock` is empty from then on.
        self.opened = self.sock

"""Where a webhook may go: https to a host of the open Internet; in a trial also to this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app

from coachhub.core.errors import DomainError
from coachhub.core.outward import Place

LONGEST = 1000
_PORTS = {443, 8443}
_HERE = {"127.0.0.1", "localhost"}


class AddressError(DomainError):
    """This is no address that we tell things at; the message says what to look at."""

    status = 422


def place_of(address: str) -> Place:
    """Return where an address is; raises AddressError for one that we do not call.

    What its name stands for is looked at when it is called, see `core.outward`.
    """
    if len(address) > LONGEST or not address.isascii() or not address.isprintable():
        raise AddressError("This is no address. Copy it again, whole, and nothing else.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise AddressError("This is no address. Copy it again, whole.") from error
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.password is not None or " " in address:
        raise AddressError("This is no address. Copy it again, whole, without a user name in it.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    trial = current_app.extensions["coachhub.config"].mode != "production"
    if trial and parts.scheme == "http" and host in _HERE:
        return Place(host, port or 80, target, ours=True)
    if parts.scheme != "https":
        raise AddressError("The address must begin with https://.")
    if port not in {None, *_PORTS}:
        raise AddressError("Only the usual ports are called: 443 and 8443.")
    if "." not in host and ":" not in host:
        raise AddressError("This host is none of the open Internet.")
    return Place(host, port or 443, target)


def hint(address: str) -> str:
    """Return what may be shown of an address: its host and last four characters."""
    return f"{urlsplit(address).hostname}/…{address[-4:]}"

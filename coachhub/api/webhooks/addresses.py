"""Where a webhook may go: https to a host of the open Internet; in a trial also to this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from coachhub.core import outgoing
from coachhub.core.errors import DomainError
from coachhub.core.outward import Place
from coachhub.core.words import gettext

LONGEST = 1000
_PORTS = {443, 8443}


class AddressError(DomainError):
    """This is no address that we tell things at; the message says what to look at."""

    status = 422


def place_of(address: str) -> Place:
    """Return where an address is; raises AddressError for one that we do not call.

    What its name stands for is looked at when it is called, see `core.outward`.
    """
    if len(address) > LONGEST:
        raise AddressError(gettext("This is no address. Copy it again, whole, and nothing else."))
    try:
        # What stands behind a # is never sent.
        place = outgoing.check_address(address.partition("#")[0])
    except outgoing.OutgoingError as error:
        raise AddressError(str(error)) from error
    if place.ours:
        return place
    if place.port not in _PORTS:
        raise AddressError(gettext("Only the usual ports are called: 443 and 8443."))
    if "." not in place.host and ":" not in place.host:
        raise AddressError(gettext("This host is none of the open Internet."))
    return place


def hint(address: str) -> str:
    """Return what may be shown of an address: its host and last four characters."""
    return f"{urlsplit(address).hostname}/…{address[-4:]}"

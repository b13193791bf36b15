"""Tests talk to this machine only: anything else is an error at the place that tries."""

import ipaddress
import sys

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})
_OURS = frozenset({"", "localhost", None})


class OutsideError(RuntimeError):
    """A test tried to talk to another machine."""


def is_ours(host: object) -> bool:
    """Whether a host, as given to the socket functions, is this machine."""
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii", "replace")
    if host in _OURS:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event not in _WATCHED:
        return
    target = args[0] if event == "socket.getaddrinfo" else args[1]
    # An address that is no pair is a socket file's, or none where the socket is connected.
    host = target[0] if isinstance(target, tuple) else target
    if event != "socket.getaddrinfo" and not isinstance(target, tuple):
        return
    if not is_ours(host):
        raise OutsideError(f"A test tried to reach {host!r}. Tests talk to 127.0.0.1 only.")


def close_the_door() -> None:
    """Close it for this process, for good."""
    sys.addaudithook(_watch)

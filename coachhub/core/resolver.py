"""TXT records of domains: what shows that somebody looks after one."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import dns.exception
import dns.resolver
from flask import current_app

SECONDS = 5
KEY = "coachhub.resolver"  # the app's extension; tests put their own there


class Resolver(Protocol):
    """What answers for a domain's TXT records."""

    def texts(self, name: str) -> list[str] | None:
        """Return the records, an empty list if there are none; None if nobody answers."""


class DnsResolver:
    """The machine's own resolver, or the one at a given address."""

    def __init__(self, server: str = "") -> None:
        """Take the address of a name server; the machine's own if empty."""
        self._server = server

    def texts(self, name: str) -> list[str] | None:
        """Ask, for at most five seconds."""
        try:
            asked = dns.resolver.Resolver(configure=not self._server)
            if self._server:
                asked.nameservers = [self._server]
            found = asked.resolve(name, "TXT", lifetime=SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            return None
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found]


class FileResolver:
    """A file with a name and a text on each line, for a trial without the internet."""

    def __init__(self, file: Path) -> None:
        """Take the file; it need not be there yet."""
        self._file = file

    def texts(self, name: str) -> list[str] | None:
        """Read the file anew."""
        if not self._file.exists():
            return []
        lines = (one.split(None, 1) for one in self._file.read_text("utf-8").splitlines())
        return [one[1].strip() for one in lines if len(one) == 2 and one[0] == name]  # noqa: PLR2004 - name and text


def resolver() -> Resolver:
    """Return what the current app asks, by its setting RESOLVER."""
    given: Resolver | None = current_app.extensions.get(KEY)
    if given is not None:
        return given
    setting: str = current_app.extensions["coachhub.config"].resolver
    if setting.startswith("file:"):
        return FileResolver(Path(setting.removeprefix("file:")))
    return DnsResolver(setting)

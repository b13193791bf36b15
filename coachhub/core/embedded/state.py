"""What a cluster must remember between starts: its port and its passwords."""

import json
import os
import random
import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from coachhub.core.embedded.errors import ClusterError

HOST = "127.0.0.1"
# Below the range that systems hand out for outgoing connections, so that it stays free.
_PORTS = range(15500, 32000)


@dataclass(frozen=True)
class State:
    """The port on 127.0.0.1, and each role's password."""

    port: int
    passwords: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return what the file says, or None where there is none.

        Raises:
            ClusterError: it can't be read.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(int(found["port"]), dict(found["passwords"]))
        except FileNotFoundError:
            return None
        except PermissionError:
            raise ClusterError(
                f"{path} belongs to somebody else. Start as the user who started it first, "
                "or choose another folder."
            ) from None
        except (ValueError, KeyError, TypeError):
            raise ClusterError(f"{path} is damaged. Put it back from a backup.") from None

    @classmethod
    def fresh(cls, roles: tuple[str, ...]) -> Self:
        """Return a free port and a random password for each role."""
        return cls(free_port(), {role: secrets.token_urlsafe(24) for role in roles})

    def moved(self) -> Self:
        """Return the same with another port that is free now."""
        return replace(self, port=free_port())

    def write(self, path: Path) -> None:
        """Write the file whole or not at all, for its owner's eyes only."""
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now.

    Raises:
        ClusterError: none of a thousand was free.
    """
    for port in random.sample(_PORTS, 1000):
        if is_free(port):
            return port
    raise ClusterError("No port of 127.0.0.1 is free for the database server.")


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As PostgreSQL does, so that a port just left by its last run counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True

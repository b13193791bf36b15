"""What a trial fills in by itself: keys, database, mail server, address."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from coachhub.config import ConfigError
from coachhub.core import paths
from coachhub.core.embedded import Cluster

HOST = "127.0.0.1"
PORTS = range(8000, 8100)
DATABASE = "coachhub"


class Home:
    """The folder of one installation for trial: database, keys, mails, logs."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        self.folder = folder.resolve()
        self.cluster = Cluster(self.folder / "pg")

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Home:
        """Return the one that COACHHUB_HOME names.

        Left out, it is `.run` in the checkout, or a folder of the user's for an installed wheel.
        """
        chosen = environ.get("COACHHUB_HOME")
        if chosen:
            return cls(Path(chosen))
        if (paths.CHECKOUT / "pyproject.toml").exists():
            return cls(paths.CHECKOUT / ".run")
        data = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return cls(Path(data) / "coachhub")

    @property
    def mailbox(self) -> Path:
        """The folder of the mails that were sent here."""
        return self.folder / "mailbox"

    @property
    def logs(self) -> Path:
        """The folder of what the processes said."""
        return self.folder / "log"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder for one running CoachHub at a time."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "run.lock").open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                where = lock.read().strip()
                raise ConfigError(
                    f"CoachHub runs already from {self.folder}{' at ' + where if where else ''}. "
                    "Stop it first, or set COACHHUB_HOME to another folder."
                ) from None
            yield

    def announce(self, address: str) -> None:
        """Write the address down for whoever tries to start a second one."""
        (self.folder / "run.lock").write_text(address, encoding="utf-8")

    def keys(self) -> dict[str, str]:
        """Return SECRET_KEY and ENCRYPTION_KEYS, made the first time and kept for good."""
        path = self.folder / "keys.json"
        try:
            told: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
            kept = {name: value for name, value in told.items() if isinstance(value, str)}
        except FileNotFoundError:
            kept = {
                "SECRET_KEY": secrets.token_urlsafe(48),
                "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            }
            half = path.with_suffix(".half")
            half.unlink(missing_ok=True)
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(kept, file, indent=1)
            half.rename(path)
        return kept

    def database(self) -> dict[str, str]:
        """Start the database server, make the database, and return how both roles reach it."""
        self.cluster.start(tied=True)
        if not self.cluster.has_database(DATABASE):
            self.cluster.create_database(DATABASE)
        return {
            "DATABASE_URL": self.cluster.url("coachhub_app", DATABASE),
            "MIGRATION_DATABASE_URL": self.cluster.url("coachhub_owner", DATABASE),
            "BACKUP_DATABASE_URL": self.cluster.url("postgres", DATABASE),
        }


def is_trial(environ: Mapping[str, str]) -> bool:
    """Whether missing settings are filled in: always, unless COACHHUB_MODE says otherwise."""
    return environ.get("COACHHUB_MODE", "trial") != "production"


def completed(home: Home, environ: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the environment with what a trial needs filled in; what is set stays as it is."""
    made: dict[str, str] = {
        "COACHHUB_MODE": "trial",
        # By name: browsers keep passkeys for names only, never for numbers.
        "BASE_URL": f"http://localhost:{port}",
        "MAIL_FROM": "coachhub@example.org",
        "ERASURES": str(home.folder / "erasures"),
        # A name and a text on each line: proves a mail domain without the internet.
        "RESOLVER": f"file:{home.folder / 'dns.txt'}",
        **home.keys(),
    }
    if not environ.get("ENCRYPTION_KEYS"):
        made["KEYS_FILE"] = str(home.folder / "keys.json")
    if not environ.get("DATABASE_URL"):
        made |= home.database()
    return made | {name: value for name, value in environ.items() if value}


def listen(environ: Mapping[str, str]) -> socket.socket:
    """Return a socket that listens on PORT, or on 8000, or on the next port that is free.

    Raises:
        ConfigError: PORT is taken, or no port at all is free.
    """
    wanted = environ.get("PORT")
    if wanted and not (wanted.isdigit() and 0 < int(wanted) < 2**16):
        raise ConfigError("PORT must be a number from 1 to 65535.")
    host = environ.get("WEB_HOST") or HOST
    for port in [int(wanted)] if wanted else PORTS:
        try:
            return socket.create_server((host, port), backlog=2048)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ConfigError(f"{host}:{port} can't be listened on: {error}.") from error
    if wanted:
        raise ConfigError(f"Port {wanted} is taken: set PORT to another one, or leave it unset.")
    raise ConfigError(f"No port from {PORTS.start} to {PORTS.stop - 1} is free: set PORT.")

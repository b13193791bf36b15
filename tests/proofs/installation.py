"""A real installation on one machine: several hosts by address, one PostgreSQL, one mail server.

A host is a web server (gunicorn with processes of its own) and a worker. Each process is kept
running as systemd would: whatever ends is started again at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg
from cryptography.fernet import Fernet
from sqlalchemy import select

from coachhub.app import create_app
from coachhub.cohorts.models import Cohort
from coachhub.config import Config
from coachhub.core import schema
from coachhub.core.db import db
from coachhub.core.embedded import Cluster
from coachhub.core.embedded.account import HERE, server_account
from coachhub.core.embedded.state import free_port
from coachhub.core.jobs import let_go
from coachhub.core.tenancy import scope
from coachhub.demo.build import Builder, Group, House
from coachhub.demo.story import play
from coachhub.firms.models import Firm
from coachhub.serving import mailbox
from coachhub.serving.tie import TIED
from fixtures_database import DatabaseUrls

SMALL = (
    House("Harbour", "harbour", "#1f6f6b", (Group("Energy", ("energy", "industry"), 10),)),
    House("Northlight", "northlight", "#7a2f5f", (Group("Spring", ("health", "technology"), 6),)),
)
ROOT = Path(__file__).parents[2]
SECRET = "a secret for made-up firms only, long enough"
NAME = "coachhub"
_WRONG_CLOCK = Path(__file__).with_name("wrong_clock.py")
PG = {"max_connections": "200", "log_min_messages": "fatal", "fsync": "off"}


@dataclass
class Program:
    """One program that is kept running; `days_off` is how wrong its clock is when it starts."""

    name: str
    command: list[str]  # a module of ours and its arguments
    environment: Mapping[str, str]
    log: Path
    wanted: bool = True
    starts: int = 0
    days_off: float = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, tied to us by its standard input."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, *self._clock(), *self.command],
                env={**self.environment, TIED: "1"},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1

    def _clock(self) -> list[str]:
        return [str(_WRONG_CLOCK), str(self.days_off)] if self.days_off else ["-m"]

    def look(self) -> None:
        """Start it again if it has ended."""
        if not self.wanted:
            return
        if self.process is None:
            self.start()
        elif self.process.poll() is not None:
            if self.process.stdin:
                self.process.stdin.close()
            self.start()

    def kill(self, *, whole: bool = True) -> None:
        """Kill it as the system would: with all its processes, or only its parent."""
        if self.process is None or self.process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if whole:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it for good."""
        self.wanted = False
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


class Installation:
    """See the module; `with Installation(folder) as site:` starts the database only."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """Name the folder of everything but the mails, and PostgreSQL's settings."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.cluster = Cluster(folder / "pg", PG | dict(settings or {}))
        self.programs: dict[str, Program] = {}
        self.hosts: dict[str, str] = {}
        self.given: dict[str, str] = {}
        self.relay: mailbox.Server | None = None
        self.relay_port = 0
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        """Start the database and bring its tables up to date."""
        self.cluster.start(tied=True)
        if not self.cluster.has_database(NAME):
            self.cluster.create_database(NAME)
        schema.upgrade(schema.config(self.urls.owner, self.urls.app, schema.plugin_folders()))
        self.open_relay()
        threading.Thread(target=self._look, daemon=True).start()
        return self

    def __exit__(self, *_why: object) -> None:
        """Stop everything."""
        self._ended.set()
        for program in self.programs.values():
            program.wanted = False
        for program in self.programs.values():
            program.stop()
        self.close_relay()
        self.cluster.stop()

    @property
    def urls(self) -> DatabaseUrls:
        """How the two roles reach the database."""
        url = self.cluster.url
        return DatabaseUrls(NAME, url("coachhub_owner", NAME), url("coachhub_app", NAME))

    @property
    def superuser(self) -> str:
        """How somebody reaches it whom no policy holds."""
        return self.cluster.url("postgres", NAME)

    @property
    def mails(self) -> Path:
        """Where the mail server keeps what it took."""
        return self.folder / "mails"

    @property
    def logs(self) -> Path:
        """Where the programs write."""
        made = self.folder / "log"
        made.mkdir(exist_ok=True)
        return made

    @property
    def environment(self) -> dict[str, str]:
        """What every program is told."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "COACHHUB_HOME": str(self.folder),
            # As for real: a test would show errors instead of telling of them.
            "COACHHUB_MODE": "trial",
            "SECRET_KEY": SECRET,
            "ENCRYPTION_KEYS": self._key(),
            "DATABASE_URL": self.urls.app,
            "MIGRATION_DATABASE_URL": self.urls.owner,
            "BASE_URL": "http://localhost",
            "MAIL_FROM": "hub@example.org",
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(self.relay_port),
            "MAIL_TLS": "none",
            "MAIL_PACE": "0",
            "MAIL_LEASE": "5",
            "MAIL_LOOKUP": f"folder:{self.mails}",
            **self.given,
        }

    def _key(self) -> str:
        file = self.folder / "key"
        if not file.exists():
            file.write_text(Fernet.generate_key().decode())
        return file.read_text()

    # -- the mail server --------------------------------------------------------------------

    def open_relay(self) -> None:
        """Let the mail server listen, at the same port each time."""
        if self.relay is not None:
            return
        door = socket.create_server(("127.0.0.1", self.relay_port))
        self.relay_port = door.getsockname()[1]
        self.relay = mailbox.Server(mailbox.Mailbox(self.mails), door)
        self.relay.start()

    def close_relay(self) -> None:
        """Let nobody reach the mail server."""
        if self.relay is not None:
            self.relay.stop()
            self.relay = None

    # -- programs ---------------------------------------------------------------------------

    def host(self, name: str, address: str, **more: str) -> str:
        """Add a host: web server and worker; return the address of its pages."""
        base = f"{address}:{free_port()}"
        environment = self.environment | {"WEB_PROCESSES": "2", "WEB_THREADS": "4"} | more
        self._add(f"{name} web", ["coachhub.serving.web", base], environment)
        self._add(f"{name} worker", ["coachhub", "worker"], environment)
        self.hosts[name] = f"http://{base}"
        return self.hosts[name]

    def _add(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        log = self.logs / f"{name.replace(' ', '-')}.log"
        program = Program(name, command, environment, log)
        program.start()  # before anybody looks whether it runs
        self.programs[name] = program

    def _look(self) -> None:
        while not self._ended.wait(0.2):
            for program in list(self.programs.values()):
                if not self._ended.is_set():
                    program.look()

    def command(self, *words: str) -> str:
        """Run a command of ours and return what it said; raises CalledProcessError."""
        return subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "coachhub", *words],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def settle(self) -> None:
        """Let two small firms move in, with a round half-way; the demo's, but for its size."""
        app = create_app(Config.from_env(self.environment))
        with app.app_context():
            there = set(db.session.scalars(select(Firm.slug)))
            for house in [one for one in SMALL if one.slug not in there]:
                builder = Builder(house)
                firm = builder.firm()
                with scope(firm.id):
                    play(builder, db.session.scalars(select(Cohort)).one())
                db.session.commit()
        let_go(app)

    def restart_database(self) -> None:
        """Let PostgreSQL fall over and stand up again."""
        pg_ctl = self.cluster.binaries().server_folder / "pg_ctl"
        words = (pg_ctl, "stop", "-D", HERE, "-m", "immediate", "-w", "-t", "60")
        server_account().run(words, folder=self.cluster.data)
        self.cluster.start()

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database as somebody whom no policy holds."""
        with psycopg.connect(self.superuser, connect_timeout=5) as db:
            return db.execute(query, values or None).fetchall()  # type: ignore[arg-type]


def until(question: Any, seconds: float, pause: float = 0.1) -> float | None:
    """Ask until the answer is yes; return the seconds it took, or None where it stayed no."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        with contextlib.suppress(OSError, psycopg.Error):
            if question():
                return time.monotonic() - begun
        time.sleep(pause)
    return None


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Put a folder on a disk of its own of this size; False where the machine does not let us."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_mount():
        yield True  # left by a run that was killed, with its data
        return
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own words
    except (OSError, subprocess.CalledProcessError):
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)  # noqa: S603, S607 - the same

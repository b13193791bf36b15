"""Mails delivered by workers that are killed, over a mail server that keeps count.

The server runs in a process of its own and has each mail on disk before it says 250, as a real
one does. It can be asked by Message-ID over HTTP.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from aiosmtpd.smtp import SMTP
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail.delivery import deliver
from coachhub.mail.models import FirmMail

KEY = Fernet.generate_key().decode()


@dataclass
class Relay:
    """The mail server: where it is, and what it has taken."""

    log: Path
    linger: float = 0.0  # up to so many seconds between taking a mail and saying so
    refuses: str = ""  # addresses that begin so get a 550
    clock: bool = False  # write the moment into the log instead of a hash
    smtp: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    http: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    pid: int = 0

    @property
    def port(self) -> int:
        return int(self.smtp.getsockname()[1])

    @property
    def lookup(self) -> str:
        return f"http://127.0.0.1:{self.http.getsockname()[1]}/taken/{{message_id}}"

    def start(self) -> None:
        self.log.touch()
        # Its connections have it from here: no answer waits for the acknowledgement of another.
        self.smtp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pid = fork(lambda: asyncio.run(self._serve()))

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.smtp.close()
        self.http.close()

    def taken(self) -> list[tuple[str, str]]:
        """Give (Message-ID, hash of the bytes) of each mail that was taken."""
        lines = self.log.read_text().splitlines()
        return [tuple(line.split()) for line in lines]  # type: ignore[misc]

    def count(self) -> int:
        return self.log.stat().st_size

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        file = self.log.open("ab", buffering=0)
        known: set[str] = set()
        chance = random.Random(1)  # noqa: S311 - no secret
        linger, refuses, clock = self.linger, self.refuses, self.clock

        class Handler:
            async def handle_EHLO(  # noqa: N802 - aiosmtpd calls it so
                self, _server: Any, session: Any, _envelope: Any, name: str, answers: list[str]
            ) -> list[str]:
                # As every relay does; it reads line by line, so it may come in one piece.
                session.host_name = name
                return [*answers[:-1], "250-PIPELINING", answers[-1]]

            async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
                self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
            ) -> str:
                if refuses and address.startswith(refuses):
                    return "550 5.1.1 Nobody of that name"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
                self, _server: Any, _session: Any, envelope: Any
            ) -> str:
                content = envelope.original_content
                start = content.index(b"\r\nMessage-ID: ") + 14
                name = content[start : content.index(b"\r\n", start)].decode()
                what = time.monotonic() if clock else hashlib.sha256(content).hexdigest()
                file.write(f"{name} {what}\n".encode())
                os.fsync(file.fileno())
                known.add(name)
                if linger:
                    await asyncio.sleep(chance.uniform(0, linger))
                return "250 OK"

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            asked = line.rpartition("/")[2].replace("%3C", "<").replace("%40", "@")
            found = asked.replace("%3E", ">") in known
            head = b"HTTP/1.0 200 OK\r\n\r\n" if found else b"HTTP/1.0 404 No\r\n\r\n"
            writer.write(head)
            await writer.drain()
            writer.close()

        handler = Handler()
        await loop.create_server(lambda: SMTP(handler, hostname="relay"), sock=self.smtp)
        await asyncio.start_server(answer, sock=self.http)
        await asyncio.Event().wait()


@dataclass
class Trial:
    """A firm with mails to send, in a database of its own."""

    app: Flask
    url: str
    relay: Relay
    firm_id: UUID

    @classmethod
    def begin(cls, urls: Any, relay: Relay, *, askable: bool, lease: int = 1) -> Trial:
        """Make the app (no connection is open afterwards) and its firm."""
        config = Config(
            mode="test",
            secret_key="a secret for this trial only, long enough",
            encryption_keys=KEY,
            database_url=urls.app,
            migration_database_url=urls.owner,
            base_url="http://hub.example.org",
            mail_from="hub@example.org",
            mail_host="127.0.0.1",
            mail_port=str(relay.port),
            mail_tls="none",
            mail_pace="0",
            mail_lease=str(lease),
            mail_lookup=relay.lookup if askable else "",
            queue_url="memory:",
        )
        app = create_app(config)
        with app.app_context():
            firm = Firm(name="Trial", slug=f"trial-{uuid7()}")
            db.session.add(firm)
            db.session.commit()
            firm_id = firm.id
            db.session.remove()
            db.engine.dispose()
        return cls(app, urls.owner, relay, firm_id)

    def post(self, count: int, *kinds: str) -> None:
        """Put mails into the outbox, of these kinds in turn."""
        with self.app.app_context():
            with scope(self.firm_id):
                for start in range(0, count, 1000):
                    rows = [
                        self._row(number, kinds[number % len(kinds)])
                        for number in range(start, min(count, start + 1000))
                    ]
                    db.session.execute(insert(FirmMail), rows)
                db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def _row(self, number: int, kind: str) -> dict[str, Any]:
        name = f"<{number}.{kind}@example.org>"
        head = f"Subject: Mail {number}\r\nMessage-ID: {name}\r\n\r\n"
        return {
            "id": uuid7(),
            "firm_id": self.firm_id,
            "kind": kind,
            "once": name,
            "to_address": f"member{number}@example.org",
            "subject": f"Mail {number}",
            "message_id": name,
            "raw": (head + f"Line {number}, and so on.\r\n" * 40).encode(),
            "due_at": now(),
        }

    def work(self) -> None:
        """Deliver until killed."""
        with self.app.app_context():
            while True:
                deliver.run(self.firm_id)
                time.sleep(0.02)

    def deliver(self) -> None:
        """Deliver once, in a process of its own."""
        os.waitpid(fork(self._deliver), 0)

    def _deliver(self) -> None:
        with self.app.app_context():
            deliver.run(self.firm_id)

    def states(self) -> Counter[tuple[str, str]]:
        """Count the mails by kind and state."""
        rows = self._rows("SELECT kind, state, count(*) FROM mail_firm_mail GROUP BY kind, state")
        return Counter({(kind, state): number for kind, state, number in rows})

    def names(self, state: str) -> set[str]:
        """Give the Message-IDs of the mails in a state."""
        rows = self._rows("SELECT message_id, state FROM mail_firm_mail")
        return {name for name, found in rows if found == state}

    def _rows(self, query: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            connection.execute(
                "SELECT set_config('coachhub.firm_id', %s, true)", (str(self.firm_id),)
            )
            return connection.execute(query).fetchall()

    def open_mails(self) -> int:
        """Count what has not ended yet."""
        states = self.states()
        return sum(n for (_, state), n in states.items() if state in {"waiting", "sending"})


def killing(trial: Trial, workers: int, kills: int, mails: int, seed: int) -> int:
    """Run workers and kill one now and then, until no mail is open; give the number of kills."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    running = [fork(trial.work) for _ in range(workers)]
    done, size = 0, 0
    whole = 80 * mails  # bytes that the relay's log will have, about
    try:
        while True:
            begun = trial.relay.count()
            # What a kill came late by is made good before the next.
            left = max(whole - begun, 0) / (max(kills - done, 0) + 2)
            wanted = max(left, whole / kills / 10) * chance.uniform(0.5, 1.4)
            while trial.relay.count() - begun < wanted:
                time.sleep(0.002)
                size += 1
                if size % 400 == 0 and trial.open_mails() == 0:
                    return done
            time.sleep(chance.uniform(0, 0.01))
            victim = chance.randrange(workers)
            os.kill(running[victim], signal.SIGKILL)
            os.waitpid(running[victim], 0)
            running[victim] = fork(trial.work)
            done += 1
    finally:
        for pid in running:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def fork(work: Callable[[], None]) -> int:
    """Run `work` in a process of its own that ends with it."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)

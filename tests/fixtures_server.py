"""The real thing, running: `coachhub run` with its web server and worker, on 127.0.0.1."""

import email
import email.policy
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest

from coachhub.core.embedded import Cluster
from fixtures_database import ROOT, DatabaseUrls, own_database

SECRET = "a secret for the live server, long enough"
KEY = "c2l4dGVlbiBieXRlcyB0d2ljZSwgc28gdGhpcnR5dDI="


@dataclass(frozen=True)
class LiveServer:
    """Where it is, what it was told, and what it has mailed.

    `environment` holds its settings: `create_app(Config.from_env(live_server.environment))` in a
    test makes an app on the same database with the same keys.
    """

    url: str
    environment: Mapping[str, str]
    home: Path

    def mails(
        self, to: str, count: int = 1, seconds: float = 60, saying: str = ""
    ) -> list[EmailMessage]:
        """Return the mails to an address with these words, once there are `count`, oldest first."""
        until = time.monotonic() + seconds
        while True:
            found = [
                mail
                for mail in self._mailbox()
                if to in mail["X-Envelope-To"] and saying in plain_text(mail)
            ]
            if len(found) >= count:
                return found
            if time.monotonic() > until:
                pytest.fail(
                    f"{len(found)} of {count} mails to {to} came in {seconds} s.\n{self.log()}"
                )
            time.sleep(0.1)

    def _mailbox(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in sorted((self.home / "mailbox").glob("*.eml"))
        ]

    def log(self) -> str:
        """Return what its processes said."""
        return "".join(
            file.read_text(errors="replace") for file in sorted((self.home / "log").glob("*.log"))
        )


def plain_text(mail: EmailMessage) -> str:
    """Return what a reader without HTML sees."""
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


@dataclass
class Running:
    """A CoachHub of its own process, and the lines that it has printed so far."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        [line] = [line for line in self.said if "CoachHub is at" in line]
        return line.split()[3].rstrip("/")

    @property
    def text(self) -> str:
        """Everything it said."""
        return "".join(self.said)


def start_coachhub(
    environment: Mapping[str, str],
    *,
    command: tuple[str, ...] = (sys.executable, "-m", "coachhub", "run"),
    folder: Path = ROOT,
    inherit: bool = True,
) -> Running:
    """Run CoachHub until our end of its standard input closes; return once it says where it is."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=folder,
        env={**(os.environ if inherit else {}), "COACHHUB_TIED": "1", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Running(process)
    up = threading.Event()

    def listen() -> None:
        for line in process.stdout:
            running.said.append(line)
            if "CoachHub is at" in line:
                up.set()
        up.set()

    threading.Thread(target=listen, daemon=True).start()
    up.wait(240)
    if not any("CoachHub is at" in line for line in running.said):
        stop_coachhub(running)
        pytest.fail("CoachHub did not start:\n" + "".join(running.said))
    return running


def stop_coachhub(running: Running) -> int:
    """Close its standard input, wait for its end and return its exit code."""
    process = running.process
    process.stdin.close()
    try:
        return process.wait(60)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def live_server(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """Run one per worker, on a database of its own; each test makes what it needs in it."""
    with own_database(cluster, template, "live") as urls:
        yield from _serving(urls, tmp_path_factory.mktemp("live"))


def _serving(database_urls: DatabaseUrls, home: Path) -> Iterator[LiveServer]:
    environment = {
        "COACHHUB_HOME": str(home),
        "COACHHUB_MODE": "test",
        "SECRET_KEY": SECRET,
        "ENCRYPTION_KEYS": KEY,
        "DATABASE_URL": database_urls.app,
        "MIGRATION_DATABASE_URL": database_urls.owner,
        "MAIL_FROM": "coachhub@example.org",
    }
    running = start_coachhub(environment)
    yield LiveServer(running.url, environment | {"BASE_URL": running.url}, home)
    stop_coachhub(running)

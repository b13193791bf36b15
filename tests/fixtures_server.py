"""The real thing, running: `coachhub run` with its web server and worker, on 127.0.0.1."""

import email
import email.policy
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from fixtures_database import ROOT, DatabaseUrls

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

    def mails(self, to: str, count: int = 1, seconds: float = 20) -> list[EmailMessage]:
        """Return the mails to one address once there are `count`, oldest first."""
        until = time.monotonic() + seconds
        while True:
            found = [mail for mail in self._mailbox() if to in mail["X-Envelope-To"]]
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


def start_coachhub(
    environment: Mapping[str, str],
    *,
    command: tuple[str, ...] = (sys.executable, "-m", "coachhub", "run"),
    folder: Path = ROOT,
    inherit: bool = True,
) -> tuple[subprocess.Popen[str], list[str]]:
    """Run CoachHub until our end of its standard input closes; return once it says where it is.

    The second value goes on growing by the lines it prints.
    """
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=folder,
        env={**(os.environ if inherit else {}), "COACHHUB_TIED": "1", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    up = threading.Event()

    def listen() -> None:
        for line in process.stdout:
            said.append(line)
            if "CoachHub is at" in line:
                up.set()
        up.set()

    threading.Thread(target=listen, daemon=True).start()
    up.wait(120)
    if not any("CoachHub is at" in line for line in said):
        stop_coachhub(process)
        pytest.fail("CoachHub did not start:\n" + "".join(said))
    return process, said


def stop_coachhub(process: subprocess.Popen[str]) -> int:
    """Close its standard input, wait for its end and return its exit code."""
    process.stdin.close()
    try:
        return process.wait(60)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def unused_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def live_server(
    database_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """Run one per worker, on this worker's database; each test makes what it needs in it."""
    port, home = unused_port(), tmp_path_factory.mktemp("live")
    environment = {
        "COACHHUB_HOME": str(home),
        "COACHHUB_MODE": "test",
        "SECRET_KEY": SECRET,
        "ENCRYPTION_KEYS": KEY,
        "DATABASE_URL": database_urls.app,
        "MIGRATION_DATABASE_URL": database_urls.owner,
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "MAIL_FROM": "coachhub@example.org",
    }
    process, _ = start_coachhub(environment)
    yield LiveServer(environment["BASE_URL"], environment, home)
    stop_coachhub(process)

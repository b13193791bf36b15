"""A real PgBouncer in transaction mode, of Debian's package, between an app and its database."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from coachhub.core.embedded.state import free_port

SECONDS_TO_START = 20
WHY_NOT = "PgBouncer is not here: as root, `apt-get install pgbouncer`."


def is_here() -> bool:
    """Say whether the program can be run."""
    return program() is not None


def program() -> str | None:
    """Return where the program is; Debian keeps it out of most people's PATH."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@contextmanager
def pooled(url: str, folder: Path, connections: int = 2) -> Iterator[str]:
    """Run one in front of the database at `url`; give the address through it.

    It keeps so many connections to the server and gives them away for one transaction each.
    """
    parts = urlsplit(url)
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    users = folder / "users.txt"
    users.write_text(f'"{parts.username}" "{unquote(parts.password or "")}"\n')
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        "[databases]\n"
        f"* = host={parts.hostname} port={parts.port}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\n"
        f"pool_mode = transaction\ndefault_pool_size = {connections}\nmax_client_conn = 500\n"
        "server_login_retry = 1\nquery_wait_timeout = 60\nlog_connections = 0\n"
        "log_disconnections = 0\n"
    )
    command = [program() or "pgbouncer", str(settings)]
    if os.geteuid() == 0:
        # It refuses to run as root.
        command[1:1] = ["-u", "nobody"]
        _let_in(folder)
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - our own words
    through = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}").geturl()
    try:
        _wait(through, process)
        yield through
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _let_in(folder: Path) -> None:
    """Let another user of the machine read a folder of ours, and reach it."""
    for path in (folder, *folder.parents):
        if path.stat().st_uid != 0 or path == Path("/"):
            break
        path.chmod(path.stat().st_mode | 0o111)
    for file in folder.iterdir():
        file.chmod(0o644)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(url, connect_timeout=5, prepare_threshold=None).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return

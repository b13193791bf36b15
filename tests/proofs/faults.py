"""What can go wrong, each done for real to an installation: `Fault.strike` returns when it is over.

What is struck ends by itself or is put right again; how long the installation needs to be well
again is for the caller to measure.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from proofs.installation import Installation


@dataclass(frozen=True)
class Fault:
    """A name, how often among a hundred, and the deed."""

    name: str
    weight: int
    strike: Callable[[Installation, random.Random], None]


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


def _program(site: Installation, chance: random.Random, kind: str) -> str:
    return chance.choice([name for name in site.programs if name.endswith(kind)])


def web_process(site: Installation, chance: random.Random) -> None:
    """One of a web server's processes is killed in the middle of its requests."""
    process = site.programs[_program(site, chance, " web")].process
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError, IndexError, FileNotFoundError):
        os.kill(chance.choice(children(process.pid)), signal.SIGKILL)


def web_server(site: Installation, chance: random.Random) -> None:
    """A whole web server is killed."""
    site.programs[_program(site, chance, " web")].kill()


def worker(site: Installation, chance: random.Random) -> None:
    """A worker is killed in the middle of its jobs."""
    site.programs[_program(site, chance, " worker")].kill()


def host(site: Installation, chance: random.Random) -> None:
    """Everything on one host is killed."""
    name = chance.choice(list(site.hosts))
    for one in (f"{name} web", f"{name} worker"):
        site.programs[one].kill()


def database(site: Installation, _chance: random.Random) -> None:
    """PostgreSQL is restarted without being asked to end anything."""
    site.restart_database()


def connections(site: Installation, _chance: random.Random) -> None:
    """Every connection to the database is cut."""
    site.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'coachhub_app'"
    )


def mail(site: Installation, chance: random.Random) -> None:
    """The mail server cannot be reached for a while."""
    site.close_relay()
    time.sleep(chance.uniform(0.3, 2))
    site.open_relay()


def disk(site: Installation, chance: random.Random) -> None:
    """The database's disk is full for a while."""
    ballast = site.cluster.folder / "ballast"
    free = shutil.disk_usage(site.cluster.folder).free
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        for _ in range(0, free + 2**20, 2**20):
            file.write(b"\0" * 2**20)
    time.sleep(chance.uniform(0.5, 2))
    ballast.unlink(missing_ok=True)
    if not site.cluster.running():
        site.cluster.start()


def clock(site: Installation, chance: random.Random) -> None:
    """One host's clock is a day ahead or behind for a while."""
    name, days = chance.choice(list(site.hosts)), chance.choice((-1, 1))
    programs = [site.programs[f"{name} {kind}"] for kind in ("web", "worker")]
    for one in programs:
        one.days_off = days
        one.kill()
    time.sleep(chance.uniform(6, 12))
    for one in programs:
        one.days_off = 0
        one.kill()


def all_faults(*, fills_disks: bool) -> list[Fault]:
    """Return every fault that can be done here."""
    found = [
        Fault("web process killed", 24, web_process),
        Fault("web server killed", 10, web_server),
        Fault("worker killed", 22, worker),
        Fault("host killed", 6, host),
        Fault("database restarted at once", 10, database),
        Fault("connections cut", 10, connections),
        Fault("mail server away", 8, mail),
        Fault("clock a day wrong", 3, clock),
    ]
    if fills_disks:
        found.append(Fault("disk full", 4, disk))
    return found

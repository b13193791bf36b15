"""A real PostgreSQL: one server per checkout, one database per worker, migrated once."""

import contextlib
import fcntl
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from coachhub.core import paths, schema
from coachhub.core.embedded import FAST_AND_LOSABLE, Cluster

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".run" / "test-pg"
SETTINGS = {**FAST_AND_LOSABLE, "max_connections": "200", "log_min_messages": "fatal"}


@dataclass(frozen=True)
class DatabaseUrls:
    """How the two roles reach one database: `postgresql://…`."""

    name: str
    owner: str
    app: str


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """Start the server that all test processes of this checkout share.

    It stops when the last of them has ended, killed or not.
    """
    cluster = Cluster(FOLDER, SETTINGS)
    cluster.start(tied=True)
    _drop(cluster, re.compile(r"test_(\d+)_\w+"))  # what killed runs have left
    return cluster


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Name a database with the real migrations in it; made anew when they change."""
    folders = schema.plugin_folders()
    digest = hashlib.sha256(str(cluster.binaries().major).encode())
    for folder in (paths.migrations(), *folders, Path(schema.__file__).parent):
        for file in sorted(folder.rglob("*.py")):
            digest.update(f"{file.relative_to(folder)}\n".encode() + file.read_bytes())
    name = f"template_{digest.hexdigest()[:16]}"
    with (FOLDER / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not cluster.has_database(name):
            _drop(cluster, re.compile(r"template_[0-9a-f]{16}|building"))
            cluster.create_database("building")
            urls = _urls(cluster, "building")
            schema.upgrade(schema.config(urls.owner, urls.app, folders))
            _run(cluster, "ALTER DATABASE building RENAME TO {}", name)
    return name


@pytest.fixture(scope="session")
def database_urls(cluster: Cluster, template: str) -> Iterator[DatabaseUrls]:
    """Give this worker its own migrated, empty database."""
    with own_database(cluster, template, "main") as urls:
        yield urls


@pytest.fixture
def fresh_database(cluster: Cluster, template: str) -> Iterator[Callable[..., DatabaseUrls]]:
    """Make further databases for one test: migrated ones, or bare ones with `migrated=False`."""
    with contextlib.ExitStack() as stack:

        def make(*, migrated: bool = True) -> DatabaseUrls:
            wanted = template if migrated else None
            return stack.enter_context(own_database(cluster, wanted, f"fresh{next(_numbers)}"))

        yield make


_numbers = iter(range(sys.maxsize))


@contextlib.contextmanager
def own_database(cluster: Cluster, template: str | None, label: str) -> Iterator[DatabaseUrls]:
    """Make a database of this process, as a copy of `template`, until the block ends."""
    name = f"test_{os.getpid()}_{label}"
    cluster.drop_database(name)
    cluster.create_database(name, template=template)
    yield _urls(cluster, name)
    cluster.drop_database(name)


def _drop(cluster: Cluster, pattern: re.Pattern[str]) -> None:
    with psycopg.connect(cluster.url("postgres", "postgres")) as connection:
        names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
    for name in names:
        found = pattern.fullmatch(name)
        if found and not (found.groups() and _lives(int(found[1]))):
            cluster.drop_database(name)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _urls(cluster: Cluster, name: str) -> DatabaseUrls:
    return DatabaseUrls(
        name, cluster.url("coachhub_owner", name), cluster.url("coachhub_app", name)
    )


def _run(cluster: Cluster, statement: str, *names: str) -> None:
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

"""PostgreSQL as backups see it: its own programs, and every row of every table.

The role is one that reads past the walls between firms, for backups alone; nothing of what is read
here is shown to anybody.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import Connection, sql

from coachhub.core.embedded import ClusterError
from coachhub.core.embedded.account import Account, server_account
from coachhub.core.embedded.binaries import OLDEST, find_binaries
from coachhub.upkeep.errors import BackupError

QUEUE = "huey_"  # what the queue keeps is not backed up: it is found again
_SEVERAL_HOURS = 12 * 3600
# So that the same row reads the same on every server.
_SAME = (
    "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1"
    " -c bytea_output=hex -c row_security=off"
)
_PICTURE: LiteralString = (
    "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 16))::bit(64)::bigint::numeric),"
    " 0)::text FROM public.{} t"
)


@dataclass(frozen=True)
class Picture:
    """What a table holds: how many rows, and a checksum over all of them in any order."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Facts:
    """What a server tells of itself and of the role that asks."""

    version: int
    encoding: str
    role: str
    above: bool
    reads_all: bool
    connections: int
    most_connections: int
    minutes_off_utc: float


@contextmanager
def connected(url: str, *, autocommit: bool = False) -> Iterator[Connection]:
    """Connect; raises BackupError in one line where that cannot be done."""
    try:
        connection = psycopg.connect(url, options=_SAME, connect_timeout=10, autocommit=autocommit)
    except psycopg.OperationalError as error:
        raise BackupError(f"The database does not answer: {_first_line(error)}") from error
    with connection:
        yield connection


def count_rows_anew(url: str) -> None:
    """Have the server look at what it holds (ANALYZE), so that it plans well from the first page.

    It would do so by itself after some minutes; a database that was filled at once has none of it.
    The role is the one that owns the tables.
    """
    with connected(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


@contextmanager
def one_moment(url: str) -> Iterator[tuple[Connection, str]]:
    """Read the database as it is at one moment; also yields the name by which pg_dump joins in."""
    with connected(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        [name] = _one(connection, "SELECT pg_export_snapshot()")
        yield connection, name


def facts(connection: Connection) -> Facts:
    """Return what the server tells of itself and of us."""
    return Facts(
        *_one(
            connection,
            "SELECT current_setting('server_version_num')::int / 10000,"
            " pg_encoding_to_char(encoding), current_user::text, rolsuper OR rolbypassrls,"
            " rolsuper OR pg_has_role(current_user, 'pg_read_all_data', 'USAGE'),"
            " (SELECT count(*) FROM pg_stat_activity)::int,"
            " current_setting('max_connections')::int,"
            " extract(epoch FROM now() AT TIME ZONE 'UTC')::float / 60"
            " FROM pg_database, pg_roles WHERE datname = current_database()"
            " AND rolname = current_user",
        )
    )


def check_reader(connection: Connection) -> Facts:
    """Return the facts; raises BackupError for a role that would miss rows."""
    found = facts(connection)
    if not (found.above and found.reads_all):
        raise BackupError(
            f"BACKUP_DATABASE_URL signs in as {found.role}, which does not see every row: give it"
            " BYPASSRLS and pg_read_all_data."
        )
    return found


def tables(connection: Connection) -> list[str]:
    """Return the names of the tables that are backed up."""
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    return [name for (name,) in rows if not name.startswith(QUEUE)]


def pictures(connection: Connection) -> dict[str, Picture]:
    """Return what each table holds."""
    found = {}
    for name in tables(connection):
        row = connection.execute(sql.SQL(_PICTURE).format(sql.Identifier(name))).fetchone()
        if row is not None:
            found[name] = Picture(*row)
    return found


def trail_ends(connection: Connection) -> dict[str, str]:
    """Return where each audit trail ends, ``number:seal`` by firm id; the desk's is ``desk``."""
    rows = connection.execute(
        "SELECT DISTINCT ON (firm_id) firm_id::text, number, chain FROM audit_entry"
        " ORDER BY firm_id, number DESC"
    ).fetchall()
    rows += connection.execute(
        "SELECT 'desk', number, chain FROM audit_desk_entry ORDER BY number DESC LIMIT 1"
    ).fetchall()
    return {name: f"{number}:{chain}" for name, number, chain in rows}


def revisions(connection: Connection) -> list[str]:
    """Return the migrations that the tables stand at."""
    return [name for (name,) in connection.execute("SELECT version_num FROM alembic_version")]


def owner(connection: Connection) -> str:
    """Return the role that owns the tables."""
    [name] = _one(
        connection, "SELECT tableowner::text FROM pg_tables WHERE tablename = 'alembic_version'"
    )
    return str(name)


def what_is_there(connection: Connection) -> list[str]:
    """Return what stands in a database already: nothing, in an empty one."""
    rows = connection.execute(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'S') ORDER BY 1"
    )
    return [name for (name,) in rows]


def make_roles(connection: Connection, passwords: dict[str, str]) -> None:
    """Make roles that may sign in and nothing more, or give them these passwords."""
    for name, password in passwords.items():
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
        words = "CREATE ROLE {} LOGIN PASSWORD {}" if known is None else "ALTER ROLE {} PASSWORD {}"
        connection.execute(sql.SQL(words).format(sql.Identifier(name), sql.Literal(password)))


def make_database(connection: Connection, name: str, owner_role: str, app_role: str) -> None:
    """Make an empty database as an installation has it."""
    for words, names in (
        ("CREATE DATABASE {} OWNER {}", (name, owner_role)),
        ("REVOKE ALL ON DATABASE {} FROM PUBLIC", (name,)),
        ("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", (name, app_role)),
    ):
        connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


def run(program: str, url: str, options: Sequence[str], major: int) -> str:
    """Run one of PostgreSQL's programs of `major` or newer against `url`; return what it said.

    The password goes by the environment: whoever lists processes does not see it.

    Raises:
        BackupError: it is not there, or it failed.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = urlunsplit(parts._replace(netloc=f"{parts.username}@{host}"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"PGPASSWORD": unquote(parts.password or ""), "LC_ALL": "C", "PGTZ": "UTC"}
    # pg_amcheck's options name patterns; the address itself stands by itself there.
    where = bare if program == "pg_amcheck" else f"--dbname={bare}"
    command = [str(folder(major) / program), *options, where]
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, without a shell
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_SEVERAL_HOURS,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise BackupError(f"{program} failed: {' / '.join(said[:4])[:600]}")
    return done.stdout


def folder(major: int) -> Path:
    """Return where the programs are that can read a server of version `major`."""
    account: Account = server_account() if os.geteuid() == 0 else Account()
    try:
        return find_binaries(account, major).folder
    except ClusterError:
        pass
    try:
        found = find_binaries(account)
    except ClusterError as error:
        raise BackupError(str(error)) from error
    if found.major < max(major, OLDEST):
        raise BackupError(
            f"The server is PostgreSQL {major}, the programs here are of {found.major}: install"
            f" PostgreSQL {major}'s client programs."
        )
    return found.folder


def _one(connection: Connection, words: LiteralString) -> tuple[Any, ...]:
    row = connection.execute(words).fetchone()
    if row is None:
        raise BackupError("The database did not answer a question about itself.")
    return tuple(row)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

"""One PostgreSQL server in a folder: made, started, mended, stopped."""

import contextlib
import fcntl
import hashlib
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql

from coachhub.core.embedded.account import HERE, Account, server_account
from coachhub.core.embedded.binaries import Binaries, find_binaries
from coachhub.core.embedded.errors import ClusterError
from coachhub.core.embedded.guard import Guard
from coachhub.core.embedded.state import HOST, State, is_free
from coachhub.core.embedded.watcher import postmaster

Role = Literal["postgres", "coachhub_owner", "coachhub_app"]

FAST_AND_LOSABLE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}
"""Settings for data that may be lost: tests and benchmarks."""

_ROLES = ("postgres", "coachhub_owner", "coachhub_app")
_SECONDS_TO_START = 120  # a crash on a slow disk takes a while to recover from
_PAUSES = (0.2, 0.4, 0.8, 1.6, 0.0)  # between tries; a killed server takes a while to go
_LOCALES = ("C.UTF-8", "C")
_BUILTIN_LOCALE_SINCE = 17


class Cluster:
    """One PostgreSQL server whose data, passwords and log live in `folder`.

    It listens on 127.0.0.1 only, on a port of its own, and asks everybody for a password.
    `settings` are PostgreSQL settings by name, taken when the server starts.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """Name the folder; nothing is touched before `start`."""
        self.folder = folder.resolve()
        self.settings = dict(settings or {})
        self._guard: Guard | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server wrote about its starts, stops and errors."""
        return self.data / "server.log"

    def start(self, *, tied: bool = False) -> None:
        """Return when the server accepts connections; make it the first time.

        Starting one that runs is fine, from any number of processes at once.
        With `tied` the server ends when the last process that tied it does, however it ends.

        Raises:
            ClusterError: it can't be started; the sentence says why.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            if not tied or self._guard is not None:
                self._start()
                return
            guard = Guard(self.data)
            try:
                self._start()
                guard.watch()
            except BaseException:
                guard.release()
                raise
            self._guard = guard

    def stop(self) -> None:
        """Stop the server if it runs; open connections are ended.

        Raises:
            ClusterError: it does not stop.
        """
        if not self.data.exists():
            return
        with self._locked():
            if self._guard is not None:
                self._guard.release()
                self._guard = None
            if postmaster(self.data) is None:
                return
            account = server_account()
            pg_ctl = find_binaries(account, self._made_by()).server_folder / "pg_ctl"
            for way in ("fast", "immediate"):
                stop = ("stop", "-D", HERE, "-m", way, "-w", "-t", "30")
                account.run((pg_ctl, *stop), folder=self.data)
                if postmaster(self.data) is None:
                    return
            raise ClusterError(f"The database server in {self.folder} does not stop.")

    def running(self) -> bool:
        """Whether the server accepts connections."""
        return self._remembered() is not None and self._answers()

    def binaries(self) -> Binaries:
        """PostgreSQL's programs of this server's version, for backups and the like."""
        return find_binaries(server_account(), self._made_by())

    def url(self, role: Role, database: str) -> str:
        """Return `postgresql://role:password@127.0.0.1:port/database`.

        Ask again after a start: the port changes if another program took it meanwhile.
        """
        state = self._state()
        return f"postgresql://{role}:{state.passwords[role]}@{HOST}:{state.port}/{database}"

    def has_database(self, name: str) -> bool:
        """Whether there is a database of that name."""
        with self._connection() as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            return connection.execute(query, (name,)).fetchone() is not None

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create a database that belongs to `coachhub_owner`; `coachhub_app` may connect.

        `template` names one to copy; nobody may be connected to that one meanwhile.
        """
        with self._connection() as connection:
            for statement in (
                sql.SQL("CREATE DATABASE {} OWNER coachhub_owner TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template or "template1")
                ),
                sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)),
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO coachhub_app").format(
                    sql.Identifier(name)
                ),
            ):
                connection.execute(statement)

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, ending the connections to it."""
        with self._connection() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    # -- how it is done ---------------------------------------------------------------------

    @property
    def _state_file(self) -> Path:
        return self.folder / "cluster.json"

    @property
    def _name(self) -> str:
        """What the server calls itself, so that we know ours from a copy of its folder."""
        return "coachhub-" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]

    def _remembered(self) -> State | None:
        state = State.read(self._state_file)
        if state is None and self.data.exists():
            raise ClusterError(
                f"{self._state_file}, which holds the passwords of the database, is missing. "
                f"Put it back, or remove {self.folder} to begin anew without its data."
            )
        return state

    def _state(self) -> State:
        state = self._remembered()
        if state is None:
            raise ClusterError(f"The database server in {self.folder} was never started.")
        return state

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            handle = (self.folder / "lock").open("w")
        except PermissionError:
            raise ClusterError(
                f"{self.folder} belongs to somebody else. Start as the user who started it "
                "first, or choose another folder."
            ) from None
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        url = self.url("postgres", "postgres")
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            yield connection

    def _answers(self) -> bool:
        try:
            with self._connection() as connection:
                found = connection.execute("SHOW cluster_name").fetchone()
        except psycopg.OperationalError:
            return False
        return found == (self._name,)

    def _start(self) -> None:
        if self._remembered() is None:
            State.fresh(_ROLES).write(self._state_file)
        if not self._answers():
            account = server_account()
            binaries = find_binaries(account, self._made_by())
            self._initialise(account, binaries)
            self._bring_up(account, binaries)
        self._ensure_roles()

    def _made_by(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except PermissionError:
            raise ClusterError(
                f"The database in {self.folder} was made by another user of this computer. "
                "Start as that user, or choose another folder."
            ) from None

    def _initialise(self, account: Account, binaries: Binaries) -> None:
        if self.data.exists():
            account.own(self.data)
            return
        half = self.folder / "data.half"  # what a start that was killed may have left
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        (half / "data").mkdir(mode=0o700)
        state = self._state()
        (half / "password").write_text(state.passwords["postgres"], encoding="ascii")
        account.own(half)
        said = ""
        for locale in _LOCALES:
            options = (
                *("-D", HERE, "-U", "postgres", "-E", "UTF8", *_locale(binaries.major, locale)),
                *("--pwfile", f"{HERE}/../password", "--auth", "scram-sha-256"),
            )
            initdb = binaries.server_folder / "initdb"
            answer = account.run((initdb, *options), folder=half / "data")
            if answer.returncode == 0:
                (half / "data").rename(self.data)
                shutil.rmtree(half)
                return
            said = answer.stderr.strip()
        raise ClusterError(f"The database in {self.folder} can't be made: {said}")

    def _bring_up(self, account: Account, binaries: Binaries) -> None:
        """Start the server, or wait for one that is on its way up or down."""
        until = time.monotonic() + _SECONDS_TO_START
        pauses = iter(_PAUSES)
        while time.monotonic() < until:
            pause = _PAUSES[0]
            if postmaster(self.data) is None:
                (self.data / "postmaster.pid").unlink(missing_ok=True)
                self._launch(account, binaries)
                pause = next(pauses, 0.0)
            if self._answers():
                return
            if not pause:
                break
            time.sleep(pause)
        raise ClusterError(
            f"The database server in {self.folder} does not start. "
            f"It last said: {self._last_words()}"
        )

    def _launch(self, account: Account, binaries: Binaries) -> None:
        state = self._state()
        if not is_free(state.port):
            state = state.moved()
            state.write(self._state_file)
        settings = {
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.settings,
            "port": str(state.port),
            "listen_addresses": HOST,
            "unix_socket_directories": "",  # a long folder's name would not fit a socket's
            "cluster_name": self._name,
        }
        options = shlex.join(f"--{name}={value}" for name, value in settings.items())
        log = f"{HERE}/{self.log.name}"
        pg_ctl = binaries.server_folder / "pg_ctl"
        # Whether it worked shows in `_answers`.
        start = ("start", "-D", HERE, "-l", log, "-o", options, "-w", "-t", "60")
        account.run((pg_ctl, *start), folder=self.data)

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "nothing"
        return " / ".join(lines[-5:]) or "nothing"

    def _ensure_roles(self) -> None:
        state = self._state()
        with self._connection() as connection:
            there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in _ROLES:
                if role in there:
                    continue
                connection.execute(
                    sql.SQL(
                        "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
                        " NOBYPASSRLS PASSWORD {}"
                    ).format(sql.Identifier(role), sql.Literal(state.passwords[role]))
                )


def _locale(major: int, name: str) -> tuple[str, ...]:
    if major >= _BUILTIN_LOCALE_SINCE and name != "C":
        return ("--locale=C", "--locale-provider=builtin", f"--builtin-locale={name}")
    return (f"--locale={name}",)

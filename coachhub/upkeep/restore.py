"""Bringing a backup back: into an empty database, whole or not at all, and held against itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core import audit, schema
from coachhub.core.access import platform
from coachhub.core.db import db
from coachhub.core.jobs import let_go
from coachhub.privacy.replay import Replayed, replay
from coachhub.upkeep import postgres
from coachhub.upkeep.backup import keys, marks, reader
from coachhub.upkeep.errors import BackupError
from coachhub.upkeep.manifest import Manifest

Tell = Callable[[str], None]
_FEW = 3


@dataclass(frozen=True)
class Back:
    """What came back."""

    manifest: Manifest
    replayed: Replayed


def restore(config: Config, file: Path, tell: Tell) -> Back:
    """Bring a backup back into the empty database of the settings; `tell` hears of each step.

    Whoever was erased since it was made is erased again.

    Raises:
        BackupError: the backup cannot be trusted, or the database is not empty. Nothing was
            changed then, except where the message says otherwise.
    """
    url = reader(config)
    manifest = checked(config, file)
    tell(f"The backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC is whole.")
    fitting(config, manifest)
    bring_back(config, manifest, file)
    tell(f"{manifest.rows} rows of {len(manifest.tables)} tables are back.")
    compare(url, manifest)
    tell("Each table holds what it held.")
    newest(config)
    app = create_app(config)
    with app.app_context():
        done = replay()
        label = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
        desk = platform("restore")
        audit.record_at_desk(
            desk, "backup.restored", kind="backup", label=label, erased_again=done.lines
        )
        db.session.commit()
    let_go(app)
    tell(f"{done.lines} erasures since then are done again.")
    postgres.count_rows_anew(config.migration_database_url)
    return Back(manifest, done)


def checked(config: Config, file: Path) -> Manifest:
    """Return what is told of a backup, once the file agrees and this code and its keys can read it.

    Raises:
        BackupError: it is short, changed, of newer code, or its texts could not be read.
    """
    manifest = Manifest.read(file, config.secret_key)
    manifest.check_file(file)
    unknown = schema.unknown(manifest.revisions)
    if unknown:
        raise BackupError(
            f"The backup is newer than this code: CoachHub {manifest.version} made it, with the"
            f" tables of {', '.join(sorted(unknown))}. Install that version first."
        )
    if manifest.keys and manifest.keys[0] not in marks(keys(config)):
        raise BackupError(
            f"The key that wrote its private texts ({manifest.keys[0]}) is not among the keys here:"
            " put it into ENCRYPTION_KEYS or KEYS_FILE."
        )
    return manifest


def fitting(config: Config, manifest: Manifest) -> None:
    """Look whether the database of the settings can take a backup; raises BackupError."""
    owner = urlsplit(config.migration_database_url).username
    app = urlsplit(config.database_url).username
    for name, wanted, given in (
        ("MIGRATION_DATABASE_URL", manifest.owner, owner),
        ("DATABASE_URL", manifest.app, app),
    ):
        if wanted != given:
            raise BackupError(
                f"The backup speaks of the role {wanted}, and {name} signs in as {given}: use roles"
                " of the same names."
            )
    with postgres.connected(config.migration_database_url) as connection:
        there = postgres.what_is_there(connection)
        found = postgres.facts(connection)
    if there:
        few = ", ".join(there[:_FEW])
        raise BackupError(
            f"The database is not empty ({few}{' …' if len(there) > _FEW else ''}): a backup comes"
            " back into an empty one only. Make a new database, and name it in the settings."
        )
    if found.version < manifest.server:
        raise BackupError(
            f"The backup is of PostgreSQL {manifest.server}, and this server is {found.version}:"
            " take one that is as new."
        )


def bring_back(config: Config, manifest: Manifest, file: Path) -> None:
    """Fill the database, in one transaction."""
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--format=custom"]
    postgres.run(
        "pg_restore", config.migration_database_url, [*options, str(file)], manifest.server
    )


def compare(url: str, manifest: Manifest) -> None:
    """Hold every table against what it held; raises BackupError."""
    with postgres.connected(url) as connection:
        postgres.check_reader(connection)
        different = manifest.differences(postgres.pictures(connection))
    if different:
        raise BackupError(
            f"What came back is not what was there: {'; '.join(different[:10])}. Do not use this"
            " database."
        )


def newest(config: Config) -> None:
    """Bring the tables to this code's version."""
    schema.upgrade(
        schema.config(config.migration_database_url, config.database_url, schema.plugin_folders())
    )

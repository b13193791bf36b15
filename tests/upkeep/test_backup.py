"""S16: a backup is whole or is refused; it comes back into an empty database, row for row."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.cli import commands
from coachhub.core import schema
from coachhub.core.audit import DeskEntry
from coachhub.core.db import db
from coachhub.core.tokens import keyed_hash
from coachhub.upkeep import BackupError, postgres
from coachhub.upkeep.backup import Made, backup, backups_in, let_go
from coachhub.upkeep.manifest import Manifest, beside_of
from coachhub.upkeep.restore import checked, compare, restore
from fixtures_app import KEY, SECRET
from fixtures_dump import OWNER, WORDS, World
from upkeep.conftest import settings

NOT_COUNTED = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < 0"
    " AND relnamespace = 'public'::regnamespace"
)


def copied(made: Made, folder: Path) -> Path:
    """Return a copy of a backup that a test may spoil."""
    for one in (made.file, beside_of(made.file)):
        shutil.copy(one, folder)
    return folder / made.file.name


def told_of(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(beside_of(file).read_text())
    return found


def sealed(file: Path, told: dict[str, Any]) -> None:
    """Write a manifest as this installation would have."""
    told.pop("seal", None)
    plain = json.dumps(told, sort_keys=True, separators=(",", ":"))
    told["seal"] = keyed_hash(SECRET, "backup", plain)
    beside_of(file).write_text(json.dumps(told))


def test_what_stands_beside_a_backup_tells_no_key_and_no_name(made: Made) -> None:
    told = beside_of(made.file).read_text()
    assert KEY not in told
    assert SECRET not in told
    assert [word for word in [*WORDS, OWNER.casefold()] if word in told.casefold()] == []
    manifest = Manifest.read(made.file, SECRET)
    assert manifest == made.manifest
    assert manifest.tables["firms_firm"].rows == 1
    assert manifest.tables["contacts_contact"].rows == 20
    assert set(manifest.revisions) <= set(schema.heads())
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert not list(made.file.parent.glob("*.half"))


def test_it_comes_back_row_for_row_and_erasures_stay_erased(
    world: World, made: Made, fresh_database: Callable[..., Any], tmp_path: Path
) -> None:
    erasures = tmp_path / "erasures"
    erasures.mkdir()
    with world.app.app_context():
        person = db.session.scalars(select(Person).where(Person.name == OWNER)).one()
        mark = keyed_hash(SECRET, "erased person", str(person.id))
    line = {"kind": "person", "mark": mark, "at": "2026-01-01T00:00:00"}
    (erasures / "erasures-there.jsonl").write_text(json.dumps(line) + "\n")
    urls = fresh_database(migrated=False)
    config = settings(world, urls, erasures=str(erasures))
    said: list[str] = []
    back = restore(config, made.file, said.append)
    assert back.replayed.lines == 1
    assert any("is whole" in one for one in said)
    with psycopg.connect(urls.owner) as connection:
        names = connection.execute("SELECT name FROM accounts_person").fetchall()
        action = "SELECT action, details FROM audit_desk_entry ORDER BY number DESC LIMIT 1"
        assert connection.execute(action).fetchone() == ("backup.restored", {"erased_again": 1})
        assert connection.execute(NOT_COUNTED).fetchall() == [], "the server plans in the dark"
    assert OWNER not in {name for (name,) in names}
    with pytest.raises(BackupError, match="not empty"):
        restore(config, made.file, said.append)


def test_a_short_and_a_changed_file_are_refused(world: World, made: Made, tmp_path: Path) -> None:
    config = settings(world, world.urls)
    file = copied(made, tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupError, match="is short"):
        checked(config, file)
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BackupError, match="was changed since"):
        checked(config, file)
    file.write_bytes(whole)
    assert checked(config, file) == made.manifest
    beside_of(file).unlink()
    with pytest.raises(BackupError, match="is missing"):
        checked(config, file)


def test_a_changed_manifest_and_another_installations_are_refused(
    world: World, made: Made, tmp_path: Path
) -> None:
    file = copied(made, tmp_path)
    told = told_of(file)
    told["tables"]["firms_firm"]["rows"] = 2
    beside_of(file).write_text(json.dumps(told))
    with pytest.raises(BackupError, match="its seal is not of this"):
        checked(settings(world, world.urls), file)
    other = settings(world, world.urls, secret_key="x" * 40)
    with pytest.raises(BackupError, match="another installation"):
        checked(other, made.file)


def test_newer_code_and_foreign_keys_are_refused(world: World, made: Made, tmp_path: Path) -> None:
    file = copied(made, tmp_path)
    told = told_of(file)
    sealed(file, told | {"revisions": [*told["revisions"], "9999"]})
    with pytest.raises(BackupError, match=r"newer than this code.*9999"):
        checked(settings(world, world.urls), file)
    other = settings(world, world.urls, encryption_keys=Fernet.generate_key().decode())
    with pytest.raises(BackupError, match="is not among the keys here"):
        checked(other, made.file)


def test_roles_of_other_names_are_refused_before_anything_is_written(
    world: World, made: Made, fresh_database: Callable[..., Any], tmp_path: Path
) -> None:
    file = copied(made, tmp_path)
    sealed(file, told_of(file) | {"app": "somebody"})
    urls = fresh_database(migrated=False)
    with pytest.raises(BackupError, match="the role somebody"):
        restore(settings(world, urls), file, lambda _said: None)
    with postgres.connected(urls.owner) as connection:
        assert postgres.what_is_there(connection) == []


def test_one_row_more_less_or_changed_is_found(world: World, made: Made) -> None:
    compare(settings(world, world.urls).backup_database_url, made.manifest)
    tables = dict(made.manifest.tables)
    few = dataclasses.replace(tables["firms_firm"], rows=5)
    other = dataclasses.replace(tables["board_offer"], checksum="1")
    tables |= {"firms_firm": few, "board_offer": other}
    tables["gone"] = tables.pop("mail_pace")
    manifest = dataclasses.replace(made.manifest, tables=tables)
    with pytest.raises(BackupError) as caught:
        compare(settings(world, world.urls).backup_database_url, manifest)
    for words in ("has 1 rows, and had 5", "board_offer holds something else", "gone is missing"):
        assert words in str(caught.value)


def test_a_role_that_misses_rows_makes_no_backup(world: World, tmp_path: Path) -> None:
    config = settings(world, world.urls, backup_database_url=world.urls.app)
    with pytest.raises(BackupError, match="does not see every row"):
        backup(config, tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BackupError, match="BACKUP_DATABASE_URL is not set"):
        backup(settings(world, world.urls, backup_database_url=""), tmp_path)
    (tmp_path / "one.dump").touch()
    with pytest.raises(BackupError, match="is there already"):
        backup(settings(world, world.urls), tmp_path / "one.dump")


def test_the_command_writes_its_entry_and_lets_old_ones_go(
    world: World, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel("2026-01-01", tick=True):
        backup(settings(world, world.urls), tmp_path)
    (tmp_path / "somebody-elses.dump").touch()
    config = settings(world, world.urls)
    for name, value in {
        "COACHHUB_MODE": "test", "SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY,
        "DATABASE_URL": config.database_url, "BACKUP_DATABASE_URL": config.backup_database_url,
        "BASE_URL": config.base_url, "MAIL_FROM": config.mail_from, "QUEUE_URL": "memory:",
        "BACKUPS": str(tmp_path),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(commands, ["backup"])
    assert done.exit_code == 0, done.output
    assert "1 older than 35 days are removed" in done.output
    [left] = backups_in(tmp_path)
    assert (tmp_path / "somebody-elses.dump").exists()
    with world.app.app_context():
        found = db.session.scalars(select(DeskEntry).where(DeskEntry.action == "backup.made"))
        assert [one.subject_label for one in found] == [left.name]
        db.session.rollback()
    too_long = CliRunner().invoke(commands, ["backup", "--keep", "36"])
    assert too_long.exit_code == 1
    assert "1 to 35 days" in too_long.output
    assert made.file not in let_go(tmp_path, 1, SECRET)

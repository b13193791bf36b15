"""`coachhub plugin new` and `remove`: a plugin from nothing, with tables, used, and gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

import words as collecting
from coachhub.cli import commands
from coachhub.commands.new_plugin import write_plugin
from coachhub.config import ConfigError
from coachhub.core.embedded import Cluster
from fixtures_app import KEY, SECRET
from fixtures_database import ROOT, DatabaseUrls

UV = Path(sys.executable).with_name("uv")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A shelf elsewhere, on which the plugin `sample` stands, installed from its own wheel."""
    folder = tmp_path / "shelf"
    told = CliRunner().invoke(commands, ["plugin", "new", "sample", "--into", str(folder)])
    assert told.exit_code == 0, told.output
    build = [UV, "build", "--wheel", "--quiet", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*build, "--out-dir", tmp_path, folder / "coachhub_sample"], check=True)  # noqa: S603 - ours
    [wheel] = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    install = [UV, "pip", "install", "--quiet", "--no-deps", "--python", sys.executable]
    subprocess.run([*install, "--target", site, wheel], check=True)  # noqa: S603 - ours
    return site


def coachhub(
    urls: DatabaseUrls, site: Path, *words: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    settings = {
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]),
        "COACHHUB_MODE": "test",
        "SECRET_KEY": SECRET,
        "ENCRYPTION_KEYS": KEY,
        "DATABASE_URL": urls.app,
        "MIGRATION_DATABASE_URL": urls.owner,
        "BASE_URL": "http://hub.example.org",
        "MAIL_FROM": "hub@example.org",
    }
    return subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "coachhub", *words],
        env=os.environ | settings,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def tables(urls: DatabaseUrls) -> set[str]:
    with psycopg.connect(urls.owner) as connection:
        return {
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        }


def test_it_migrates_appears_and_leaves_no_trace(
    shelf: Path, fresh_database: Callable[..., DatabaseUrls], cluster: Cluster, tmp_path: Path
) -> None:
    urls = fresh_database()
    before = tables(urls)
    up = coachhub(urls, shelf, "db", "upgrade", folder=tmp_path)
    assert up.returncode == 0, up.stderr
    assert tables(urls) - before == {"sample_note"}
    assert "sample" in coachhub(urls, shelf, "plugin", "list", folder=tmp_path).stdout
    assert coachhub(urls, shelf, "db", "check", folder=tmp_path).returncode == 0
    words = ("firm", "create", "Harbour", "--admin", "ada@example.org")
    assert coachhub(urls, shelf, *words, folder=tmp_path).returncode == 0
    superuser = cluster.url("postgres", urls.name)
    with psycopg.connect(superuser) as connection:
        # Whose note it is does not matter here.
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO sample_note (firm_id, id, owner_id, text, created_at)"
            " SELECT id, gen_random_uuid(), gen_random_uuid(), 'Leuna', now() FROM firms_firm"
        )
    gone = coachhub(urls, shelf, "plugin", "remove", "sample", "--yes", folder=tmp_path)
    assert gone.returncode == 0, gone.stderr
    assert tables(urls) == before
    [kept] = tmp_path.glob("sample-*.json")
    assert kept.stat().st_mode & 0o077 == 0
    [held] = json.loads(kept.read_text()).values()
    assert [note["text"] for note in held["sample_note"]] == ["Leuna"]
    with psycopg.connect(urls.owner) as connection:
        left = connection.execute(
            "SELECT version_num FROM alembic_version WHERE version_num LIKE 'sample%'"
        ).fetchall()
    assert left == []


def test_what_is_not_installed_is_one_line(
    fresh_database: Callable[..., DatabaseUrls], tmp_path: Path
) -> None:
    told = coachhub(
        fresh_database(), tmp_path, "plugin", "remove", "nothing", "--yes", folder=tmp_path
    )
    assert told.returncode == 1
    assert told.stderr.startswith("Error: No plugin nothing is installed")


def test_a_new_plugin_speaks_every_language(tmp_path: Path) -> None:
    write_plugin("sample", "Sample notes", tmp_path)
    package = tmp_path / "coachhub_sample"
    texts = {one.id for one in collecting.collected([package]) if one.id}
    assert "Sample notes" in texts
    for language in collecting.LANGUAGES:
        source = package / "translations" / language / "LC_MESSAGES" / "messages.po"
        with source.open("rb") as file:
            said = {one.id: one.string for one in read_po(file, locale=language) if one.id}
        assert said.keys() == texts
        assert all(said.values())
        assert source.with_suffix(".mo").exists()


@pytest.mark.parametrize("name", ["", "a", "Pitch", "1st", "class", "board", "a-b", "x" * 31])
def test_a_name_that_cannot_be_one_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be a plugin's name"):
        write_plugin(name, "Title", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    write_plugin("sample", "Sample", tmp_path)
    with pytest.raises(ConfigError, match="is there already"):
        write_plugin("sample", "Sample", tmp_path)

"""The wheel that people install: made from the source archive, alone in a clean environment."""

import functools
import http.client
import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coachhub.core.files import marked
from fixtures_database import ROOT
from fixtures_server import start_coachhub, stop_coachhub

UV = Path(sys.executable).with_name("uv")
SHELF = sorted(found.parent.name for found in (ROOT / "plugins").glob("coachhub_*/__init__.py"))


@dataclass(frozen=True)
class Installed:
    """A wheel, and the environment that holds it and its dependencies only."""

    wheel: Path
    programs: Path
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a person's shell would have, without a trace of the checkout."""
        return {
            "PATH": f"{self.programs}:{os.defpath}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            **more,
        }


def build(kind: str, source: Path, target: Path) -> Path:
    """Build the source archive or the wheel of a folder; return the file."""
    command = [UV, "build", f"--{kind}", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*command, "--out-dir", target, source], check=True, capture_output=True)  # noqa: S603 - ours
    [made] = [file for file in target.iterdir() if file.suffix in {".gz", ".whl"}]
    return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source")
    with tarfile.open(archive) as packed:
        packed.extractall(source, filter="data")
    [unpacked] = source.iterdir()
    return build("wheel", unpacked, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("elsewhere")
    python = folder / "venv" / "bin" / "python"
    run = functools.partial(subprocess.run, check=True, capture_output=True, cwd=folder)
    run([UV, "venv", "--python", sys.executable, folder / "venv"])
    install = [UV, "pip", "install", "--python", python, "--constraint", ROOT / "requirements.lock"]
    run([*install, wheel])
    return Installed(wheel, python.parent, folder)


@pytest.fixture(scope="module")
def address(installed: Installed) -> Iterator[str]:
    """Start `coachhub run` from the wheel, with nothing but what it brings."""
    running = start_coachhub(
        installed.environment(COACHHUB_HOME=str(installed.folder / "home"), COACHHUB_MODE="test"),
        command=(str(installed.programs / "coachhub"), "run"),
        folder=installed.folder,
        inherit=False,
    )
    yield running.url
    assert stop_coachhub(running) == 0


def get(address: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_the_wheel_holds_what_the_pages_need_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "coachhub/templates/layouts/base.html",
        "coachhub/migrations/env.py",
        "coachhub/static/vendor/tabler.min.css",
        "coachhub/static/vendor/htmx.min.js",
    } <= names
    packed = marked(ROOT / "coachhub" / "static")
    assert {f"coachhub/packed/{its_mark}" for its_mark in packed.values()} <= names
    assert f"coachhub/packed/{packed['app.css']}.gz" in names
    assert {f"{name}/__init__.py" for name in SHELF} <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"coachhub", *SHELF}
    assert not [name for name in names if name.endswith((".pyc", ".map"))]


def test_the_wheel_has_every_template_and_migration_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for top, pattern in (("templates", "*.html"), ("templates", "*.txt"), ("migrations", "*.py")):
        wanted = {f"coachhub/{path.relative_to(ROOT)}" for path in (ROOT / top).rglob(pattern)}
        assert wanted - names == set()


def test_the_sign_in_page_is_served(address: str) -> None:
    status, page = get(address, "/account/login")
    assert status == 200
    assert b"<form" in page
    sheets = re.findall(rb'<link rel="stylesheet" href="([^"]+)"', page)
    assert any(b"vendor/tabler.min.css" in sheet for sheet in sheets)
    for sheet in sheets:
        status, content = get(address, sheet.decode())
        assert (status, len(content) > 100) == (200, True), sheet


def test_it_has_the_plugins_of_the_shelf(installed: Installed) -> None:
    listing = "import json; from coachhub.core import plugins;"
    listing += " print(json.dumps(sorted(one.name for one in plugins.find())))"
    told = subprocess.run(  # noqa: S603 - ours
        [installed.programs / "python", "-c", listing],
        cwd=installed.folder,
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout) == [name.removeprefix("coachhub_") for name in SHELF]


def test_the_command_line_lists_the_plugins(installed: Installed) -> None:
    told = subprocess.run(  # noqa: S603 - ours
        [installed.programs / "coachhub", "plugin", "list"],
        cwd=installed.folder,
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    for name in SHELF:
        assert name.removeprefix("coachhub_") in told.stdout

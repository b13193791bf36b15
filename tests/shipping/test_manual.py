"""The manual says what the code does: every setting, every command, every figure."""

from __future__ import annotations

import ast
import functools
import re
from importlib.metadata import version

from prometheus_client import Metric

from coachhub.cli import commands
from coachhub.config import Config
from coachhub.watching import figures
from contracts.tree import code, parsed
from fixtures_database import ROOT
from settings_table import PAGE, with_table

MANUAL = PAGE.read_text(encoding="utf-8")
# Not ours to explain: the shell's own.
_NOT_OURS = {"PATH"}


def test_the_table_of_settings_is_the_codes_own() -> None:
    assert with_table(MANUAL) == MANUAL, "Run `make settings-table`."


@functools.cache
def read_from_the_environment() -> set[str]:
    """Return every name that some module of ours reads from the environment by itself."""
    found = set()
    for path in code("coachhub"):
        for node in ast.walk(parsed(path)):
            key = None
            if isinstance(node, ast.Subscript):
                where, key = node.value, node.slice
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                where, key = node.func.value, node.args[0]
            if isinstance(key, ast.Constant) and ast.unparse(where) in {"os.environ", "environ"}:
                found.add(str(key.value))
    return {name for name in found if re.fullmatch(r"[A-Z][A-Z_]+", name)}


def test_what_processes_read_beside_the_settings_is_explained() -> None:
    names = read_from_the_environment()
    assert "WEB_PROCESSES" in names
    wsgi = {name for name in names if name.startswith(("HTTP_", "REQUEST_", "REMOTE_", "PATH_"))}
    missing = {name for name in names - wsgi - _NOT_OURS if f"`{name}`" not in MANUAL}
    assert missing == set()


def test_settings_that_the_manual_speaks_of_are_there() -> None:
    known = {name for name, _meaning, _default in Config.documented()}
    spoken = set(re.findall(r"\b([A-Z]{3,}(?:_[A-Z]+)+)\b", MANUAL))
    beside = read_from_the_environment() | {"COACHHUB_POSTGRES_BIN", "NAME_FILE"}
    assert {name for name in spoken if name not in known | beside} == set()


def test_commands_that_the_manual_speaks_of_are_there() -> None:
    known = set(commands.list_commands(None))  # type: ignore[arg-type]  # it asks for no context
    for page in (
        MANUAL,
        (ROOT / "docs" / "upgrading.md").read_text(),
        (ROOT / "README.md").read_text(),
    ):
        spoken = set(re.findall(r"(?:`|^    )coachhub ([a-z]+)", page, re.MULTILINE))
        assert spoken <= known, spoken - known


def test_figures_that_the_manual_speaks_of_are_told() -> None:
    told = {f"{one.name}_total" if one.type == "counter" else one.name for one in _counted()}
    source = (ROOT / "coachhub" / "watching" / "figures.py").read_text()
    told |= set(re.findall(r'"(coachhub_\w+)"', source))
    spoken = set(re.findall(r"`(coachhub_[a-z_]+)", MANUAL))
    spoken -= {"coachhub_owner", "coachhub_app", "coachhub_backup"}
    assert spoken
    assert spoken - told == set()


def _counted() -> list[Metric]:
    return list(figures.REGISTRY.collect())


def test_the_changelog_has_a_place_for_what_comes() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", text, re.MULTILINE)
    assert version("coachhub") in text
    assert released == sorted(released, reverse=True)

"""The tables' history: Alembic, with one branch for the platform and one for each plugin."""

from __future__ import annotations

import functools
from collections.abc import Collection
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from coachhub.core import paths
from coachhub.core.plugins import GROUP


def plugin_folders() -> list[Path]:
    """Return the ``migrations`` folders of the installed plugins, in the order of their names."""
    folders = []
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        spec = find_spec(entry.module.partition(".")[0])
        if spec is not None and spec.origin is not None:
            folders.append(Path(spec.origin).parent / "migrations")
    return [folder for folder in folders if folder.is_dir()]


def config(owner_url: str, app_url: str, plugin_folders: list[Path]) -> Config:
    """Return Alembic's settings.

    Args:
        owner_url: how the role that owns the tables connects.
        app_url: how the application connects; its role is granted what it needs.
        plugin_folders: the ``migrations`` folders of the installed plugins.
    """
    folder = paths.migrations()
    made = Config()
    made.set_main_option("script_location", str(folder))
    made.set_main_option("path_separator", "newline")
    made.set_main_option(
        "version_locations", "\n".join(str(one) for one in [folder / "versions", *plugin_folders])
    )
    made.attributes["owner_url"] = owner_url.replace("postgresql://", "postgresql+psycopg://", 1)
    made.attributes["app_role"] = urlsplit(app_url).username
    return made


@functools.cache
def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(config("", "", plugin_folders()))


def heads() -> frozenset[str]:
    """Return the newest revisions that this code knows: the platform's and each plugin's."""
    return frozenset(_script().get_heads())


def standing(found: Collection[str]) -> Literal["current", "behind", "ahead"]:
    """Say how tables at these revisions stand to this code.

    Ahead is what old code sees while an upgrade goes on: it can work with them.
    """
    known = {one.revision: one for one in _script().walk_revisions()}
    if set(found) - known.keys():
        return "ahead"
    reached: set[str] = set()
    ways = [known[one] for one in found]
    while ways:
        one = ways.pop()
        if one.revision not in reached:
            reached.add(one.revision)
            ways += [known[below] for below in one._all_down_revisions]  # noqa: SLF001 - with what it depends on
    return "current" if heads() <= reached else "behind"


def unknown(found: Collection[str]) -> set[str]:
    """Return the revisions that this code has never heard of."""
    return set(found) - {one.revision for one in _script().walk_revisions()}


def found_in(connection: Connection) -> list[str]:
    """Return the revisions that a database stands at."""
    return sorted(MigrationContext.configure(connection).get_current_heads())


def upgrade(settings: Config) -> None:
    """Bring platform and plugins to their newest tables."""
    command.upgrade(settings, "heads")


def revision(settings: Config, message: str) -> None:
    """Write a migration for what the models have and the tables have not."""
    command.revision(
        settings,
        message=message,
        autogenerate=True,
        version_path=str(paths.migrations() / "versions"),
    )

"""The tables' history: up, no drift, down, up; for the platform and every plugin."""

from __future__ import annotations

from typing import Any

import psycopg
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask

from coachhub.core import schema


def test_up_no_drift_down_up(fresh_database: Any, app: Flask) -> None:
    del app  # asked for so that every table is known
    urls = fresh_database(migrated=False)
    settings = schema.config(urls.owner, urls.app, schema.plugin_folders())
    schema.upgrade(settings)
    command.check(settings)
    command.downgrade(settings, "base")
    assert tables(urls) == ["alembic_version"]
    schema.upgrade(settings)
    command.check(settings)


def tables(urls: Any) -> list[str]:
    with psycopg.connect(urls.owner) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
    return [name for (name,) in rows]


def test_the_platform_has_one_line_of_history(fresh_database: Any) -> None:
    urls = fresh_database(migrated=False)
    script = ScriptDirectory.from_config(schema.config(urls.owner, urls.app, []))
    assert len(script.get_heads()) == 1

"""What every command needs: the app, from the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from alembic.config import Config as Migrations
from flask import Flask

from coachhub.app import create_app
from coachhub.config import Config, ConfigError
from coachhub.core import schema


@contextmanager
def app_context() -> Iterator[Flask]:
    """Open the app of the environment."""
    app = create_app(Config.from_env(os.environ))
    with app.app_context():
        yield app


def migrations(config: Config) -> Migrations:
    """Return what Alembic needs; raises ConfigError where the owner's address is missing."""
    if not config.migration_database_url:
        raise ConfigError(
            "MIGRATION_DATABASE_URL is not set: it names the role that owns the tables."
        )
    return schema.config(
        config.migration_database_url, config.database_url, schema.plugin_folders()
    )

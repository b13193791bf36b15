"""What every command needs: the app, from the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.config import Config as Migrations
from flask import Flask
from sqlalchemy import select

from coachhub.app import create_app
from coachhub.config import Config, ConfigError
from coachhub.core import schema
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.jobs import let_go
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.permissions import Standing

# Who acts: whoever may run a command here is the platform's staff.
DESK = Actor(label="CoachHub (command line)", standings=frozenset({Standing.STAFF}))


@contextmanager
def app_context() -> Iterator[Flask]:
    """Open the app of the environment."""
    app = create_app(Config.from_env(os.environ))
    try:
        with app.app_context():
            yield app
    finally:
        let_go(app)


@contextmanager
def inside(slug: str) -> Iterator[Firm]:
    """Open the app and the scope of the firm at an address; commit at the end.

    What cannot be done is one line, and nothing of it is kept.
    """
    with app_context():
        firm = db.session.scalar(select(Firm).where(Firm.slug == slug))
        if firm is None:
            raise click.ClickException(f"There is no firm at /f/{slug}/.")
        with scope(firm.id):
            try:
                yield firm
                db.session.commit()
            except DomainError as error:
                raise click.ClickException(str(error)) from error


def migrations(config: Config) -> Migrations:
    """Return what Alembic needs; raises ConfigError where the owner's address is missing."""
    if not config.migration_database_url:
        raise ConfigError(
            "MIGRATION_DATABASE_URL is not set: it names the role that owns the tables."
        )
    return schema.config(
        config.migration_database_url, config.database_url, schema.plugin_folders()
    )

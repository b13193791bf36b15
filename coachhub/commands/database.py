"""``coachhub db``: the tables."""

from __future__ import annotations

import os

import click
from sqlalchemy import create_engine

from coachhub.commands.settings import migrations
from coachhub.config import Config
from coachhub.core import schema, walls


@click.group()
def db() -> None:
    """Create, upgrade and check the tables."""


@db.command()
def upgrade() -> None:
    """Bring the tables of the platform and its plugins to the newest version."""
    schema.upgrade(migrations(Config.from_env(os.environ)))
    click.echo("The tables are up to date.")


@db.command()
def check() -> None:
    """Look whether the walls between firms stand, as the application's role sees them."""
    with create_engine(Config.from_env(os.environ).sqlalchemy_url).connect() as connection:
        try:
            walls.check(connection)
        except walls.WallError as error:
            raise click.ClickException(str(error)) from error
    click.echo("Every firm's table is behind forced row-level security.")


@db.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a new migration from what the models and the tables differ in."""
    schema.revision(migrations(Config.from_env(os.environ)), message)

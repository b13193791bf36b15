"""``coachhub plugin``: what stands on the shelf, a new one, and taking one away."""

from __future__ import annotations

import datetime as dt
import json
import os
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
from alembic import command
from sqlalchemy import delete, select

from coachhub.commands.new_plugin import write_plugin
from coachhub.commands.settings import DESK, app_context, inside, migrations
from coachhub.config import Config, ConfigError
from coachhub.core import audit, plugins
from coachhub.core.db import FirmScoped, db
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, PluginFailure, PluginSwitch
from coachhub.firms.plugins import disable_plugin, enable_plugin

LONGEST_TITLE = 40


@click.group()
def plugin() -> None:
    """List, begin and remove plugins; switch them on and off for a firm."""


@plugin.command("list")
def list_them() -> None:
    """List every installed plugin with its version and what it gives."""
    import coachhub.app  # noqa: F401, PLC0415 - the rooms declare the hooks that plugins name

    if not entry_points(group=plugins.GROUP):
        click.echo("No plugin is installed.")
    for one in sorted(plugins.find(), key=lambda found: found.name):
        click.echo(f"{one.name:20} {one.version:8} {one.title}: {one.summary}")


@plugin.command()
@click.argument("name")
@click.option("--title", help="What people read; made from the name if left out.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Another shelf.")
def new(name: str, title: str | None, into: Path | None) -> None:
    """Begin a plugin: a working package with page, form, hooks, migration and tests."""
    title = title or name.replace("_", " ").capitalize()
    if not title.isprintable() or len(title) > LONGEST_TITLE or set(title) & set("\"'{}<>\\"):
        raise ConfigError(
            f"A title has at most {LONGEST_TITLE} letters, no quotation marks and no brackets."
        )
    for made in write_plugin(name, title, into):
        click.echo(f"  {made}")
    click.echo(
        f"{title} is there. `make run` shows it in the console of each firm, where it is switched"
        " on; `make test` tries it. plugins/README.md says what more it can do."
    )


@plugin.command()
@click.argument("firm")
@click.argument("name")
def on(firm: str, name: str) -> None:
    """Switch plugin NAME on for the firm at /f/FIRM/."""
    with inside(firm):
        title = enable_plugin(DESK, _known(name)).plugin
    click.echo(f"{title} is on.")


@plugin.command()
@click.argument("firm")
@click.argument("name")
def off(firm: str, name: str) -> None:
    """Switch plugin NAME off for the firm at /f/FIRM/; what it holds stays."""
    with inside(firm):
        disable_plugin(DESK, _known(name))
    click.echo(f"{name} is off.")


@plugin.command()
@click.argument("name")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where what it held goes, as JSON; a file in this folder if left out.",
)
@click.confirmation_option(
    prompt="Its tables go away. What they hold is written down first. Go on?"
)
def remove(name: str, keep: Path | None) -> None:
    """Take a plugin's tables away: write down what they hold, switch it off, downgrade."""
    keep = keep or Path(f"{name}-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.json")
    with app_context():
        _known(name)
        held = {str(firm.id): _leave(firm, name) for firm in db.session.scalars(select(Firm)).all()}
        handle = os.open(keep, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(held, file, default=str, ensure_ascii=False, indent=1)
        audit.record_at_desk(DESK, "plugin.removed", kind="plugin", label=name)
        db.session.commit()
    command.downgrade(migrations(Config.from_env(os.environ)), f"{name}@base")
    rows = sum(len(rows) for tables in held.values() for rows in tables.values())
    click.echo(
        f"{name} is off everywhere and its tables are gone; {rows} rows are in {keep}, readable by"
        f" you alone. Now take the package away: the folder plugins/coachhub_{name}, or"
        f" `pip uninstall coachhub-{name.replace('_', '-')}`."
    )


def _known(name: str) -> plugins.Plugin:
    if name not in registry().plugins:
        known = ", ".join(registry().plugins) or "none"
        raise click.ClickException(f"No plugin {name} is installed; there are: {known}.")
    return registry().plugins[name]


def _leave(firm: Firm, name: str) -> dict[str, list[dict[str, Any]]]:
    """Switch the plugin off for a firm; return the rows of its tables, by table."""
    with scope(firm.id):
        disable_plugin(DESK, registry().plugins[name])
        for model in (PluginSwitch, PluginFailure):
            db.session.execute(delete(model).where(model.plugin == name))
        held = {
            model.__tablename__: [_row(one) for one in db.session.scalars(select(model))]
            for model in _models(name)
        }
        db.session.flush()
    return held


def _models(name: str) -> list[type[FirmScoped]]:
    """Return the tables of a plugin, all of which belong to firms."""
    inside = f"coachhub_{name}."
    return [model for model in FirmScoped.__subclasses__() if model.__module__.startswith(inside)]


def _row(one: FirmScoped) -> dict[str, Any]:
    return {column.key: getattr(one, column.key) for column in type(one).__mapper__.columns}

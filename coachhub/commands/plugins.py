"""``coachhub plugin``: what stands on the shelf."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from coachhub.core import plugins


@click.group()
def plugin() -> None:
    """Look at the installed plugins."""


@plugin.command("list")
def list_them() -> None:
    """List every installed plugin with its version and what it gives."""
    import coachhub.app  # noqa: F401, PLC0415 - the rooms declare the hooks that plugins name

    if not entry_points(group=plugins.GROUP):
        click.echo("No plugin is installed.")
    for one in sorted(plugins.find(), key=lambda found: found.name):
        click.echo(f"{one.name:20} {one.version:8} {one.title}: {one.summary}")

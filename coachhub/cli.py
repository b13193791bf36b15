"""The command line: ``coachhub COMMAND``. Each command is loaded when it is used."""

from __future__ import annotations

import importlib
import sys
from typing import ClassVar

import click

from coachhub.config import Config, ConfigError


class Commands(click.Group):
    """A group that finds its commands by name, so that one starts without loading the others."""

    where: ClassVar[dict[str, str]] = {
        "audit": "coachhub.commands.audit:audit",
        "backup": "coachhub.commands.backups:backup",
        "companies": "coachhub.companies.commands:companies",
        "db": "coachhub.commands.database:db",
        "demo": "coachhub.commands.demo:demo",
        "doctor": "coachhub.commands.doctor:doctor",
        "drill": "coachhub.commands.backups:drill",
        "exchange": "coachhub.exchange.commands:exchange",
        "firm": "coachhub.commands.firms:firm",
        "inbound": "coachhub.serving:inbound",
        "keys": "coachhub.commands.keys:keys",
        "member": "coachhub.commands.members:member",
        "plugin": "coachhub.commands.plugins:plugin",
        "privacy": "coachhub.commands.privacy:privacy",
        "restore": "coachhub.commands.backups:restore",
        "run": "coachhub.serving:run",
        "staff": "coachhub.commands.staff:staff",
        "worker": "coachhub.serving:worker",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return sorted([*self.where, *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in self.where:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.where[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=Commands)
@click.version_option(package_name="coachhub")
def commands() -> None:
    """Run and look after CoachHub."""


@commands.command()
def settings() -> None:
    """List every setting, what it means, and its default. NAME_FILE names a file with its value."""
    for name, meaning, default in Config.documented():
        click.echo(f"{name:24} {meaning}{f' (default: {default})' if default else ''}")


def main() -> None:
    """Run the command line; a wrong setting is one line, not a trace."""
    try:
        commands()
    except ConfigError as error:
        click.echo(f"coachhub: {error}", err=True)
        sys.exit(2)

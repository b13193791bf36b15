"""``coachhub keys``: the keys of private texts."""

from __future__ import annotations

import click
from cryptography.fernet import Fernet

from coachhub.commands.settings import DESK, app_context
from coachhub.core import audit
from coachhub.core.db import db
from coachhub.core.secrets import keyring
from coachhub.privacy import rotation
from coachhub.privacy.models import Rotation


@click.group()
def keys() -> None:
    """Exchange the keys that names, addresses and links are encrypted with."""


@keys.command()
def rotate() -> None:
    """Put a new key in front and write every private text anew; stopped, it goes on from there.

    People can go on working meanwhile. The old key is put aside when nothing needs it any more, and
    forgotten when no backup does, after 35 days.
    """
    with app_context():
        try:
            started = rotation.begin()
        except rotation.EnvironmentKeysError as error:
            new, old = Fernet.generate_key().decode(), keyring().keys.writing[0]
            raise click.ClickException(
                "The keys stand in the environment, so you put the new one there. Set\n"
                f'  ENCRYPTION_KEYS="{new} {old[:6]}…"  (the new one, then the one of now)\n'
                "for every process, restart them, and run this once more. Or move the keys into a"
                " file (KEYS_FILE), and this command does all of it."
            ) from error
        if not started.rows:
            audit.record_at_desk(DESK, "keys.rotated", kind="keys")
            db.session.commit()
        click.echo(f"Going on after {started.rows} rows." if started.rows else "A new key writes.")
        ended = rotation.run(_tell)
        if ended is None:
            click.echo("Another process is at it already.")
            return
        click.echo(f"Done: {ended.written} rows were written anew. No text needs the old key.")
        if keyring().file is None:
            click.echo("Take all but the first out of ENCRYPTION_KEYS once no backup needs them.")


@keys.command()
def status() -> None:
    """Tell how many keys there are, and whether anything still needs an old one."""
    with app_context():
        known = keyring().keys
        found = db.session.get(Rotation, known.mark)
        click.echo(f"{len(known.writing)} in use, {len(known.retired)} put aside for backups.")
        if found is not None:
            when = f"ended {found.ended_at:%Y-%m-%d %H:%M} UTC" if found.ended_at else "under way"
            click.echo(f"Last exchange: {when}, {found.written} of {found.rows} rows written anew.")
        click.echo(f"Texts that the writing key did not write: {rotation.left_behind()}.")


def _tell(at: Rotation) -> None:
    click.echo(f"{at.rows} rows, {at.written} written anew: {at.at_table}", err=True)

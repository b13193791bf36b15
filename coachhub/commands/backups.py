"""``coachhub backup``, ``restore``, ``drill``: the data twice, and the proof that it is good."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

from coachhub.commands.settings import DESK, app_context
from coachhub.config import Config
from coachhub.core import audit
from coachhub.core.db import db
from coachhub.upkeep import BackupError
from coachhub.upkeep import backup as making
from coachhub.upkeep import drill as drills
from coachhub.upkeep import restore as bringing

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("target", type=_PATH, required=False)
@click.option(
    "--keep",
    default=making.LONGEST,
    show_default=True,
    help=f"Days after which older backups in the folder are removed; {making.LONGEST} at most.",
)
def backup(target: Path | None, keep: int) -> None:
    """Back everything up into a folder, or into a new file that ends with .dump.

    TARGET left out, it is the folder of the setting BACKUPS. Beside the backup stands what is in
    it, as FILE.dump.json: keep both together, and both apart from this machine.
    """
    config = Config.from_env(os.environ)
    where = target or (Path(config.backups) if config.backups else None)
    if where is None:
        raise click.ClickException("Name a folder or a file, or set BACKUPS.")
    try:
        made = making.backup(config, where)
        with app_context():
            audit.record_at_desk(DESK, "backup.made", kind="backup", label=made.file.name)
            db.session.commit()
        gone = making.let_go(made.file.parent, keep, config.secret_key) if where.is_dir() else []
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    told = made.manifest
    click.echo(f"{made.file}: {told.rows} rows of {len(told.tables)} tables, {told.bytes} bytes.")
    if gone:
        click.echo(f"{len(gone)} older than {keep} days are removed.")


@click.command()
@click.argument("file", type=_PATH)
def restore(file: Path) -> None:
    """Bring a backup back into the empty database that the settings name.

    Whoever was erased since the backup is erased again. Stop the pages and the workers first, and
    keep the old database until you have seen that all is well.
    """
    try:
        bringing.restore(Config.from_env(os.environ), file, click.echo)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Done. `coachhub doctor` looks over everything before you open the doors.")


@click.command()
@click.argument("file", type=_PATH, required=False)
@click.option("--oldest", default=26, show_default=True, help="Hours that FILE may be old.")
def drill(file: Path | None, oldest: int) -> None:
    """Bring a backup back on a server of its own, and work with it: the proof that it is good.

    Without FILE a backup is made first. Nothing real is written and no mail is sent. Ends with 1,
    and says where, if anything is wrong.
    """

    def tell(step: drills.Step) -> None:
        click.echo(f"{step.name:9} {step.seconds:8.2f} s  {step.found}")

    try:
        steps = drills.drill(Config.from_env(os.environ), file, dt.timedelta(hours=oldest), tell)
    except BackupError as error:
        raise click.ClickException(f"THE DRILL FAILED at {error}") from error
    total = sum(step.seconds for step in steps)
    click.echo(f"All is well: {len(steps)} steps in {total:.1f} s.")

"""``coachhub privacy``: what was promised to people who are gone."""

from __future__ import annotations

import click

from coachhub.commands.settings import DESK, app_context
from coachhub.core import audit
from coachhub.core.db import db
from coachhub.privacy.replay import replay as replay_ledger


@click.group()
def privacy() -> None:
    """Keep erasures erased."""


@privacy.command()
def replay() -> None:
    """Erase again, after an older backup was brought back, whoever had been erased since.

    CoachHub does this by itself when it starts, and every ten minutes.
    """
    with app_context():
        done = replay_ledger()
        if done.lines:
            audit.record_at_desk(DESK, "erasures.replayed", kind="ledger", lines=done.lines)
            db.session.commit()
    if not done.lines:
        click.echo("The database knows of every erasure.")
        return
    click.echo(
        f"{done.lines} erasures were missing: {done.members} members, {done.people} accounts and"
        f" {done.strangers} people outside are erased again."
    )

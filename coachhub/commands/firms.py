"""``coachhub firm``: firms, and the first person who looks after each."""

from __future__ import annotations

import click

from coachhub.commands.settings import app_context
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.firms import invitations, operations
from coachhub.permissions import Standing

DESK = Actor(label="CoachHub (command line)", standings=frozenset({Standing.STAFF}))


@click.group()
def firm() -> None:
    """Create firms and invite their first admin."""


@firm.command()
@click.argument("name")
@click.option("--slug", default="", help="The firm's address; made from the name if left out.")
@click.option("--admin", required=True, help="Mail address of its first admin.")
@click.option("--admin-name", default="", help="And their name.")
def create(name: str, slug: str, admin: str, admin_name: str) -> None:
    """Create a firm and invite its first admin by mail."""
    with app_context():
        try:
            made = operations.create_firm(DESK, name, slug)
            with scope(made.id):
                invitations.invite(DESK, invitations.Invitee(admin, admin_name, "admin"))
            db.session.commit()
        except DomainError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{made.name} is at /f/{made.slug}/. The invitation is on its way to {admin}.")

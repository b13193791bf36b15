"""``coachhub firm``: firms, and the first person who looks after each."""

from __future__ import annotations

import click

from coachhub.commands.settings import DESK, app_context, inside
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.firms import invitations, operations


@click.group()
def firm() -> None:
    """Create firms, close them, open them again."""


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


@firm.command()
@click.argument("slug")
@click.option("--reason", required=True, help="Why; it stands in the firm's audit trail.")
def close(slug: str, reason: str) -> None:
    """Close the firm at /f/SLUG/ for its people: no page, no mail, no job. Nothing is lost."""
    with inside(slug) as found:
        operations.close_firm(DESK, found, reason)
        name = found.name
    click.echo(f"{name} is closed. `coachhub firm open {slug}` opens it again.")


@firm.command("open")
@click.argument("slug")
def open_again(slug: str) -> None:
    """Open a closed firm again, as it was."""
    with inside(slug) as found:
        operations.open_firm(DESK, found)
        name = found.name
    click.echo(f"{name} is open.")

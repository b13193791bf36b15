"""``coachhub member``: what a firm's admin does on the page of its people, from here."""

from __future__ import annotations

import click
from sqlalchemy import select

from coachhub.accounts.operations import find_person
from coachhub.commands.settings import DESK, inside
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.firms import invitations, operations
from coachhub.firms.models import ROLES, Membership

ROLE = click.Choice(ROLES)


@click.group()
def member() -> None:
    """Invite people into a firm; change roles; suspend and take back."""


@member.command()
@click.argument("firm")
@click.argument("address")
@click.option("--role", type=ROLE, default="member", show_default=True)
@click.option("--name", default="", help="How they are called.")
def invite(firm: str, address: str, role: str, name: str) -> None:
    """Invite ADDRESS into the firm at /f/FIRM/ by mail."""
    with inside(firm):
        invitations.invite(DESK, invitations.Invitee(address, name, role))
    click.echo(f"The invitation is on its way to {address}.")


@member.command("role")
@click.argument("firm")
@click.argument("address")
@click.argument("role", type=ROLE)
def change_role(firm: str, address: str, role: str) -> None:
    """Give whoever signs in with ADDRESS another role."""
    with inside(firm):
        operations.change_role(DESK, _member(address), role)
    click.echo(f"{address} is {role} now.")


@member.command()
@click.argument("firm")
@click.argument("address")
@click.option("--reason", required=True, help="Why; it stands in the firm's audit trail.")
def suspend(firm: str, address: str, reason: str) -> None:
    """Close the firm to somebody for now. It ends their next click."""
    with inside(firm):
        operations.suspend(DESK, _member(address), reason)
    click.echo(f"{address} is suspended.")


@member.command()
@click.argument("firm")
@click.argument("address")
def reinstate(firm: str, address: str) -> None:
    """Open the firm again to somebody who was suspended or had left."""
    with inside(firm):
        operations.reinstate(DESK, _member(address))
    click.echo(f"{address} is back in.")


def _member(address: str) -> Membership:
    person = find_person(address)
    found = person and db.session.scalar(
        select(Membership).where(Membership.person_id == person.id)
    )
    if not found:
        raise DomainError(f"{address} is no member of this firm.")
    return found

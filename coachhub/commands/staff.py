"""``coachhub staff``: who works at the platform's desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from coachhub.accounts import operations
from coachhub.accounts.models import Person
from coachhub.commands.settings import DESK, app_context
from coachhub.core import audit
from coachhub.core.db import db
from coachhub.core.errors import DomainError


@click.group()
def staff() -> None:
    """Let people work at the platform's desk, or no longer."""


@staff.command()
@click.argument("address")
@click.option("--name", default="", help="How they are called, if they have no account yet.")
def add(address: str, name: str) -> None:
    """Make ADDRESS staff. Who is new signs in by a code that is mailed to them."""
    with _committed():
        person = operations.find_person(address)
        if person is None:
            person = operations.add_person(address, name or address.partition("@")[0])
        person.is_staff = True
        _record("staff.added", person)
    click.echo(f"{address} is staff. They need a second factor at their first sign-in.")


@staff.command()
@click.argument("address")
def remove(address: str) -> None:
    """Make ADDRESS no longer staff. It ends their next click at the desk."""
    with _committed():
        person = _person(address)
        person.is_staff = False
        _record("staff.removed", person)
    click.echo(f"{address} is no longer staff.")


@staff.command("sign-out")
@click.argument("address")
def sign_out(address: str) -> None:
    """End every sign-in of ADDRESS, staff or not, on every device."""
    with _committed():
        person = operations.find_person(address)
        if person is None:
            raise DomainError(f"Nobody signs in as {address}.")
        operations.sign_out_everywhere(person)
        _record("staff.signed_out", person)
    click.echo(f"{address} is signed out everywhere.")


@contextmanager
def _committed() -> Iterator[None]:
    with app_context():
        try:
            yield
            db.session.commit()
        except DomainError as error:
            raise click.ClickException(str(error)) from error


def _person(address: str) -> Person:
    person = operations.find_person(address)
    if person is None or not person.is_staff:
        raise DomainError(f"{address} is not staff.")
    return person


def _record(action: str, person: Person) -> None:
    audit.record_at_desk(DESK, action, kind="person", subject=person.id, label=person.name)

"""``coachhub demo``: made-up firms to try everything with, and who can sign in."""

from __future__ import annotations

import click
from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.accounts.operations import add_person
from coachhub.cohorts.models import Cohort
from coachhub.commands.settings import app_context
from coachhub.core.db import db
from coachhub.core.tenancy import scope
from coachhub.demo.build import HOUSES, PASSWORD, Builder
from coachhub.demo.story import play
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.models import Introduction
from coachhub.upkeep import postgres

STAFF = "staff@example.org"


@click.command()
@click.option("--scale", default=1, show_default=True, help="How many times each firm.")
def demo(scale: int) -> None:
    """Fill an empty trial with made-up firms; then tell one sign-in per role."""
    with app_context() as app:
        config = app.extensions["coachhub.config"]
        if config.mode == "production":
            raise click.ClickException("This is a real installation: the demo stays out of it.")
        if not _desk_is_there():
            if db.session.scalar(select(Firm.id).limit(1)) is not None:
                return  # somebody's own firms: nothing is added to them
            add_person(STAFF, "Stella Staff", PASSWORD, is_staff=True)
            db.session.commit()
        made = [_build(Builder(house, copy)) for copy in range(1, scale + 1) for house in HOUSES]
        if any(made):
            postgres.count_rows_anew(config.migration_database_url)
        waiting = _who_is_asked()
    click.echo(f"Sign in with one of these; the password is “{PASSWORD}”:")
    for role, address in (
        ("member", waiting or "member1@harbour.example.org"),
        ("coach", "coach1@harbour.example.org"),
        ("firm admin", "admin@harbour.example.org"),
        ("another firm", "member1@northlight.example.org"),
        ("staff", STAFF),
    ):
        click.echo(f"  {role:13} {address}")
    click.echo("Mails can be read at /mailbox/.")


def _who_is_asked() -> str | None:
    """Return the address of a member whose answer an introduction waits for."""
    firm_id = db.session.scalar(select(Firm.id).where(Firm.slug == HOUSES[0].slug))
    if firm_id is None:
        return None
    with scope(firm_id):
        return db.session.scalar(
            select(Person.email)
            .join(Membership, Membership.person_id == Person.id)
            .join(Introduction, Introduction.giver_id == Membership.id)
            .where(Introduction.state == "giver_asked")
            .order_by(Introduction.id)
            .limit(1)
        )


def _desk_is_there() -> bool:
    return db.session.scalar(select(Person.id).where(Person.email == STAFF)) is not None


def _build(builder: Builder) -> bool:
    """Make one firm, whole or not at all: a start that was broken off goes on here.

    Returns whether there was something to make.
    """
    if db.session.scalar(select(Firm.id).where(Firm.slug == builder.slug)) is not None:
        return False
    firm = builder.firm()
    with scope(firm.id):
        cohort = db.session.scalars(select(Cohort).order_by(Cohort.created_at)).first()
        if cohort is not None:
            play(builder, cohort)
    db.session.commit()
    click.echo(f"Made {firm.name}.", err=True)
    return True

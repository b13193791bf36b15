"""``coachhub audit``: whether the trails are whole, and their ends to be written down elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select

from coachhub.commands.settings import app_context
from coachhub.core import chain
from coachhub.core.chain import Head
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm

DESK = "(desk)"  # no firm's address has brackets


@click.group()
def audit() -> None:
    """Check the audit trails; write their ends down."""


@audit.command()
@click.option("--firm", "slug", help="One firm's address; all of them and the desk if left out.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `coachhub audit heads` printed before: finds an end that was cut off since.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each trail.")
def verify(slug: str | None, against: Path | None, *, as_json: bool) -> None:
    """Look whether every entry is there, unchanged, in its place. Ends with 1 if one is not."""
    known = _written_down(against)
    broken = 0
    with app_context():
        for name, report in _reports(slug, known):
            broken += not report.whole
            click.echo(_line(name, report) if as_json else _sentence(name, report))
    if broken:
        sys.exit(1)


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each trail.")
def heads(*, as_json: bool) -> None:
    """Print where each trail ends now: its number and seal. Keep it on another machine."""
    with app_context():
        for name, firm in _trails(None):
            with scope(firm.id) if firm else nullcontext():
                end = chain.head()
            if end is None:
                continue
            told = json.dumps({"trail": name, "head": str(end)})
            click.echo(told if as_json else f"{name} {end}")


def _trails(slug: str | None) -> Iterator[tuple[str, Firm | None]]:
    query = select(Firm).order_by(Firm.slug)
    if slug:
        query = query.where(Firm.slug == slug)
    firms = db.session.scalars(query).all()
    if slug and not firms:
        raise click.ClickException(f"There is no firm at /f/{slug}/.")
    for firm in firms:
        yield firm.slug, firm
    if not slug:
        yield DESK, None


def _reports(slug: str | None, known: dict[str, list[Head]]) -> Iterator[tuple[str, chain.Report]]:
    for name, firm in _trails(slug):
        with scope(firm.id) if firm else nullcontext():
            yield name, chain.check(known.get(name, ()))


def _written_down(file: Path | None) -> dict[str, list[Head]]:
    """Read ends as `heads` printed them, in either form."""
    known: dict[str, list[Head]] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file else ():
        if not line.strip():
            continue
        try:
            given = json.loads(line) if line.startswith("{") else None
            name, end = (given["trail"], given["head"]) if given else line.rsplit(" ", 1)
            known.setdefault(name, []).append(Head.parse(end))
        except (DomainError, KeyError, TypeError, ValueError) as error:
            raise click.ClickException(f"This is no line of `audit heads`: {line!r}") from error
    return known


def _line(name: str, report: chain.Report) -> str:
    told = {
        "trail": name,
        "whole": report.whole,
        "entries": report.entries,
        "head": str(report.head) if report.head else None,
        "breaks": [asdict(one) for one in report.breaks],
    }
    return json.dumps(told, ensure_ascii=False)


def _sentence(name: str, report: chain.Report) -> str:
    if report.whole:
        return f"{name}: whole, {report.entries} entries"
    lines = [f"{name}: BROKEN, {report.entries} entries"]
    return "\n".join([*lines, *(f"  {one.sentence}" for one in report.breaks)])

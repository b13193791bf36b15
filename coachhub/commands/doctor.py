"""``coachhub doctor``: is everything well, and if not, what to do."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict

import click

from coachhub.upkeep.doctor import examined, worst

_MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each finding.")
def doctor(*, as_json: bool) -> None:
    """Look over settings, database, queue, mail, disk, clock and keys; say what to do.

    Ends with 0 if all is well, 1 if something will not go on for ever, 2 if something is broken.
    """
    found = []
    for one in examined(os.environ):
        found.append(one)
        if as_json:
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
            continue
        click.echo(f"{_MARKS[one.level]}  {one.what:11} {one.words}")
        if one.do:
            click.echo(f"{'':18}→ {one.do}")
    sys.exit(worst(found))

"""``coachhub audit``: what an administrator reads, and what a script goes by."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from psycopg import sql

from audit.trails import Trail, opened
from coachhub.commands import audit as command
from coachhub.core.embedded import Cluster
from fixtures_database import own_database

Run = Callable[..., Result]


@pytest.fixture
def trail(app: Flask, cluster: Cluster, template: str) -> Iterator[Trail]:
    with (
        own_database(cluster, template, "command") as urls,
        opened(app, urls, cluster.url("postgres", urls.name)) as make,
    ):
        yield make()


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    @contextmanager
    def there() -> Iterator[Flask]:
        yield app

    monkeypatch.setattr(command, "app_context", there)
    return lambda *words: CliRunner().invoke(command.audit, list(words))


def test_verify_names_what_was_changed(trail: Trail, run: Run, tmp_path: Path) -> None:
    whole = run("verify")
    assert (whole.exit_code, "harbour-1: whole, 12 entries" in whole.output) == (0, True)
    kept = tmp_path / "heads"
    kept.write_text(run("heads").output + run("heads", "--json").output, encoding="utf-8")
    assert run("verify", "--against", str(kept)).exit_code == 0

    trail.tamper(sql.SQL("UPDATE audit_entry SET actor_name = 'Somebody else'"), 5)
    changed = run("verify", "--firm", "harbour-1")
    assert changed.exit_code == 1
    assert "Entry 5 of 20" in changed.output
    assert "Somebody else: thing.kept (Öl & Söhne), was changed." in changed.output

    trail.tamper(sql.SQL("DELETE FROM audit_entry"), 12)
    answer = run("verify", "--json", "--against", str(kept))
    firm, desk = map(json.loads, answer.output.splitlines())
    assert answer.exit_code == 1
    assert (firm["trail"], firm["whole"], firm["entries"]) == ("harbour-1", False, 11)
    told = [(one["number"], one["what"]) for one in firm["breaks"]]
    assert told == [(5, "changed"), (12, "cut"), (12, "cut")]
    assert desk == {"trail": "(desk)", "whole": True, "entries": 0, "head": None, "breaks": []}


def test_what_is_typed_wrong_is_said(trail: Trail, run: Run, tmp_path: Path) -> None:
    del trail
    assert "no firm at /f/nobody/" in run("verify", "--firm", "nobody").output
    bad = tmp_path / "bad"
    bad.write_text("harbour-1 nonsense\n", encoding="utf-8")
    answer = run("verify", "--against", str(bad))
    assert (answer.exit_code, "no line of `audit heads`" in answer.output) == (1, True)

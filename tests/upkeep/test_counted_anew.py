"""A database that was filled at once is looked at by its server, so that it plans well at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask

from coachhub.app import create_app
from coachhub.cli import commands
from coachhub.commands import demo
from coachhub.core.jobs import let_go
from fixtures_app import config_for
from upkeep.test_backup import NOT_COUNTED


def test_it_is_after_the_demo_was_made_and_not_at_each_start(
    fresh_database: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = fresh_database()

    @contextmanager
    def app_context() -> Iterator[Flask]:
        app = create_app(config_for(urls))
        with app.app_context():
            yield app
        let_go(app)

    monkeypatch.setattr(demo, "app_context", app_context)
    looked: list[str] = []
    look = demo.postgres.count_rows_anew
    monkeypatch.setattr(
        demo.postgres, "count_rows_anew", lambda url: (looked.append(url), look(url))
    )
    monkeypatch.setattr(demo, "_build", lambda _builder: False)
    assert CliRunner().invoke(commands, ["demo"]).exit_code == 0
    assert looked == []
    monkeypatch.setattr(demo, "_build", lambda _builder: True)
    assert CliRunner().invoke(commands, ["demo"]).exit_code == 0
    assert looked == [urls.owner]
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute(NOT_COUNTED).fetchall() == []

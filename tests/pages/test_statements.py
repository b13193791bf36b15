"""How many statements the pages that are read most take, in a small cohort and in a large one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from coachhub.app import create_app
from coachhub.core.db import db
from fixtures_app import config_for
from pages.big_cohort import Big, make_big
from pages.statements import Statement, signed_in, statements

SIZES = {"small": (12, 60), "large": (60, 500)}
# What each may take at most, with every plugin on.
MOST = {"board": 10, "home": 60, "dashboard": 41, "studio": 36}


@pytest.fixture
def real_app(fresh_database: Callable[..., Any]) -> Iterator[Flask]:
    """Make an app on a database of its own: in a test's savepoint every commit is a statement."""
    made = create_app(config_for(fresh_database()))
    yield made
    with made.app_context():
        db.engine.dispose()


def asked(app: Flask, big: Big, name: str) -> list[Statement]:
    """Return what one page asks, once everything that is kept from the first look is there."""
    path, who = big.paths()[name]
    client = signed_in(app.test_client(), who)
    assert client.get(path).status_code == 200
    with app.app_context(), statements() as found:
        assert client.get(path).status_code == 200
    return found


def test_statements_do_not_grow_with_the_cohort(real_app: Flask) -> None:
    with real_app.app_context():
        both = {name: make_big(f"big-{name}", *size) for name, size in SIZES.items()}
    told = {page: {size: asked(real_app, big, page) for size, big in both.items()} for page in MOST}
    counts = {page: [len(told[page][size]) for size in SIZES] for page in told}
    grown = {page: some for page, some in counts.items() if some[0] != some[1]}
    assert grown == {}, counts
    assert {page: some for page, some in counts.items() if some[1] > MOST[page]} == {}

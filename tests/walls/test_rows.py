"""Walls 2 and 3 with a row of two firms in every table, and a few stones taken out on purpose."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask import Flask

from coachhub.core.embedded import Cluster
from proofs import rows
from proofs.mutants_of_tables import engine, mutants, noticed

STONES = 40


@pytest.fixture
def superuser(
    fresh_database: Callable[..., Any], cluster: Cluster, app: Flask
) -> Iterator[tuple[str, rows.Filled]]:
    """Give the address of a filled database of its own; `app` brings every table in."""
    del app
    url = cluster.url("postgres", fresh_database().name)
    with psycopg.connect(url) as db:
        filled = rows.fill(db)
    return url, filled


def test_every_table_shows_its_own_firm_and_points_inside(
    superuser: tuple[str, rows.Filled],
) -> None:
    url, filled = superuser
    with psycopg.connect(url) as db:
        assert rows.rows_wrongs(db, filled) == []
        assert rows.keys_wrongs(db, filled) == []
        assert rows.primary_wrongs(db) == []


def test_a_stone_that_is_taken_out_is_missed(superuser: tuple[str, rows.Filled]) -> None:
    """A sample; `make walls` takes out every one."""
    url, filled = superuser
    with engine(url).connect() as connection:
        db = connection.connection.driver_connection
        every = list(mutants(db))
        assert len(every) > 500
        chosen = random.Random(8).sample(every, STONES)  # noqa: S311 - no secret
        assert [one.name for one in chosen if not noticed(connection, filled, one)] == []
    connection.engine.dispose()

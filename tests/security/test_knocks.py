"""Tries are counted in the database: in all processes together, and never where it is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core import knocks
from coachhub.core.db import db
from coachhub.core.knocks import CountedInDatabase, Knock
from coachhub.core.limits import limiter
from fixtures_app import config_for
from fixtures_database import DatabaseUrls


class Counting(Config):
    """As in tests, but tries are counted."""

    def flask(self) -> dict[str, object]:
        return super().flask() | {"RATELIMIT_ENABLED": True}


@pytest.fixture
def own(fresh_database: Callable[..., DatabaseUrls]) -> DatabaseUrls:
    return fresh_database()


@pytest.fixture
def counting(own: DatabaseUrls, app: Flask) -> Iterator[Flask]:
    """Return an app that counts, on a database of its own."""
    del app
    made = create_app(Counting(**vars(config_for(own))))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    limiter.enabled = False
    with made.app_context():
        db.engine.dispose()


def test_with_its_store_away_nobody_signs_in_and_reading_goes_on(
    counting: Flask, own: DatabaseUrls
) -> None:
    visitor = counting.test_client()
    typed = {"email": "ana@example.org", "password": "not the right one"}
    assert visitor.post("/account/login", data=typed).status_code == 200
    _owner(own, "ALTER TABLE core_knock RENAME TO away")
    answer = visitor.post("/account/login", data=typed)
    assert answer.status_code == 503
    assert "Whoever is signed in can go on" in answer.text
    for page in ("/", "/account/login", "/forget-me", "/f/nobody/contact_card/c/x"):
        assert visitor.get(page).status_code in {200, 404}, page
    _owner(own, "ALTER TABLE away RENAME TO core_knock")
    assert visitor.post("/account/login", data=typed).status_code == 200


def test_a_count_ends_with_its_time_and_names_nobody(counting: Flask) -> None:
    with counting.app_context():
        store = CountedInDatabase("database://")
        assert [store.incr("ana@example.org 192.0.2.1", 60) for _ in range(3)] == [1, 2, 3]
        assert store.incr("ben@example.org 192.0.2.1", 60) == 1
        assert store.get("ana@example.org 192.0.2.1") == 3
        kept = db.session.scalars(select(Knock.key)).all()
        assert all("example" not in key and "192" not in key for key in kept)
        db.session.execute(update(Knock).values(until=func.now()))
        db.session.commit()
        assert store.get("ana@example.org 192.0.2.1") == 0
        assert store.incr("ana@example.org 192.0.2.1", 60) == 1
        knocks.forget.function()
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Knock)) == 1
        store.clear("ana@example.org 192.0.2.1")
        assert store.get("ana@example.org 192.0.2.1") == 0
        assert store.check()


def _owner(urls: DatabaseUrls, statement: str) -> None:
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute(statement)

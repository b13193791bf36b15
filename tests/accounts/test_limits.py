"""How often somebody may try, with an app that counts; and what happens when it cannot."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits.errors import StorageError
from sqlalchemy.orm import Session

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.limits import limiter
from fixtures_app import config_for
from fixtures_database import DatabaseUrls


class Counting(Config):
    """As in tests, but tries are counted."""

    def flask(self) -> dict[str, object]:
        return super().flask() | {"RATELIMIT_ENABLED": True}


@pytest.fixture(scope="module")
def counting(database_urls: DatabaseUrls, app: Flask) -> Iterator[Flask]:
    """Return an app that counts; the limits are the process's, so they are put back after it."""
    del app
    made = create_app(Counting(**vars(config_for(database_urls))))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    limiter.enabled = False
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(counting: Flask, session: Session) -> FlaskClient:
    del session
    limiter.reset()
    return counting.test_client()


def sign_in(visitor: FlaskClient, address: str, where: str = "192.0.2.1") -> int:
    typed = {"email": address, "password": "not the right password"}
    answer = visitor.post("/account/login", data=typed, environ_base={"REMOTE_ADDR": where})
    return answer.status_code


def test_ten_tries_to_sign_in(visitor: FlaskClient) -> None:
    tries = [sign_in(visitor, "ana@example.org") for _ in range(11)]
    assert tries == [200] * 10 + [429]
    assert sign_in(visitor, " ANA@example.org ") == 429
    assert sign_in(visitor, "ben@example.org") == 200
    assert sign_in(visitor, "ana@example.org", "192.0.2.2") == 200


def test_many_addresses_do_not_help(visitor: FlaskClient) -> None:
    tries = [sign_in(visitor, "ana@example.org", f"192.0.2.{n}") for n in range(51)]
    assert tries == [200] * 50 + [429]


def test_the_page_says_what_to_do(visitor: FlaskClient) -> None:
    for _ in range(10):
        sign_in(visitor, "ana@example.org")
    typed = {"email": "ana@example.org", "password": "x"}
    page = visitor.post("/account/login", data=typed, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert "Try again in a few minutes" in page.text


def test_looking_is_never_counted(visitor: FlaskClient) -> None:
    assert {visitor.get("/account/login").status_code for _ in range(20)} == {200}


@pytest.mark.parametrize(
    ("page", "typed", "allowed"),
    [
        ("reset", {"email": "ana@example.org"}, 5),
        ("us-signin/send-code", {"identity": "ana@example.org"}, 5),
        ("us-signin", {"identity": "ana@example.org", "passcode": "12345678"}, 10),
        ("tf-validate", {"code": "123456"}, 5),
        ("mf-recovery", {"code": "1234-5678-9abc"}, 5),
    ],
)
def test_every_door_counts(
    visitor: FlaskClient, page: str, typed: dict[str, str], allowed: int
) -> None:
    tries = [visitor.post(f"/account/{page}", data=typed).status_code for _ in range(allowed + 1)]
    assert 429 not in tries[:-1]
    assert tries[-1] == 429


def test_without_the_store_nobody_signs_in_and_reading_goes_on(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> bool:
        raise StorageError(ConnectionError("The store is away."))

    monkeypatch.setattr(limiter.limiter, "hit", away)
    assert sign_in(visitor, "ana@example.org") == 503
    assert visitor.get("/account/login").status_code == 200
    assert visitor.get("/").status_code == 200

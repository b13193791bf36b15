"""Fixtures around the app: one per worker, a savepoint per test, people to act with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.mail import delivery

SECRET = "a secret for tests only, long enough"
KEY = Fernet.generate_key().decode()
counter = itertools.count(1)


def config_for(urls: Any, **settings: str) -> Config:
    given = {
        "mode": "test",
        "secret_key": SECRET,
        "encryption_keys": KEY,
        "database_url": urls.app,
        "migration_database_url": urls.owner,
        "base_url": "http://hub.example.org",
        "mail_from": "hub@example.org",
        "mail_tls": "none",
        "queue_url": "memory:",
    }
    return Config(**given | settings)


@pytest.fixture(scope="session")
def app(database_urls: Any) -> Iterator[Flask]:
    made = create_app(config_for(database_urls))
    made.config["WTF_CSRF_ENABLED"] = False
    made.test_client_class = _Browser
    yield made
    with made.app_context():
        db.engine.dispose()


class _Browser(FlaskClient):
    """A client whose every request has its own ``g``, as outside of tests.

    Without it a request would find what the one before left in the test's app context: above
    all, who was signed in.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """One connection for the whole test, whatever commits inside it; all undone at the end."""
    with app.app_context():
        engine = db.engine
    connection = engine.connect()
    outer = connection.begin()
    made = Session(bind=connection, join_transaction_mode="create_savepoint")
    with app.app_context(), monkeypatch.context() as patch:
        # Requests open app contexts of their own; all of them share this session.
        patch.setattr(db.session, "registry", _Always(made))
        patch.setattr(db.session, "remove", lambda: None)
        patch.setattr(delivery, "at_once", lambda: nullcontext(_Over(made)))
        yield made
        made.close()
        queue().huey.flush()  # what no test drained
    outer.rollback()
    connection.close()


class _Over:
    """What stands at once, inside the test's own transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session.connection(), name)


class _Always:
    """A session registry that knows one session and never drops it."""

    def __init__(self, only: Session) -> None:
        self.only = only

    def __call__(self, **_kw: Any) -> Session:
        return self.only

    def has(self) -> bool:
        return True

    def set(self, _obj: Session) -> None:
        raise AssertionError("A test has one session.")

    def clear(self) -> None:
        """Keep the session: the test's end closes it."""


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    del session
    return app.test_client()


@pytest.fixture
def make_firm(session: Session) -> Callable[..., Firm]:
    def make(name: str = "") -> Firm:
        number = next(counter)
        firm = Firm(name=name or f"Firm {number}", slug=f"firm-{number}")
        session.add(firm)
        session.flush()
        return firm

    return make


@pytest.fixture
def firm(make_firm: Callable[..., Firm]) -> Firm:
    return make_firm()


@pytest.fixture
def make_member(session: Session, firm: Firm) -> Callable[..., Membership]:
    """Make a membership (role member, coach or admin), in `firm` or another, in cohorts."""

    def make(
        name: str = "",
        *,
        role: str = "member",
        firm: Firm = firm,
        cohorts: tuple[Cohort, ...] = (),
        **columns: Any,
    ) -> Membership:
        number = next(counter)
        person = Person(
            email=f"person{number}@example.org",
            name=name or f"Person {number}",
            fs_uniquifier=f"u{number}",
        )
        session.add(person)
        session.flush()
        with scope(firm.id):
            session.add(Seat(firm_id=firm.id, person_id=person.id))
            session.flush()
            made = Membership(person_id=person.id, name=person.name, role=role, **columns)
            session.add(made)
            session.flush()
            for cohort_id in [cohort.id for cohort in cohorts]:
                session.add(
                    Enrolment(
                        cohort_id=cohort_id,
                        membership_id=made.id,
                        role="coach" if role == "coach" else "member",
                    )
                )
            session.flush()
        return made

    return make


@pytest.fixture
def make_cohort(session: Session, firm: Firm) -> Callable[..., Cohort]:
    def make(name: str = "", *, firm: Firm = firm, **columns: Any) -> Cohort:
        number = next(counter)
        with scope(firm.id):
            made = Cohort(name=name or f"Cohort {number}", slug=f"cohort-{number}", **columns)
            session.add(made)
            session.flush()
        return made

    return make


@pytest.fixture
def sign_in(session: Session) -> Callable[[FlaskClient, Membership], None]:
    """Sign a membership's person in on a client, as Flask-Login remembers it."""

    def put(client: FlaskClient, membership: Membership) -> None:
        person = session.get_one(Person, membership.person_id)
        # A request ends with a rollback: what the test has made so far must outlive it.
        session.commit()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = person.fs_uniquifier
            cookie["_fresh"] = True
            cookie["fs_cc"] = "set"
            cookie["fs_paa"] = 4102444800.0

    return put

"""Large address books: a job, with progress and a way out, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coachhub.contacts.imports import jobs, operations, taking
from coachhub.contacts.models import Contact, ContactImport, ImportPart
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from contacts.pages.connections import linkedin

Bring = Callable[..., TestResponse]
Last = Callable[[], ContactImport]


def people(number: int, companies: int = 40) -> bytes:
    return linkedin(
        *(
            f"Ada{n},Winter,https://www.linkedin.com/in/ada-{n},,Company {n % companies} Ltd,Buyer,"
            f"{1 + n % 28:02} Mar 2024"
            for n in range(number)
        )
    )


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Count what is sent to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def number_of(session: Session, firm: Firm, model: type[Contact | ImportPart]) -> int:
    with scope(firm.id):
        return session.scalar(select(func.count()).select_from(model))


def test_a_large_file_is_taken_by_a_job(
    app: Flask,
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
    last_import: Last,
) -> None:
    where = bring(people(2_001)).location
    client.post(f"{where}/choices", data={"then": "take"})
    page = client.get(where)
    assert f'hx-get="{where}"' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    as_it_asks = {"HX-Target": "div#followed"}
    assert "HX-Refresh" not in client.get(where, headers=as_it_asks).headers
    assert "Taking in your contacts" in page.text
    assert number_of(session, firm, Contact) == 0
    again = client.post(f"{where}/choices", data={"then": "take"}, follow_redirects=True)
    assert "taken in or dropped already" in again.text
    with app.app_context():
        assert queue().drain() == 1
    assert number_of(session, firm, Contact) == 2_001
    row = last_import()
    assert (row.state, row.added, row.done) == ("done", 2_001, 2_001)
    ended = client.get(where, headers=as_it_asks)
    assert "Your contacts are in" in ended.text
    assert ended.headers["HX-Refresh"] == "true"
    with scope(firm.id):
        kinds = set(session.scalars(select(ImportPart.kind)))
    assert kinds == set()
    del member


def test_thirty_thousand_take_few_statements(
    app: Flask,
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
) -> None:
    data = people(30_000, companies=3_000)
    with counted(app) as sent:
        where = bring(data).location
    staged = len(sent)
    client.post(f"{where}/choices", data={"then": "take"})
    with counted(app) as sent, app.app_context():
        queue().drain()
    taken = len(sent)
    assert number_of(session, firm, Contact) == 30_000
    assert staged <= 30 * 3 + 30
    assert taken <= 30 * 5 + 50
    del member


def test_a_cancelled_import_leaves_nothing(
    app: Flask,
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
    last_import: Last,
) -> None:
    where = bring(people(2_500)).location
    client.post(f"{where}/choices", data={"then": "take"})
    assert client.post(f"{where}/cancel").status_code == 303
    with app.app_context():
        queue().drain()
    assert number_of(session, firm, Contact) == 0
    assert number_of(session, firm, ImportPart) == 0
    assert last_import().state == "cancelled"
    del member


def test_an_import_cancelled_half_way_leaves_nothing(
    app: Flask,
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = bring(people(2_500)).location
    client.post(f"{where}/choices", data={"then": "take"})

    def tell(_import_id: object, done: int) -> None:
        if done >= 2_000:
            assert number_of(session, firm, Contact) == 2_000
            raise taking.CancelledError("This import was cancelled.")

    monkeypatch.setattr(jobs, "_tell", tell)
    with app.app_context():
        queue().drain()
    assert number_of(session, firm, Contact) == 0
    del member


def test_an_error_leaves_nothing_and_can_be_tried_again(
    app: Flask,
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
    last_import: Last,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = bring(people(2_500)).location
    client.post(f"{where}/choices", data={"show": "people", "out": ["5", "6"], "then": "take"})
    real, calls = taking._take_part, []

    def failing(*args: Any) -> None:
        real(*args)
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("a disk is full")

    monkeypatch.setattr(taking, "_take_part", failing)
    with app.app_context():
        queue().drain()
    assert number_of(session, firm, Contact) == 0
    assert last_import().state == "failed"
    page = client.get(where).text
    assert "nothing was taken in" in page
    assert "Take in 2498 people" in page  # what was left out is kept
    monkeypatch.undo()
    client.post(f"{where}/choices", data={"show": "companies", "then": "take"})
    with app.app_context():
        queue().drain()
    assert number_of(session, firm, Contact) == 2_498
    del member


def test_a_small_import_that_fails_keeps_its_preview(
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = bring(people(30)).location

    def failing(*_args: Any) -> None:
        raise RuntimeError("a disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "_take_part", failing)
        assert client.post(f"{where}/choices", data={"then": "take"}).status_code == 500
    assert number_of(session, firm, Contact) == 0
    assert "Take in 30 people" in client.get(where).text
    del member


def test_an_import_whose_worker_died_is_taken_up(
    app: Flask,
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
) -> None:
    where = bring(people(2_001)).location
    client.post(f"{where}/choices", data={"then": "take"})
    with app.app_context():
        while queue().huey.dequeue() is not None:
            continue  # The worker takes it and dies.
        jobs.CARRY_ON.run(firm.id)
        queue().drain()
    assert number_of(session, firm, Contact) == 2_001
    del member


def test_two_workers_do_not_take_one_import(
    app: Flask,
    client: FlaskClient,
    member: Membership,
    bring: Bring,
    firm: Firm,
    session: Session,
    last_import: Last,
) -> None:
    where = bring(people(2_001)).location
    client.post(f"{where}/choices", data={"then": "take"})
    row = last_import()
    with app.app_context():
        engine = db.engine
    with Session(engine) as other:
        number = int.from_bytes(row.id.bytes[8:], "big", signed=True)
        other.execute(select(func.pg_advisory_xact_lock(number)))
        with app.app_context():
            queue().drain()
        assert number_of(session, firm, Contact) == 0
    assert row.total > operations.AT_ONCE
    del member

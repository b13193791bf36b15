"""Connections of one's own: past the pooler, and confined like all others."""

from __future__ import annotations

import contextvars
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask, has_app_context
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachhub.app import create_app
from coachhub.cohorts.models import Cohort
from coachhub.core.db import at_once, db, direct_engine
from coachhub.core.jobs import let_go
from coachhub.core.tenancy import current_firm_id, open_firm_id, scope
from coachhub.firms.models import Firm
from fixtures_app import config_for

NEVER_SAID = text("SELECT current_setting('coachhub.firm_id', true) IS NULL")
SAID = "SELECT current_setting('coachhub.firm_id'), (SELECT count(*) FROM firms_membership)"


def test_what_outlives_a_transaction_goes_past_the_pooler(database_urls: Any) -> None:
    straight = database_urls.app.replace("127.0.0.1", "localhost") + "?application_name=straight"
    app = create_app(config_for(database_urls, direct_database_url=straight))
    try:
        with app.app_context():
            assert direct_engine() is not db.engine
            with at_once() as connection:
                name = connection.exec_driver_sql("SHOW application_name").scalar()
            assert name == "straight"
    finally:
        let_go(app)


def test_a_connection_of_ones_own_sees_the_open_firm_alone(
    app: Flask, session: Session, firm: Firm
) -> None:
    del app, session

    def told() -> tuple[object, ...]:
        with at_once() as connection:
            row = connection.exec_driver_sql(SAID).one()
        return tuple(row)

    with scope(firm.id):
        assert told() == (str(firm.id), 0)  # what the test has made is not committed
    assert told() == ("", 0)


def test_a_scope_needs_no_app() -> None:
    def alone() -> UUID:
        assert not has_app_context()
        with scope(uuid4()) as firm_id:
            assert current_firm_id() == firm_id
        assert open_firm_id() is None
        return firm_id

    assert contextvars.Context().run(alone)


def test_a_scope_by_itself_costs_no_transaction_and_outside_it_none_is_told(
    database_urls: Any,
) -> None:
    app = create_app(config_for(database_urls))
    try:
        with app.app_context():
            with scope(uuid4()):
                assert not db.session().in_transaction()
            assert not db.session().in_transaction()
            assert db.session.scalar(NEVER_SAID) is True
    finally:
        let_go(app)


def test_leaving_a_scope_writes_what_waits(session: Session, firm: Firm) -> None:
    with scope(firm.id):
        session.add(Cohort(name="Spring", slug="spring"))
    with scope(firm.id):
        assert session.scalars(select(Cohort.slug)).all() == ["spring"]


def test_leaving_a_scope_after_a_refusal_hides_nothing(session: Session, firm: Firm) -> None:
    def twice() -> None:
        with scope(firm.id):
            session.add_all([Cohort(name="Spring", slug="spring") for _ in range(2)])
            session.flush()

    with pytest.raises(IntegrityError):
        twice()
    session.rollback()


def test_a_savepoint_has_the_firm_of_what_it_stands_in(session: Session, firm: Firm) -> None:
    told: list[str] = []

    def hear(*given: Any) -> None:
        told.append(given[2])

    with scope(firm.id):
        engine = session.connection().engine
        event.listen(engine, "before_cursor_execute", hear)
        with session.begin_nested():
            here = session.scalar(text("SELECT current_setting('coachhub.firm_id')"))
        event.remove(engine, "before_cursor_execute", hear)
    assert here == str(firm.id)
    assert [one for one in told if "set_config" in one] == []

"""Two answers in the same moment, on two connections: one counts, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.introductions import life
from coachhub.introductions.answers import Answer
from coachhub.introductions.models import Consent, Introduction
from coachhub.introductions.steps import AlreadyAnsweredError
from fixtures_app import config_for

MANY = 8


@pytest.fixture
def real_app(fresh_database: Callable[..., Any]) -> Iterator[Flask]:
    """An app on a database of its own, where what is committed stays."""
    made = create_app(config_for(fresh_database()))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def asked(real_app: Flask) -> tuple[UUID, UUID, Actor]:
    """A committed introduction whose giver is asked: (firm, introduction, giver)."""
    with real_app.app_context():
        firm = Firm(name="Firm", slug="firm")
        db.session.add(firm)
        db.session.flush()
        with scope(firm.id):
            cohort = Cohort(name="Group", slug="group")
            db.session.add(cohort)
            db.session.flush()
            members = [_member(firm, cohort, name) for name in ("Gudrun", "Rosalind")]
            made = Introduction(
                cohort_id=cohort.id,
                giver_id=members[0].id,
                receiver_id=members[1].id,
                need="target",
                need_id=uuid7(),
                asset="insider",
                reason="It fits.",
                key="key",
                state_since=now(),
            )
            db.session.add(made)
            db.session.flush()
            giver = Actor(label="Gudrun", membership_id=members[0].id)
            life.ask_giver(giver, made)
            db.session.commit()
            return firm.id, made.id, giver


def _member(firm: Firm, cohort: Cohort, name: str) -> Membership:
    person = Person(email=f"{name.lower()}@example.org", name=name, fs_uniquifier=name)
    db.session.add(person)
    db.session.flush()
    db.session.add(Seat(firm_id=firm.id, person_id=person.id))
    db.session.flush()
    made = Membership(person_id=person.id, name=name)
    db.session.add(made)
    db.session.flush()
    db.session.add(Enrolment(cohort_id=cohort.id, membership_id=made.id))
    db.session.flush()
    return made


def test_of_many_answers_at_once_one_counts(
    real_app: Flask, asked: tuple[UUID, UUID, Actor]
) -> None:
    firm_id, introduction_id, giver = asked
    start = threading.Barrier(MANY)
    outcomes: list[str] = []

    def answer(number: int) -> None:
        with real_app.app_context(), scope(firm_id):
            row = db.session.scalars(
                select(Introduction).where(Introduction.id == introduction_id)
            ).one()
            given = Answer("no") if number % 2 else Answer("yes", promise="I call.")
            start.wait(timeout=30)
            try:
                life.answer(giver, row, "giver", given)
                db.session.commit()
                outcomes.append(given.word)
            except AlreadyAnsweredError as error:
                db.session.rollback()
                outcomes.append(str(error))

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    (counted,) = [word for word in outcomes if word in {"yes", "no"}]
    told = [word for word in outcomes if word not in {"yes", "no"}]
    assert told == [f"This has been answered already: {counted}. Nothing was changed."] * (MANY - 1)
    with real_app.app_context(), scope(firm_id):
        row = db.session.scalars(select(Introduction)).one()
        assert row.state == {"yes": "receiver_asked", "no": "declined"}[counted]
        assert db.session.scalars(select(Consent.answer)).all() == [counted]


def test_application_role_cannot_drop_the_guard(
    real_app: Flask, asked: tuple[UUID, UUID, Actor]
) -> None:
    with real_app.app_context(), scope(asked[0]), db.engine.connect() as connection:
        for statement in (
            "ALTER TABLE introductions_introduction DISABLE TRIGGER steps",
            "DROP TRIGGER steps ON introductions_introduction",
            "DROP FUNCTION introductions_steps CASCADE",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(Exception, match=r"must be owner|permission denied"):
                connection.execute(text(statement))
            connection.rollback()

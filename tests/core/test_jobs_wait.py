"""A job waits for the commit that makes what it is about: not for a savepoint inside of it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from coachhub.core.jobs import later, queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm


@pytest.fixture
def put(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    del app, session
    names: list[str] = []
    monkeypatch.setattr(queue(), "put", lambda name, *_rest: names.append(name))
    return names


def test_a_savepoint_that_is_kept_puts_nothing_on_the_queue(
    session: Session, firm: Firm, put: list[str]
) -> None:
    with scope(firm.id):
        with session.begin_nested():
            later("mail.deliver", firm.id)
        assert put == []
        session.commit()
    assert put == ["mail.deliver"]


def test_what_is_rolled_back_after_all_puts_nothing_on_the_queue(
    session: Session, firm: Firm, put: list[str]
) -> None:
    with scope(firm.id):
        with session.begin_nested():
            later("mail.deliver", firm.id)
        session.rollback()
        session.commit()
    assert put == []

"""Invitations of five firms at every firm's door, and fifty hands on one of them."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.core.tokens import hashed, new_token
from coachhub.firms.invitations import GOOD_FOR, accept, find, withdraw
from coachhub.firms.models import Firm, Invitation, Membership
from fixtures_accounts import PASSWORD
from fixtures_app import config_for
from walls.world import Visitor

FIRMS = 5
HANDS = 50
SECRETS = 128  # bits


def invitation(session: Session, firm: Firm, address: str) -> str:
    token = new_token()
    with scope(firm.id):
        row = Invitation(
            email=address, role="member", token_hash=hashed(token), expires_at=now() + GOOD_FOR
        )
        session.add(row)
        session.flush()
    return token


def test_an_invitation_opens_its_own_firms_door_only(
    client: FlaskClient, session: Session, make_firm: Callable[..., Firm]
) -> None:
    firms = [make_firm() for _ in range(FIRMS)]
    slugs = [firm.slug for firm in firms]
    tokens = [
        invitation(session, firm, f"new{place}@example.org") for place, firm in enumerate(firms)
    ]
    session.commit()
    for (mine, token), theirs in itertools.product(zip(slugs, tokens, strict=True), slugs):
        path = f"/f/{theirs}/join/{token}"
        assert client.get(path).status_code == (200 if theirs == mine else 404)
        if theirs != mine:
            answer = client.post(path, data={"name": "Ned", "password": PASSWORD})
            assert answer.status_code == 404
    for slug, token in zip(slugs, tokens, strict=True):
        joined = Visitor(client.application, client.application.response_class).post(
            f"/f/{slug}/join/{token}", data={"name": "Ned New", "password": PASSWORD}
        )
        assert joined.status_code == 303, joined.get_data(as_text=True)


def test_a_token_is_long_and_stored_as_a_hash(session: Session, firm: Firm) -> None:
    tokens = {invitation(session, firm, f"{n}@example.org") for n in range(20)}
    assert len(tokens) == 20
    assert all(len(token) * 6 >= SECRETS for token in tokens)
    with scope(firm.id):
        kept = set(session.scalars(select(Invitation.token_hash)))
    assert not kept & tokens


@pytest.fixture
def real_app(fresh_database: Callable[..., Any]) -> Iterator[Flask]:
    made = create_app(config_for(fresh_database()))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()


def test_fifty_at_once_make_one_member(real_app: Flask) -> None:
    with real_app.app_context():
        firm = Firm(name="Firm", slug="firm")
        db.session.add(firm)
        db.session.commit()
        token = invitation(db.session(), firm, "ned@example.org")
        firm_id = firm.id
        db.session.commit()
        db.session.remove()
    answers: Counter[int] = Counter()
    ready = threading.Barrier(HANDS)

    def grab() -> None:
        visitor = Visitor(real_app, real_app.response_class)
        ready.wait()
        given = {"name": "Ned New", "password": PASSWORD}
        answers[visitor.post(f"/f/firm/join/{token}", data=given).status_code] += 1

    hands = [threading.Thread(target=grab) for _ in range(HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    assert answers[303] == 1, answers
    assert max(answers) < 500, answers
    with real_app.app_context(), scope(firm_id):
        assert db.session.scalar(select(func.count()).select_from(Membership)) == 1
        db.session.remove()


def test_a_withdrawn_invitation_is_not_taken_by_who_saw_it_before(
    session: Session, firm: Firm
) -> None:
    token = invitation(session, firm, "ned@example.org")
    ned = Person(email="ned@example.org", name="Ned", fs_uniquifier="ned")
    session.add(ned)
    with scope(firm.id):
        seen = find(token)
        withdraw(Actor("Adele"), seen)
        with pytest.raises(DomainError, match="just been"):
            accept(seen, ned)

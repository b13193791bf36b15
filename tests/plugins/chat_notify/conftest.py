"""A cohort with a coach, a service that listens here, and channels to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub_chat_notify.models import Channel, Post
from coachhub_chat_notify.sending import ALSO
from plugins.chat_notify.service import Service

DESK = Actor(label="Test")


@dataclass
class Group:
    """Who is there, and what stands in the tables of chat channels."""

    firm: Firm
    cohort: Cohort
    coach: Membership
    ada: Membership
    session: Session
    client: FlaskClient
    sign_in: Callable[[FlaskClient, Membership], None]

    def as_(self, member: Membership) -> FlaskClient:
        client = self.client.application.test_client()
        self.sign_in(client, member)
        return client

    def page(self, rest: str = "") -> str:
        return f"/f/{self.firm.slug}/chat_notify/c/{self.cohort.slug}/{rest}"

    def channel(self, address: str, service: str = "slack", **columns: Any) -> Any:
        given = {"events": ["round", "ahead", "weekly", "ask"], "name": "#group"} | columns
        with scope(self.firm.id):
            made = Channel(cohort_id=self.cohort.id, service=service, address=address, **given)
            self.session.add(made)
            self.session.flush()
            made_id = made.id
            self.session.commit()
        return made_id

    def channels(self) -> list[Channel]:
        with scope(self.firm.id):
            return list(self.session.scalars(select(Channel).order_by(Channel.created_at)))

    def posts(self) -> list[Post]:
        with scope(self.firm.id):
            return list(self.session.scalars(select(Post).order_by(Post.created_at)))


@pytest.fixture
def group(
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[..., None],
) -> Group:
    cohort = make_cohort("Energy")
    given: dict[str, Any] = {"cohorts": (cohort,), "welcomed_at": now()}
    coach = make_member("Cora Coach", role="coach", **given)
    ada = make_member("Ada Adler", **given)
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["chat_notify"])
        session.commit()
    return Group(firm, cohort, coach, ada, session, client, sign_in)


@pytest.fixture
def service(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Listen on this machine, and let the app call that address."""
    made = Service()
    monkeypatch.setitem(app.config, ALSO, {made.netloc: "slack"})
    yield made
    made.close()

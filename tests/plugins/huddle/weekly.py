"""A cohort that meets on Mondays: a coach, two members, and ways to act as them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.permissions import Standing
from coachhub_huddle.models import Huddle
from coachhub_huddle.operations import series

S = Standing
DESK = Actor(label="Test")
BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday, two weeks before the clocks go back in Berlin.
TODAY = dt.datetime(2026, 10, 14, 12, 0, tzinfo=BERLIN)
MONDAYS = series.SeriesDraft(
    "Monday huddle", 0, dt.time(9, 30), "Europe/Berlin", 60, "Room 4, second floor"
)


@dataclass
class Group:
    """Who is there, and ways to act as them. `open` keeps the firm's scope open."""

    firm: Firm
    cohort: Cohort
    coach: Membership
    ada: Membership
    ben: Membership
    session: Session
    client: FlaskClient
    sign_in: Callable[[FlaskClient, Membership], None]
    clock: time_machine.Traveller

    def actor(self, member: Membership) -> Actor:
        standing = S.COHORT_COACH if member is self.coach else S.COHORT_MEMBER
        return Actor(
            label=member.name,
            person_id=member.person_id,
            membership_id=member.id,
            standings=frozenset({S.ANYONE, S.PERSON, S.MEMBER, standing}),
        )

    def as_(self, member: Membership) -> FlaskClient:
        """Return a client on which a member is signed in."""
        client = self.client.application.test_client()
        self.sign_in(client, member)
        return client

    def page(self, rest: str = "") -> str:
        return f"/f/{self.firm.slug}/huddle/c/{self.cohort.slug}/{rest}"

    def meets(self) -> list[Huddle]:
        """Set the series; return the huddles ahead."""
        with scope(self.firm.id):
            series.set_series(self.actor(self.coach), self.cohort, MONDAYS)
            self.session.commit()
        return self.huddles()

    def again(self, huddle: Huddle) -> Huddle:
        """Return a huddle as the session knows it; the firm's scope must be open."""
        return self.session.scalars(select(Huddle).where(Huddle.id == huddle.id)).one()

    def huddles(self) -> list[Huddle]:
        with scope(self.firm.id):
            return list(self.session.scalars(select(Huddle).order_by(Huddle.starts_at)))

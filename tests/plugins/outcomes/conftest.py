"""What the tests of outcomes share: a firm with the plugin on, and people who land."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.board import landing as board
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.firms.plugins import enable_plugin

DESK = Actor(label="Test")


def acting(member: Membership) -> Actor:
    return Actor(member.name, member.person_id, member.id)


@pytest.fixture
def cohort(make_cohort: Any) -> Any:
    return make_cohort("Engineers")


@pytest.fixture
def ada(make_member: Any, cohort: Any, firm: Any, session: Any) -> Any:
    member = make_member("Ada Example", cohorts=(cohort,), welcomed_at=now())
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["outcomes"])
        session.commit()
    return member


@pytest.fixture
def ben(make_member: Any, cohort: Any) -> Any:
    return make_member("Ben Sample", cohorts=(cohort,), welcomed_at=now())


@pytest.fixture
def coach(make_member: Any, cohort: Any) -> Any:
    return make_member("Cleo Coach", role="coach", cohorts=(cohort,), welcomed_at=now())


@pytest.fixture
def page(firm: Any) -> str:
    return f"/f/{firm.slug}/outcomes/"


@pytest.fixture
def inside(firm: Any, ada: Any, ben: Any, coach: Any) -> Any:
    del ada, ben, coach
    with scope(firm.id):
        yield


@pytest.fixture
def fresh(session: Any) -> Callable[[Any], Any]:
    """Return a member's row as it is in the scope that is open."""

    def find(member: Any) -> Any:
        return session.scalars(select(Membership).where(Membership.id == member.id)).one()

    return find


@pytest.fixture
def land(session: Any) -> Callable[..., None]:
    def say(member: Any, days_ago: int = 0) -> None:
        day = now().date() - dt.timedelta(days=days_ago)
        board.land(acting(member), board.Landing(day))
        session.commit()

    return say

"""What the tests of the huddle share: the clock, and a cohort that meets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from plugins.huddle.weekly import DESK, TODAY, Group


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TODAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group(
    app: Flask,
    clock: time_machine.Traveller,
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[..., None],
) -> Group:
    del app
    firm.timezone = "Europe/Berlin"
    cohort = make_cohort("Energy")
    coach = make_member("Cora Coach", role="coach", cohorts=(cohort,), welcomed_at=now())
    ada = make_member("Ada Adler", cohorts=(cohort,), welcomed_at=now())
    ben = make_member("Ben Brook", cohorts=(cohort,), welcomed_at=now())
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["huddle"])
        session.commit()
    return Group(firm, cohort, coach, ada, ben, session, client, sign_in, clock)

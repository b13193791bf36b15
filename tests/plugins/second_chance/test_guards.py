"""A second chance is its member's own, and nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from coachhub.board.models import Target
from coachhub.cohorts.models import Cohort
from coachhub.companies.operations import identify
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub_second_chance import operations, queries

LATER = now().date() + dt.timedelta(days=200)


def test_days_and_letters_are_their_members_own(
    firm: Firm,
    session: Session,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
) -> None:
    cohort = make_cohort()
    ana, otto = (acting(make_member(name, cohorts=(cohort,))) for name in ("Ana", "Otto"))
    with scope(firm.id):
        enable_plugin(Actor("Test"), registry().plugins["second_chance"])
        company = identify("Harbour Foods")
        assert company is not None
        target = Target(
            cohort_id=cohort.id,
            owner_id=ana.member_id(),
            company_id=company.id,
            expires_on=LATER,
            stage="no",
        )
        session.add(target)
        session.flush()
        for attempt in (operations.leave, lambda who, what: operations.begin(who, what, [4])):
            with pytest.raises(NotFoundError):
                attempt(otto, target.id)
        assert queries.chance_for(target.id) is None
        chance = operations.begin(ana, target.id, [4])
        [touch] = queries.due_touches(chance.id)
        with pytest.raises(NotFoundError):
            operations.move_touch(otto, touch.id, LATER)
        with pytest.raises(NotFoundError):
            queries.chance_of(otto, chance.id)
        assert touch.due_on != LATER
        assert operations.move_touch(ana, touch.id, LATER).due_on == LATER

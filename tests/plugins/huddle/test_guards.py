"""A cohort's huddles and homework are its own; what moderation holds is the coach's to see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.permissions import Standing
from coachhub_huddle import queries
from coachhub_huddle.models import Attendance, HandIn, Homework, Huddle, Series
from coachhub_huddle.operations.series import mark
from plugins.huddle.weekly import Group


def test_things_are_of_one_cohort(
    group: Group, make_cohort: Callable[..., Cohort], make_member: Callable[..., Membership]
) -> None:
    coach = Actor("Cora", standings=frozenset({Standing.COHORT_COACH}))
    with scope(group.firm.id):
        here, elsewhere = group.cohort, make_cohort("Autumn", firm=group.firm)
        series = Series(
            cohort_id=here.id, title="Monday", weekday=0, at=dt.time(9), minutes=60,
            timezone="Europe/Berlin",
        )  # fmt: skip
        work = Homework(
            cohort_id=here.id, owner_id=group.coach.id, kind="assets", title="Ten things",
            due_on=now().date(),
        )  # fmt: skip
        group.session.add_all([series, work])
        group.session.flush()
        huddle = Huddle(
            series_id=series.id, cohort_id=here.id, week_of=now().date(), starts_at=now(),
            minutes=60, uid=uuid4().hex, changed_at=now(),
        )  # fmt: skip
        handed = HandIn(
            homework_id=work.id, owner_id=group.ada.id, text="Bread", handed_in_at=now()
        )
        group.session.add_all([huddle, handed])
        group.session.flush()
        assert queries.huddle_of(here, huddle.id) is huddle
        assert queries.one_homework(here, work.id) is work
        assert queries.one_hand_in(here, handed.id) == (work, handed)
        for find, thing in (
            (queries.huddle_of, huddle), (queries.one_homework, work),
            (queries.one_hand_in, handed),
        ):  # fmt: skip
            for cohort, wanted in ((elsewhere, thing.id), (here, uuid4())):
                with pytest.raises(NotFoundError):
                    find(cohort, wanted)
        stranger = make_member("Sam", cohorts=(elsewhere,), firm=group.firm)
        with pytest.raises(NotFoundError):
            mark(coach, here, huddle, {group.ada.id: "there", stranger.id: "there"})
        assert group.session.scalars(select(Attendance)).all() == []
        mark(coach, here, huddle, {group.ada.id: "there"})
        assert [one.membership_id for one in group.session.scalars(select(Attendance))] == [
            group.ada.id
        ]


def test_homework_that_moderation_holds_is_the_coachs_to_see(group: Group) -> None:
    with scope(group.firm.id):
        work = Homework(
            cohort_id=group.cohort.id, owner_id=group.coach.id, kind="assets", title="Ten things",
            due_on=now().date(),
        )  # fmt: skip
        group.session.add(work)
        group.session.commit()
        path = group.page(f"homework/{work.id}")
    assert group.as_(group.ada).get(path).status_code == 200
    with scope(group.firm.id):
        group.session.execute(update(Homework).values(moderation="quarantined"))
        group.session.commit()
    assert group.as_(group.ada).get(path).status_code == 404
    assert group.as_(group.coach).get(path).status_code == 200

"""What the huddle does by the clock: keeps weeks ahead in the calendar, and reminds."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import members_of
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.firms.plugins import settings_of
from coachhub_huddle import letters, queries
from coachhub_huddle.models import Huddle, Series
from coachhub_huddle.operations.series import fill

DAY_BEFORE = 24  # hours


@job("huddle.keep_up", every_minutes=10)
def keep_up(firm_id: UUID) -> None:
    """Make the huddles of the coming weeks, and send the reminders that are due, once each."""
    del firm_id
    for series in db.session.scalars(
        select(Series)
        .join(Cohort, Cohort.id == Series.cohort_id)
        .where(Series.ended_at.is_(None), Cohort.state == "running")
        .with_for_update(of=Series, skip_locked=True)
    ).all():
        fill(series)
    ahead = dt.timedelta(hours=int(settings_of("huddle").get("remind_hours", DAY_BEFORE)))
    if not ahead:
        return
    due = db.session.scalars(
        select(Huddle)
        .join(Cohort, Cohort.id == Huddle.cohort_id)
        .where(
            Cohort.state == "running",
            Huddle.cancelled_at.is_(None),
            Huddle.reminded_at.is_(None),
            Huddle.starts_at > now(),
            Huddle.starts_at <= now() + ahead,
        )
        .with_for_update(of=Huddle, skip_locked=True)
    ).all()
    for huddle in due:
        huddle.reminded_at = now()
        letters.reminder(huddle, _waiting(huddle))


def _waiting(huddle: Huddle) -> dict[UUID, list[str]]:
    """Return the homework that waits for each member and is due by the huddle's day."""
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == huddle.cohort_id)).one()
    last = huddle.starts_at.date()
    return {
        one.membership.id: [
            task.homework.title
            for task in queries.tasks_of(cohort, one.membership.id)
            if task.waits and task.homework.due_on <= last
        ]
        for one in members_of(cohort)
    }

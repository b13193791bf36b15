"""Rounds that are too large to keep a page waiting."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.introductions.calendar import today
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.solving import IN_WORKER, work_out
from coachhub.introductions.rounds.unlocks import put_into, unlocks_of

# Longer than any budget: whoever worked on it until then is gone.
GIVEN_UP_AFTER = dt.timedelta(minutes=5)


@job("introductions.work_out_rounds", every_minutes=5)
def work_out_rounds(firm_id: UUID, round_id: str = "") -> None:
    """Work out one round that waits for it; by the clock, those that a lost worker left behind."""
    del firm_id
    waiting = (
        select(Round)
        .where(Round.state == "solving")
        .order_by(Round.solving_since)
        .with_for_update(skip_locked=True)
    )
    if round_id:
        waiting = waiting.where(Round.id == UUID(round_id))
    else:
        waiting = waiting.where(Round.solving_since < now() - GIVEN_UP_AFTER)
    for round_ in db.session.scalars(waiting).all():
        cohort = db.session.scalars(select(Cohort).where(Cohort.id == round_.cohort_id)).one()
        before = round_.changes[-1] if round_.changes else None
        field = work_out(cohort, round_, IN_WORKER)
        put_into(round_, unlocks_of(cohort, field, settings_of(round_), today()))
        if before is not None and before.get("after") is None:
            round_.changes = [*round_.changes[:-1], before | {"after": round_.worth}]

"""Rounds that are too large to keep a page waiting, one job for each.

A worker claims a round by the moment in `solving_since` and holds no lock while it works: the
coach can drop it at any time, and what a killed worker left behind is claimed anew by the clock.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import select, update

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.introductions.calendar import today
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.solving import IN_WORKER, field_of, keep, try_out
from coachhub.introductions.rounds.unlocks import put_into, unlocks_of

# Longer than any budget: whoever worked on it until then is gone.
GIVEN_UP_AFTER = dt.timedelta(minutes=5)


@job("introductions.work_out_rounds", every_minutes=5)
def work_out_rounds(firm_id: UUID, round_id: str = "") -> None:
    """Work out one round that waits for it; by the clock, ask for those left behind."""
    if not round_id:
        left = select(Round.id).where(
            Round.state == "solving", Round.solving_since < now() - GIVEN_UP_AFTER
        )
        for one in db.session.scalars(left.order_by(Round.solving_since)).all():
            work_out_rounds.later(firm_id, str(one))
        return
    began = _claim(UUID(round_id))
    if began is not None:
        _work_out(UUID(round_id), began)


def is_claimed(round_: Round) -> bool:
    """Say whether a worker is at a round and has not been given up."""
    since = round_.solving_since
    return bool(round_.stage) and since is not None and since > now() - GIVEN_UP_AFTER


def _claim(round_id: UUID) -> dt.datetime | None:
    """Take a round as one's own, unless another worker began with it a moment ago."""
    round_ = _locked(round_id)
    if round_ is None or round_.state != "solving" or is_claimed(round_):
        return None
    began = round_.solving_since = now()
    round_.stage = "matches"
    db.session.commit()
    return began


def _work_out(round_id: UUID, began: dt.datetime) -> None:
    round_ = db.session.scalars(select(Round).where(Round.id == round_id)).one()
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == round_.cohort_id)).one()
    settings = settings_of(round_)
    field = field_of(cohort, settings)
    if not _goes_on(round_id, began, "rings"):
        return
    done = try_out(field, settings, IN_WORKER)
    if not _goes_on(round_id, began, "help"):
        return
    unlocks = unlocks_of(cohort, field, settings, today())
    mine = _locked(round_id)
    if mine is None or (mine.state, mine.solving_since) != ("solving", began):
        return
    before = mine.changes[-1] if mine.changes else None
    keep(mine, field, done)
    put_into(mine, unlocks)
    if before is not None and before.get("after") is None:
        mine.changes = [*mine.changes[:-1], before | {"after": mine.worth}]


def _goes_on(round_id: UUID, began: dt.datetime, stage: str) -> bool:
    """Say how far this worker is; False if the round was dropped, or is another worker's now."""
    told = db.session.execute(
        update(Round)
        .where(Round.id == round_id, Round.state == "solving", Round.solving_since == began)
        .values(stage=stage)
        .returning(Round.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.commit()
    return bool(told)


def _locked(round_id: UUID) -> Round | None:
    return db.session.scalars(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()

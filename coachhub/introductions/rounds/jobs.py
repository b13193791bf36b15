"""Rounds that are too large to keep a page waiting, one job for each.

A worker claims a round and holds no lock while it works: the coach can drop it at any time, and
what a killed worker left behind is claimed anew by the clock. `solving_since` names what was asked
for: whichever worker is done with that first, its result is kept.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import Select, or_, select, update

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.introductions.calendar import today
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.solving import IN_WORKER, field_of, keep, try_out
from coachhub.introductions.rounds.unlocks import put_into, unlocks_of

# Whoever worked on it until then is likely gone; if not, the first to be done counts.
GIVEN_UP_AFTER = dt.timedelta(minutes=5)


def _asked_for() -> Select[UUID]:
    return select(Round.id).where(Round.state == "solving")


@job("introductions.work_out_rounds", every_minutes=5, waits=_asked_for)
def work_out_rounds(firm_id: UUID, round_id: str = "") -> None:
    """Work out one round that waits for it; by the clock, ask for those left behind."""
    if not round_id:
        late = now() - GIVEN_UP_AFTER
        left = select(Round.id).where(
            Round.state == "solving",
            Round.solving_since < late,
            or_(Round.claimed_at.is_(None), Round.claimed_at < late),
        )
        for one in db.session.scalars(left.order_by(Round.solving_since)).all():
            work_out_rounds.later(firm_id, str(one))
        return
    asked_at = _claim(UUID(round_id))
    if asked_at is not None:
        _work_out(UUID(round_id), asked_at)


def _left_behind() -> Select[UUID]:
    return select(Round.id).where(Round.stage == "help", Round.state == "draft")


@job("introductions.look_for_help", every_minutes=15, waits=_left_behind)
def look_for_help(_firm_id: UUID, round_id: str = "") -> None:
    """Put what one new asset would bring into a round; by the clock, into those left behind.

    A dozen rounds are worked out for it, which is no work for a page.
    """
    for one in [UUID(round_id)] if round_id else db.session.scalars(_left_behind()).all():
        round_ = db.session.scalars(select(Round).where(Round.id == one)).one_or_none()
        if round_ is None or round_.state == "solving":
            continue
        cohort = db.session.scalars(select(Cohort).where(Cohort.id == round_.cohort_id)).one()
        settings = settings_of(round_)
        unlocks = unlocks_of(cohort, field_of(cohort, settings), settings, today())
        mine = _locked(one)
        if mine is not None and mine.state != "solving":
            put_into(mine, unlocks)
            mine.stage = ""
        db.session.commit()


def is_claimed(round_: Round) -> bool:
    """Say whether a worker is at a round and has not been given up."""
    return round_.claimed_at is not None and round_.claimed_at > now() - GIVEN_UP_AFTER


def _claim(round_id: UUID) -> dt.datetime | None:
    """Take a round on, unless another worker is at it; return which asking that answers."""
    round_ = _locked(round_id)
    if round_ is None or round_.state != "solving" or is_claimed(round_):
        return None
    asked_at = round_.solving_since
    round_.claimed_at, round_.stage = now(), "matches"
    db.session.commit()
    return asked_at


def _work_out(round_id: UUID, asked_at: dt.datetime) -> None:
    round_ = db.session.scalars(select(Round).where(Round.id == round_id)).one()
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == round_.cohort_id)).one()
    settings = settings_of(round_)
    field = field_of(cohort, settings)
    if not _goes_on(round_id, asked_at, "rings"):
        return
    done = try_out(field, settings, IN_WORKER)
    if not _goes_on(round_id, asked_at, "help"):
        return
    unlocks = unlocks_of(cohort, field, settings, today())
    mine = _locked(round_id)
    if mine is None or (mine.state, mine.solving_since) != ("solving", asked_at):
        return
    before = mine.changes[-1] if mine.changes else None
    keep(mine, field, done)
    put_into(mine, unlocks)
    if before is not None and before.get("after") is None:
        mine.changes = [*mine.changes[:-1], before | {"after": mine.worth}]


def _goes_on(round_id: UUID, asked_at: dt.datetime, stage: str) -> bool:
    """Say how far this worker is; False if the round was dropped, or asked for anew."""
    told = db.session.execute(
        update(Round)
        .where(Round.id == round_id, Round.state == "solving", Round.solving_since == asked_at)
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

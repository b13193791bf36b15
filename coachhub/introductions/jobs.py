"""The clock of introductions: reminders, expiries, asking again, the next door of a search.

Running it twice, or late, changes nothing: each mail's `once` names the turn or day it is for.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import select

from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.introductions import erasure, letters, life, searches
from coachhub.introductions.calendar import EXPIRE_AFTER, REMIND_AFTER, in_days, today
from coachhub.introductions.models import Introduction
from coachhub.introductions.steps import ASKED

log = logging.getLogger(__name__)
_REMIND_DAYS_BEFORE = 2


@job("introductions.clock", every_minutes=10)
def clock(_firm_id: UUID) -> None:
    """Do for one firm what its introductions' days ask for."""
    _each(_asked_longer_than(EXPIRE_AFTER), life.expire)
    _each(_asked_longer_than(REMIND_AFTER), _remind)
    _each(_asked_again_today(), life.ask_again)
    _each(_promises_near(), _remind_of_promise)
    _each(searches.due(), searches.ask_next)
    erasure.forget_in_time()


def _each(rows: Iterable[Introduction], act: Callable[[Introduction], object]) -> None:
    for row in list(rows):
        try:
            # What fails for one introduction must not hold up the others.
            with db.session.begin_nested():
                act(row)
        except Exception:
            log.exception("The clock could not move introduction %s.", row.id)


def _asked_longer_than(time: dt.timedelta) -> list[Introduction]:
    return list(
        db.session.scalars(
            select(Introduction)
            .where(Introduction.state.in_(ASKED), Introduction.state_since <= now() - time)
            .order_by(Introduction.id)
        )
    )


def _asked_again_today() -> list[Introduction]:
    return list(
        db.session.scalars(
            select(Introduction)
            .where(Introduction.state == "not_now", Introduction.not_before <= today())
            .order_by(Introduction.id)
        )
    )


def _promises_near() -> list[Introduction]:
    return list(
        db.session.scalars(
            select(Introduction)
            .where(
                Introduction.state == "introduced",
                Introduction.due_on <= in_days(_REMIND_DAYS_BEFORE),
            )
            .order_by(Introduction.id)
        )
    )


def _remind(introduction: Introduction) -> None:
    life.remind(introduction, once=f"half:{letters.turn(introduction)}")


def _remind_of_promise(introduction: Introduction) -> None:
    """Remind two days before and on the day; a new day brings new reminders."""
    due_on = introduction.due_on
    if due_on is None:
        return
    when = "on" if due_on <= today() else "before"
    if letters.promise_reminder(introduction, once=f"{when}:{due_on}"):
        introduction.reminded += 1

"""Keeping matches: every few minutes, what changed since is put with what was kept."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db
from coachhub.core.jobs import job
from coachhub.introductions.matching.search import keep_matches
from coachhub.introductions.models import BookChange, MatchSource


@job("introductions.keep_matches", every_minutes=5)
def KEEP_MATCHES(firm_id: UUID) -> None:  # noqa: N802 - a job is a constant of its room
    """Keep the matches of every running cohort, and forget those of closed ones."""
    del firm_id
    running = select(Cohort.id).where(Cohort.state == "running")
    for model in (MatchSource, BookChange):
        db.session.execute(delete(model).where(model.cohort_id.not_in(running)))
    for cohort_id in db.session.scalars(running.order_by(Cohort.id)).all():
        keep_matches(cohort_id)
        # Each cohort for itself: a long list holds up nobody who waits for the first.
        db.session.commit()

"""The cohorts that a coach leads, and a round in each."""

from __future__ import annotations

import dataclasses

from sqlalchemy import select

from coachhub.cohorts.entrance import standings_in
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.operations import open_round, propose_round


def propose_for_all(actor: Actor) -> list[Round]:
    """Make a round in every running cohort that the actor leads and that has no draft.

    Each is worked out by a job of its own, side by side. Cohorts with a draft are left as they are.
    """
    made = []
    for cohort in cohorts_led(actor):
        if open_round(cohort) is None:
            leading = dataclasses.replace(
                actor, standings=actor.standings | standings_in(actor, cohort)
            )
            made.append(propose_round(leading, cohort, by_worker=True))
    return made


def cohorts_led(actor: Actor) -> list[Cohort]:
    """Return the running cohorts that somebody leads, by name."""
    return list(
        db.session.scalars(
            select(Cohort)
            .join(Enrolment, Enrolment.cohort_id == Cohort.id)
            .where(
                Enrolment.membership_id == actor.membership_id,
                Enrolment.role == "coach",
                Enrolment.state == "active",
                Cohort.state == "running",
            )
            .order_by(Cohort.name)
        )
    )

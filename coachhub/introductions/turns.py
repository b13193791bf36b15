"""Whose turn it is to receive: what a "no" takes away, the next round makes up for."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.cohorts.models import Enrolment
from coachhub.core.db import db
from coachhub.introductions.models import Introduction, Round

# A round has served whoever is in one of these as a receiver; what has broken served nobody.
_SERVES = ("giver_asked", "receiver_asked", "outsider_asked", "introduced", "kept")


def count_again(introduction: Introduction) -> None:
    """Count anew how many rounds the receiver has waited, after a step of a round broke or mended.

    It is the number of rounds released since one that served them. Whoever said no, the receiver
    themselves too, it counts the same: the number tells nobody who it was.
    """
    if introduction.round_id is None:
        return
    enrolment = db.session.scalar(
        select(Enrolment)
        .where(
            Enrolment.cohort_id == introduction.cohort_id,
            Enrolment.membership_id == introduction.receiver_id,
        )
        .with_for_update()
    )
    if enrolment is None:
        return
    served = select(Introduction.round_id).where(
        Introduction.receiver_id == introduction.receiver_id, Introduction.state.in_(_SERVES)
    )
    since = db.session.execute(
        select(Round.id, Round.id.in_(served))
        .where(
            Round.cohort_id == introduction.cohort_id,
            Round.state == "released",
            Round.released_at >= enrolment.created_at,
        )
        .order_by(Round.number.desc())
    ).all()
    enrolment.waited = next(
        (waited for waited, (_id, was_served) in enumerate(since) if was_served), len(since)
    )
    db.session.flush()

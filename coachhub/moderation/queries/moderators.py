"""Who may decide a case."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from coachhub.core.db import db
from coachhub.firms.models import Membership
from coachhub.moderation.hooks import MODERATORS
from coachhub.moderation.models import Case


def moderators_of(cohort_id: UUID | None) -> list[Membership]:
    """Return who moderates a cohort's things: its coaches, and the firm's admins; by name."""
    coaches = [one for given in MODERATORS.call(cohort_id) for one in given] if cohort_id else []
    query = (
        select(Membership)
        .where(
            Membership.state == "active",
            or_(Membership.role == "admin", Membership.id.in_(coaches)),
        )
        .order_by(Membership.name)
    )
    return list(db.session.scalars(query))


def others_who_may_decide(case: Case, person_id: UUID | None) -> list[Membership]:
    """Return who may answer an appeal: moderators other than the first one and the author."""
    return [
        one
        for one in moderators_of(case.cohort_id)
        if one.person_id != person_id and one.id != case.author_id
    ]

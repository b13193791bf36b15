"""Whom a lead may be passed on to: those it fits first, then the rest of the cohort."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.board.models import Lead
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db
from coachhub.firms.models import Membership
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.models import Introduction


@dataclass(frozen=True)
class Suited:
    """A member to pass a lead on to; `reason` is empty where no match was found."""

    member_id: UUID
    name: str
    reason: str


def members_for(lead: Lead) -> list[Suited]:
    """Return the cohort's members who were not asked about this lead yet, best match first."""
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == lead.cohort_id)).one()
    fits = {
        match.receiver_id: match
        for match in find_matches(cohort)
        if match.asset == "lead" and match.need_id == lead.id
    }
    asked = set(
        db.session.scalars(select(Introduction.receiver_id).where(Introduction.need_id == lead.id))
    )
    members = db.session.scalars(
        select(Membership)
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .where(
            Enrolment.cohort_id == lead.cohort_id,
            Enrolment.role == "member",
            Enrolment.state == "active",
            Membership.state == "active",
            Membership.id != lead.owner_id,
        )
        .order_by(Membership.name)
    )
    found = [
        Suited(one.id, one.name, fits[one.id].reason if one.id in fits else "")
        for one in members
        if one.id not in asked
    ]
    return sorted(found, key=lambda one: -fits[one.member_id].worth if one.reason else 1.0)

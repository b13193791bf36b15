"""Doors: what a cohort sees of its members' contacts. Counts and strength, never a name.

One grouped read over the owners' contacts; no name, address, owner or contact's id comes back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ScalarSelect,
    Uuid,
    and_,
    any_,
    false,
    func,
    literal,
    or_,
    select,
)

from coachhub.cohorts.hooks import DOORS, OWN_DOORS, Door
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.contacts.models import Contact
from coachhub.contacts.strength import is_strong
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.firms.models import Membership
from coachhub.mail.models import Suppression

FEWEST = 5
"""With fewer members a number could tell who it is."""

QUIET = dt.timedelta(days=7)
"""For so long after somebody came or went there are no numbers: before and after would tell
what they brought or took along."""


@DOORS.from_room
def doors(cohort: Cohort, company_ids: Sequence[UUID]) -> Mapping[UUID, Door]:
    """Return the door at each of these companies that has one, counted over a cohort's members.

    A door has no number where it could tell whose it is: in a cohort of fewer than `FEWEST`
    members, where all or all but one have it, and for a while after somebody came or went.
    """
    if not company_ids:
        return {}
    members = (
        select(Enrolment.membership_id)
        .join(Membership, Membership.id == Enrolment.membership_id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.role == "member",
            Enrolment.state == "active",
            Membership.state == "active",
        )
    )
    size = select(func.count()).select_from(members.subquery()).scalar_subquery()
    owners = func.count(Contact.owner_id.distinct())
    rows = db.session.execute(
        select(
            Contact.company_id,
            owners.label("many"),
            owners.filter(is_strong(_today())).label("strong"),
            size.label("size"),
            _came_or_went(cohort).label("came_or_went"),
        )
        .where(
            _one_of(company_ids),
            Contact.owner_id.in_(members),
            Contact.hidden.is_(False),
            _may_be_written_to(),
        )
        .group_by(Contact.company_id)
    )
    return {row.company_id: _door(row) for row in rows if row.company_id}


def _door(row: Any) -> Door:
    most = 0 if row.size < FEWEST or row.came_or_went else row.size - 2
    return Door(row.many, row.strong) if row.many <= most else Door(None)


@OWN_DOORS.from_room
def own_doors(actor: Actor, company_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how many people somebody knows at each of these companies: for their eyes only."""
    if actor.membership_id is None or not company_ids:
        return {}
    rows = db.session.execute(
        select(Contact.company_id, func.count())
        .where(
            _one_of(company_ids),
            Contact.owner_id == actor.membership_id,
            Contact.hidden.is_(False),
            _may_be_written_to(),
        )
        .group_by(Contact.company_id)
    )
    return {company_id: many for company_id, many in rows if company_id}


def _came_or_went(cohort: Cohort) -> ScalarSelect[bool]:
    """Whether a member joined or left within `QUIET`; those who began together don't count."""
    since = now() - QUIET
    first, last = func.min(Enrolment.created_at), func.max(Enrolment.created_at)
    joined = and_(last > since, last - first > QUIET)
    return (
        select(func.coalesce(or_(joined, func.max(Enrolment.ended_at) > since), false()))
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == "member")
        .scalar_subquery()
    )


def _may_be_written_to() -> ColumnElement[bool]:
    """Whoever asked to be left alone is no door from that moment on, also until they are gone."""
    left_alone = select(Suppression.address_hash).where(Suppression.reason == "never")
    return or_(Contact.email_hash == "", Contact.email_hash.not_in(left_alone))


def _one_of(company_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return Contact.company_id == any_(literal(sorted(set(company_ids)), ARRAY(Uuid())))


def _today() -> dt.date:
    return now().date()

"""A member found work: said in one step, taken back in one.

From then on the member only gives: matching looks at `landed_on`. What else follows is told by
`LANDED`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.board.hooks import POST_CHANGED
from coachhub.board.models import Target
from coachhub.board.operations import set_stage
from coachhub.companies.queries import names_by_id
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.firms.hooks import LANDED
from coachhub.firms.models import Membership

LONGEST_AGO = 400  # days
_STEP_BEFORE = "offer"


@dataclass(frozen=True)
class Landing:
    """What a member says about it.

    Attributes:
        landed_on: the day on which it was settled.
        target_id: their target where it happened, if it was one.
        close_targets: whether all their open targets go off the board.
    """

    landed_on: dt.date
    target_id: UUID | None = None
    close_targets: bool = False


def land(actor: Actor, landing: Landing) -> Membership:
    """Say that one found work. Saying it again corrects the day.

    Raises NotFoundError for somebody who does not look for work here, or a target of others'.
    """
    member = seeker(actor)
    today = now().date()
    earliest = today - dt.timedelta(days=LONGEST_AGO)
    # A day either way: where the member is, it may be tomorrow.
    if not earliest <= landing.landed_on <= today + dt.timedelta(days=1):
        raise DomainError(
            gettext("Please choose the day on which it was settled, today or earlier.")
        )
    targets = open_targets([member.id])
    if landing.target_id is not None:
        there = [target for target in targets if target.id == landing.target_id]
        if not there:
            raise NotFoundError
        set_stage(actor, there[0], "landed")
    member.landed_on, member.landed_at = landing.landed_on, member.landed_at or now()
    closed = targets if landing.close_targets else []
    for target in closed:
        target.closed_at = member.landed_at
    db.session.flush()
    for target in closed:
        POST_CHANGED.call(target, "closed")
    LANDED.call(member)
    audit.record(actor, "member.landed", kind="membership", subject=member.id, label=member.name)
    return member


def take_back(actor: Actor) -> None:
    """Say that one looks for work after all: what the landing closed is open again."""
    member = seeker(actor)
    if member.landed_on is None:
        return
    mine = select(Target).where(Target.owner_id == member.id)
    closed = db.session.scalars(
        mine.where(Target.closed_at.is_not(None), Target.closed_at == member.landed_at)
    ).all()
    for target in closed:
        target.closed_at = None
    landed = db.session.scalars(mine.where(Target.stage == "landed")).all()
    member.landed_on = member.landed_at = None
    db.session.flush()
    for target in closed:
        POST_CHANGED.call(target, "reopened")
    for target in landed:
        set_stage(actor, target, _STEP_BEFORE)
    LANDED.call(member)
    audit.record(
        actor, "member.looks_again", kind="membership", subject=member.id, label=member.name
    )


def open_targets(member_ids: Collection[UUID]) -> list[Target]:
    """Return some members' targets on the boards of all their cohorts, landed ones first."""
    return list(
        db.session.scalars(
            select(Target)
            .where(Target.owner_id.in_(member_ids), Target.closed_at.is_(None))
            .order_by(Target.stage != "landed", Target.created_at)
        )
    )


def target_names(targets: list[Target]) -> list[tuple[UUID, str]]:
    """Return id and company of targets, as they are chosen from."""
    names = names_by_id(target.company_id for target in targets)
    return [(target.id, names[target.company_id]) for target in targets]


def seeker(actor: Actor) -> Membership:
    """Return the actor's membership; raises NotFoundError for coaches and admins."""
    member = db.session.scalars(
        select(Membership).where(Membership.id == actor.member_id()).with_for_update()
    ).one()
    if member.role != "member":
        raise NotFoundError
    return member

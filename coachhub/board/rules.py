"""Who sees which posts, and who may change them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select, true

from coachhub.board.hooks import Post
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.errors import NotFoundError
from coachhub.firms.models import Membership
from coachhub.permissions import Permission

# Any: a mapped class of one of the four; their common columns are `board.models.Posted`.
MODELS: dict[str, Any] = {"target": Target, "offer": Offer, "ask": Ask, "lead": Lead}


@dataclass(frozen=True)
class Viewer:
    """Who looks at a cohort's posts. `leads`: sees every member's targets by name."""

    membership_id: UUID | None
    leads: bool


def viewer_of(actor: Actor) -> Viewer:
    """Return how an actor sees the cohort whose standings they have."""
    return Viewer(actor.membership_id, actor.may(Permission.SEE_COHORT))


def kind_of(post: Post) -> str:
    """Return ``target``, ``offer``, ``ask`` or ``lead``."""
    return next(kind for kind, model in MODELS.items() if isinstance(post, model))


def only_owner(actor: Actor, post: Post) -> None:
    """Raise NotFoundError unless the post is the actor's own: others have no such page."""
    if post.owner_id != actor.membership_id:
        raise NotFoundError


def there(cohort: Cohort) -> Select[UUID]:
    """Select who is in a cohort now."""
    return (
        select(Enrolment.membership_id)
        .join(Membership, Membership.id == Enrolment.membership_id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.state == "active",
            Membership.state == "active",
        )
    )


def shown(
    model: type[Post],
    cohort: Cohort,
    viewer: Viewer,
    today: dt.date,
    inside: Select[UUID] | None = None,
) -> ColumnElement[bool]:
    """Return the condition under which a row of `model` is shown on a cohort's board.

    Open, not expired, its author in the cohort now; held posts to their author only. A statement
    that asks for several models names who is `there` once, and passes it.
    """
    own = model.owner_id == viewer.membership_id if viewer.membership_id is not None else false()
    return and_(
        model.cohort_id == cohort.id,
        model.closed_at.is_(None),
        model.expires_on >= today,
        model.owner_id.in_(there(cohort) if inside is None else inside),
        or_(model.is_shown, own),
    )


def named(cohort: Cohort, viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition under which a target is shown with its owner.

    Own targets, and others' at companies that the viewer has never had as a target in this
    cohort. So nobody learns by name who is after what they are after themselves: that is the
    coach's to tell, by the cohort's rule for rivals.
    """
    if viewer.leads:
        return true()
    if viewer.membership_id is None:
        return false()
    mine = select(Target.company_id).where(
        Target.cohort_id == cohort.id, Target.owner_id == viewer.membership_id
    )
    return or_(Target.owner_id == viewer.membership_id, not_(Target.company_id.in_(mine)))

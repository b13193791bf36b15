"""The first visit: what and where, what I can give, my offers, whom I know; never from the start.

Each step keeps what was typed when it is left, for whatever reason, and takes it up again. Targets
stand on the board after the first step, offers only once their author has looked them over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.board.drafting import Told, drafted
from coachhub.board.models import VISIT_STEPS, FirstVisit, Offer
from coachhub.board.operations import (
    AlreadyOnListError,
    OfferDraft,
    TargetDraft,
    post_offer,
    post_target,
)
from coachhub.board.specific import FieldError
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.firms.operations import Profile, update_profile
from coachhub.moderation import operations as moderation

# Whoever looks round first is reminded at home for so long, and then left alone.
REMIND = dt.timedelta(days=14)
_ROLES = 200


class AnswersError(DomainError):
    """Some answers need another look; `problems` maps fields (``companies-0``) to sentences."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Say which."""
        super().__init__(gettext("A few answers need another look."))
        self.problems = dict(problems)


@dataclass(frozen=True)
class Seeks:
    """What a newcomer looks for, and the companies they would like to reach."""

    titles: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()


def visit_of(cohort: Cohort, member_id: UUID) -> FirstVisit | None:
    """Return how far a member's first visit to a cohort is; None if it has not begun."""
    return db.session.scalar(
        select(FirstVisit).where(
            FirstVisit.cohort_id == cohort.id, FirstVisit.membership_id == member_id
        )
    )


def unfinished(member_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], FirstVisit]:
    """Return the visits of some members that were begun of late and left, by member and cohort."""
    rows = db.session.scalars(
        select(FirstVisit).where(
            FirstVisit.membership_id.in_(member_ids),
            FirstVisit.step != "done",
            FirstVisit.created_at > now() - REMIND,
        )
    )
    return {(row.membership_id, row.cohort_id): row for row in rows}


def begin(actor: Actor, cohort: Cohort) -> FirstVisit:
    """Return the actor's first visit to a cohort, begun now if it was not."""
    found = visit_of(cohort, actor.member_id())
    if found is None:
        found = FirstVisit(
            membership_id=actor.member_id(), cohort_id=cohort.id, step="seek", told={}, drafts=[]
        )
        db.session.add(found)
        db.session.flush()
    return found


def remember(visit: FirstVisit, step: str, typed: Mapping[str, Any]) -> None:
    """Keep what stands in the fields of a step."""
    visit.told = {**visit.told, step: dict(typed)}
    db.session.flush()


def seek(actor: Actor, cohort: Cohort, membership: Membership, seeks: Seeks) -> int:
    """Write what a member looks for and where; return how many targets are new.

    What is on their list already stays as it is. Raises AnswersError where a company can't be
    taken; nothing is kept then, once the caller rolls back.
    """
    told: dict[str, Any] = {}
    for name in Profile.__dataclass_fields__:
        value = getattr(membership, name)
        told[name] = tuple(value) if isinstance(value, list) else value
    profile = replace(
        Profile(**told), titles=seeks.titles, fields=seeks.fields, places=seeks.places
    )
    update_profile(actor, membership, profile)
    problems: dict[str, str] = {}
    posted = 0
    roles = ", ".join(seeks.titles)[:_ROLES]
    for number, company in enumerate(seeks.companies):
        if not company:
            continue
        try:
            post_target(actor, cohort, TargetDraft(company=company, roles=roles))
            posted += 1
        except AlreadyOnListError:
            continue
        except FieldError as error:
            problems[f"companies-{number}"] = str(error)
    if problems:
        raise AnswersError(problems)
    return posted


def draft(visit: FirstVisit, told: Told, field: str) -> int:
    """Draft offers from what a member told, in place of earlier drafts; return how many.

    What was posted from earlier drafts is not drafted a second time.
    """
    posted = select(Offer.title).where(
        Offer.cohort_id == visit.cohort_id, Offer.owner_id == visit.membership_id
    )
    there = {title.casefold() for title in db.session.scalars(posted)}
    made = [one for one in drafted(told, field) if one.title.casefold() not in there]
    visit.drafts = [asdict(one) for one in made]
    db.session.flush()
    return len(made)


def keep_drafts(visit: FirstVisit, drafts: Sequence[OfferDraft]) -> None:
    """Keep offers as they stand in the fields, not posted."""
    visit.drafts = [asdict(one) for one in drafts]
    db.session.flush()


def drafts_of(visit: FirstVisit) -> list[OfferDraft]:
    """Return the offers that wait for their author's look."""
    return [OfferDraft(**{**one, "topics": tuple(one.get("topics", ()))}) for one in visit.drafts]


def post_drafts(
    actor: Actor, cohort: Cohort, visit: FirstVisit, drafts: Sequence[OfferDraft], *, out: set[int]
) -> tuple[int, int]:
    """Put drafted offers on the board but for those left out, which stay drafts.

    Returns how many were posted, and how many of them a moderator looks at first. Raises
    AnswersError where one can't be taken; nothing is kept then, once the caller rolls back.
    """
    problems: dict[str, str] = {}
    posted = held = 0
    for number, one in enumerate(drafts):
        if number in out:
            continue
        try:
            offer = post_offer(actor, cohort, one)
        except FieldError as error:
            field = {"title": "titles", "company": "companies"}.get(error.field, "titles")
            problems[f"{field}-{number}"] = str(error)
            continue
        posted += 1
        held += moderation.published(actor, "offer", offer.id)
    if problems:
        raise AnswersError(problems)
    visit.drafts = [asdict(one) for number, one in enumerate(drafts) if number in out]
    db.session.flush()
    return posted, held


def go_on(visit: FirstVisit, step: str) -> None:
    """Remember the step that comes next; never a step back."""
    if VISIT_STEPS.index(step) > VISIT_STEPS.index(visit.step):
        visit.step = step
        db.session.flush()


def finish(membership: Membership) -> None:
    """Remember that a member need not be led to the first visit any more."""
    if membership.welcomed_at is None:
        membership.welcomed_at = now()
        db.session.flush()


def waiting_at(member_id: UUID) -> tuple[str, str] | None:
    """Return the step and the cohort's slug of a member's newest visit that is not finished."""
    row = db.session.execute(
        select(FirstVisit.step, Cohort.slug)
        .join(Cohort, Cohort.id == FirstVisit.cohort_id)
        .where(
            FirstVisit.membership_id == member_id,
            FirstVisit.step != "done",
            Cohort.state == "running",
        )
        .order_by(FirstVisit.created_at.desc())
        .limit(1)
    ).first()
    return (row.step, row.slug) if row else None

"""Writing posts: the only place where targets, offers, asks and leads come about or change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from coachhub.board.hooks import POST_CHANGED, POSTED, Post
from coachhub.board.kinds import offer_kinds
from coachhub.board.models import STAGES, Ask, Lead, Offer, Target
from coachhub.board.rules import MODELS, only_owner
from coachhub.board.specific import FieldError, check_ask, check_offer
from coachhub.cohorts.models import Cohort
from coachhub.companies.operations import identify
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext

DAYS_OPEN = 60
LONGEST_AHEAD = dt.timedelta(days=366)

P = TypeVar("P", Target, Offer, Ask, Lead)


@dataclass(frozen=True)
class TargetDraft:
    """What a member says about a company they want to reach."""

    company: str
    roles: str = ""
    learn: str = ""
    stage: str = "wish"
    weight: int = 2
    next_touch_on: dt.date | None = None


@dataclass(frozen=True)
class OfferDraft:
    """What a member gives."""

    kind: str
    title: str
    body: str = ""
    company: str = ""
    field: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskDraft:
    """What a member asks for; `kind` is the kind of offer that would answer it."""

    kind: str
    title: str
    body: str = ""
    company: str = ""
    field: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeadDraft:
    """An opening or a recruiter's search; `source` is shown to nobody else."""

    kind: str
    title: str
    body: str = ""
    company: str = ""
    field: str = ""
    place: str = ""
    source: str = ""
    until: dt.date | None = None


Draft = TargetDraft | OfferDraft | AskDraft | LeadDraft


class StaleError(DomainError):
    """The post was changed elsewhere since this page was opened."""


class AlreadyOnListError(FieldError):
    """The company is on the member's list already, open."""


def post_target(actor: Actor, cohort: Cohort, draft: TargetDraft) -> Target:
    """Put a company on a member's list. Raises FieldError for a name that is none, or is there."""
    target = Target(stage="wish")
    _fill_target(actor, cohort, target, draft)
    return _post(actor, cohort, target)


def post_offer(actor: Actor, cohort: Cohort, draft: OfferDraft) -> Offer:
    """Put an offer on the board. Raises FieldError with a question where it is not specific."""
    offer = Offer()
    _fill_offer(offer, draft)
    return _post(actor, cohort, offer)


def post_ask(actor: Actor, cohort: Cohort, draft: AskDraft) -> Ask:
    """Put an ask on the board. Raises FieldError with a question where it is not specific."""
    ask = Ask()
    _fill_ask(ask, draft)
    return _post(actor, cohort, ask)


def post_lead(actor: Actor, cohort: Cohort, draft: LeadDraft) -> Lead:
    """Put a lead on the board; its source stays with whoever posted it."""
    lead = Lead()
    _fill_lead(lead, draft)
    return _post(actor, cohort, lead, until=draft.until)


def edit_post(actor: Actor, cohort: Cohort, post: Post, draft: Draft, revision: int) -> None:
    """Change what a post says.

    Args:
        actor: its owner.
        cohort: on whose board it stands.
        post: the post.
        draft: of the post's own kind.
        revision: the post's revision when the form was opened.

    Raises:
        StaleError: it was changed since then; nothing is written.
        FieldError: one field needs another look.
    """
    only_owner(actor, post)
    _running(cohort)
    _lock(post)
    if post.revision != revision:
        raise StaleError(
            gettext(
                "You changed this in another tab or on another device meanwhile. What you typed is"
                " still here: look at both, and save again to keep this one."
            )
        )
    match post, draft:
        case Target(), TargetDraft():
            _fill_target(actor, cohort, post, draft)
        case Offer(), OfferDraft():
            _fill_offer(post, draft)
        case Ask(), AskDraft():
            _fill_ask(post, draft)
        case Lead(), LeadDraft():
            _fill_lead(post, draft)
            if draft.until is not None:
                post.expires_on = draft.until
        case _:
            raise TypeError(gettext("The draft is of another kind than the post."))
    post.revision += 1
    db.session.flush()
    POST_CHANGED.call(post, "edited")


def close_post(actor: Actor, post: Post) -> None:
    """Take a post off the board; it can be put back."""
    only_owner(actor, post)
    _lock(post)
    if post.closed_at is None:
        post.closed_at = now()
        db.session.flush()
        POST_CHANGED.call(post, "closed")


def reopen_post(actor: Actor, cohort: Cohort, post: Post) -> None:
    """Put a closed or expired post back on the board; an expired one for 60 days more."""
    only_owner(actor, post)
    _running(cohort)
    _lock(post)
    post.closed_at = None
    if post.expires_on < _today():
        post.expires_on = _today() + dt.timedelta(days=DAYS_OPEN)
    db.session.flush()
    POST_CHANGED.call(post, "reopened")


def renew_post(actor: Actor, cohort: Cohort, post: Post) -> None:
    """Keep a post on the board for 60 days from today, or longer if it was to stay longer."""
    only_owner(actor, post)
    _running(cohort)
    _lock(post)
    post.expires_on = max(post.expires_on, _today() + dt.timedelta(days=DAYS_OPEN))
    post.closed_at = None
    db.session.flush()
    POST_CHANGED.call(post, "renewed")


def set_stage(actor: Actor, target: Target, stage: str) -> str:
    """Say how far a target is; return the stage before."""
    only_owner(actor, target)
    if stage not in STAGES:
        raise DomainError(gettext("There is no stage “%(stage)s”.", stage=stage))
    _lock(target)
    before, target.stage = target.stage, stage
    if before != stage:
        target.revision += 1
        db.session.flush()
        POST_CHANGED.call(target, "stage")
    return before


def set_next_touch(actor: Actor, target: Target, day: dt.date | None) -> None:
    """Say when the member wants to be in touch with a target next."""
    only_owner(actor, target)
    _check_touch(day)
    _lock(target)
    before, target.next_touch_on = target.next_touch_on, day
    db.session.flush()
    if before != day:
        POST_CHANGED.call(target, "touch")


def expire_due(today: dt.date) -> int:
    """Close every open post of the firm whose last day is over; return how many."""
    due: list[Post] = []
    for model in MODELS.values():
        due += db.session.scalars(
            select(model)
            .where(model.closed_at.is_(None), model.expires_on < today)
            .with_for_update(skip_locked=True)
        )
    for post in due:
        post.closed_at = now()
    db.session.flush()
    for post in due:
        POST_CHANGED.call(post, "expired")
    return len(due)


def _today() -> dt.date:
    return now().date()


def _running(cohort: Cohort) -> None:
    if cohort.state != "running":
        raise DomainError(gettext("This cohort is closed. What was posted can still be read."))


def _post(actor: Actor, cohort: Cohort, post: P, until: dt.date | None = None) -> P:
    _running(cohort)
    post.cohort_id, post.owner_id = cohort.id, actor.member_id()
    post.expires_on = until or _today() + dt.timedelta(days=DAYS_OPEN)
    db.session.add(post)
    db.session.flush()
    POSTED.call(post)
    return post


def _lock(post: Post) -> None:
    db.session.refresh(post, with_for_update=True)


def _company_id(name: str) -> UUID | None:
    return _needed_company_id(name) if name.strip() else None


def _needed_company_id(name: str) -> UUID:
    found = identify(name)
    if found is None:
        raise FieldError(
            "company",
            gettext("That does not read like a company's name. How would its people write it?"),
        )
    return found.id


def _fill_target(actor: Actor, cohort: Cohort, target: Target, draft: TargetDraft) -> None:
    if draft.stage not in STAGES:
        raise FieldError("stage", gettext("Please choose how far you are."))
    company_id = _needed_company_id(draft.company)
    already = select(Target.id).where(
        Target.cohort_id == cohort.id,
        Target.owner_id == actor.member_id(),
        Target.company_id == company_id,
        Target.closed_at.is_(None),
    )
    if target.id is not None:
        already = already.where(Target.id != target.id)
    if db.session.scalar(already.limit(1)) is not None:
        raise AlreadyOnListError(
            "company", gettext("%(company)s is on your list already.", company=draft.company)
        )
    if draft.next_touch_on != target.next_touch_on:
        _check_touch(draft.next_touch_on)
    target.company_id = company_id
    target.roles, target.learn = draft.roles, draft.learn
    target.stage, target.weight = draft.stage, draft.weight
    target.next_touch_on = draft.next_touch_on


def _check_touch(day: dt.date | None) -> None:
    if day is not None and day > _today() + LONGEST_AHEAD:
        raise FieldError(
            "next_touch_on",
            gettext("That is more than a year ahead. Which day before that suits you?"),
        )


def _fill_offer(offer: Offer, draft: OfferDraft) -> None:
    _check_kind(draft.kind, kept=offer.kind)
    check_offer(draft.kind, draft.title, draft.body, draft.company, draft.topics)
    _fill_words(offer, draft.kind, draft.title, draft.body, draft.field, draft.topics)
    offer.company_id = _company_id(draft.company)


def _fill_ask(ask: Ask, draft: AskDraft) -> None:
    _check_kind(draft.kind, kept=ask.kind)
    check_ask(draft.kind, draft.title, draft.body, draft.company, draft.topics)
    _fill_words(ask, draft.kind, draft.title, draft.body, draft.field, draft.topics)
    ask.company_id = _company_id(draft.company)


def _fill_words(
    post: Offer | Ask, kind: str, title: str, body: str, field: str, topics: Sequence[str]
) -> None:
    post.kind, post.title, post.body, post.field = kind, title, body, field
    post.topics = list(topics)


def _fill_lead(lead: Lead, draft: LeadDraft) -> None:
    if draft.kind not in {"opening", "recruiter"}:
        raise FieldError("kind", gettext("Is it an opening, or a recruiter's search?"))
    if draft.until is not None and draft.until < _today():
        raise FieldError("until", gettext("That day is over. Until when is it open?"))
    if draft.until is not None and draft.until > _today() + LONGEST_AHEAD:
        raise FieldError(
            "until", gettext("That is more than a year ahead. A nearer day is enough.")
        )
    lead.kind, lead.title, lead.body = draft.kind, draft.title, draft.body
    lead.field, lead.place, lead.source = draft.field, draft.place, draft.source
    lead.company_id = _company_id(draft.company)


def _check_kind(kind: str, kept: str | None) -> None:
    if kind != kept and kind not in offer_kinds():
        raise FieldError("kind", gettext("Please choose what kind it is."))


def post_of(cohort: Cohort, kind: str, post_id: UUID) -> Post:
    """Return a post of this cohort; raises NotFoundError for an unknown kind or a foreign id."""
    model = MODELS.get(kind)
    if model is None:
        raise NotFoundError
    found: Post | None = db.session.scalar(
        select(model).where(model.id == post_id, model.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFoundError
    return found

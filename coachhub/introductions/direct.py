"""Introductions that begin without a round: help offered, a door asked for, a lead passed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Enrolment
from coachhub.companies.queries import names_by_id
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.introductions import drafts, life
from coachhub.introductions.answers import Answer, take
from coachhub.introductions.calendar import today
from coachhub.introductions.matching.match import match_key
from coachhub.introductions.models import Introduction

Post = Ask | Target | Lead
KINDS: dict[str, type[Post]] = {"ask": Ask, "target": Target, "lead": Lead}
MOST_ON_A_SHORTLIST = 3


class DirectError(DomainError):
    """This cannot be started; the message says why."""


@dataclass(frozen=True)
class Help:
    """An "I can help" on somebody's post.

    Attributes:
        kind: ask, target or lead.
        post_id: which one.
        asset: what is given: for a target ``door`` or ``insider``; else it follows from the post.
        given: the helper's yes: the promise, and for a door the contact. On a lead the helper is
            the one it fits: gift and blurb.
    """

    kind: str
    post_id: UUID
    given: Answer
    asset: str = "insider"


def post_for(actor: Actor, kind: str, post_id: UUID) -> Post:
    """Return a post that the actor can see and answer; NotFoundError for every other."""
    if kind not in KINDS:
        raise NotFoundError
    post = _open_post(KINDS[kind], post_id)
    if post is None or not _enrolled(actor.member_id(), post.cohort_id):
        raise NotFoundError
    return post


def _open_post(model: type[Post], post_id: UUID) -> Post | None:
    found: Any = db.session.scalar(
        select(model).where(
            model.id == post_id,
            model.is_shown,
            model.closed_at.is_(None),
            model.expires_on >= today(),
        )
    )
    return cast("Post | None", found)


def help_with(actor: Actor, offer: Help) -> Introduction:
    """Start an introduction from a post: the helper has said yes, the other side is asked.

    On a lead it is the other way round: the actor says that it fits them, and its owner is asked.
    Raises DirectError on one's own post, AlreadyOpenError if the two have this open already.
    """
    post = post_for(actor, offer.kind, offer.post_id)
    if post.owner_id == actor.member_id():
        raise DirectError(gettext("This is your own. Somebody else can help with it."))
    if isinstance(post, Lead):
        return _start(
            actor,
            post,
            giver_id=post.owner_id,
            receiver_id=actor.member_id(),
            asset="lead",
            reason="Says that this lead fits.",
            yes=("receiver", offer.given),
        )
    return _start(
        actor,
        post,
        giver_id=actor.member_id(),
        receiver_id=post.owner_id,
        asset=_asset(post, offer),
        reason="You offered to help." if isinstance(post, Ask) else "You offered to help here.",
        yes=("giver", offer.given),
    )


def pass_on(actor: Actor, lead: Lead, member_id: UUID, given: Answer) -> Introduction:
    """Pass one's own lead on to a member of the cohort: they are asked, and can say no."""
    lead_ = post_for(actor, "lead", lead.id)
    if lead_.owner_id != actor.member_id() or not _enrolled(member_id, lead.cohort_id):
        raise NotFoundError
    if member_id == actor.member_id():
        raise DirectError(gettext("This lead is yours already."))
    return _start(
        actor,
        lead_,
        giver_id=actor.member_id(),
        receiver_id=member_id,
        asset="lead",
        reason="You thought of them for your lead.",
        yes=("giver", given),
    )


def _asset(post: Ask | Target, offer: Help) -> str:
    if isinstance(post, Ask):
        return "offer"
    if offer.asset not in {"door", "insider"}:
        raise DirectError(gettext("Please choose how you can help."))
    return offer.asset


def _start(
    actor: Actor,
    post: Post,
    *,
    giver_id: UUID,
    receiver_id: UUID,
    asset: str,
    reason: str,
    yes: tuple[str, Answer],
) -> Introduction:
    need = "lead" if asset == "lead" else ("target" if isinstance(post, Target) else "ask")
    asset_id = post.company_id if asset == "door" and post.company_id else post.id
    introduction = Introduction(
        cohort_id=post.cohort_id,
        giver_id=giver_id,
        receiver_id=receiver_id,
        need=need,
        need_id=post.id,
        asset=asset,
        asset_id=asset_id,
        company_id=post.company_id,
        reason=reason,
        key=match_key(asset, giver_id, receiver_id, post.id, asset_id),
        origin="lead" if asset == "lead" else "help",
        state_since=now(),
    )
    db.session.add(introduction)
    db.session.flush()
    drafts.fill(introduction)
    side, given = yes
    take(introduction, "receiver" if side == "receiver" else "giver", given)
    return life.ask_giver(actor, introduction)


def _enrolled(member_id: UUID, cohort_id: UUID) -> bool:
    found = db.session.scalar(
        select(Enrolment.id).where(
            Enrolment.cohort_id == cohort_id,
            Enrolment.membership_id == member_id,
            Enrolment.state == "active",
        )
    )
    return found is not None


def name_of(post: Post | Offer) -> str:
    """Return what people call a post."""
    if isinstance(post, Target):
        return names_by_id([post.company_id]).get(post.company_id, "")
    return post.title

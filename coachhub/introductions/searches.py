"""A search for a door: a member asks for a way into a company, without knowing who has one.

The strongest door's owner is asked; after a silent no, the next. The member who asked sees one
search, which looks the same whoever is being asked and whatever they say, see `shown`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from coachhub.board.models import Target
from coachhub.cohorts.models import Enrolment
from coachhub.companies.queries import names_by_id
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.introductions import life
from coachhub.introductions.alumni import at_rest
from coachhub.introductions.answers import Answer, take
from coachhub.introductions.calendar import PAUSE_BEFORE_NEXT_GIVER, SEARCH_FOR, today
from coachhub.introductions.direct import DirectError, post_for
from coachhub.introductions.matching.doors import doors_of
from coachhub.introductions.matching.match import match_key
from coachhub.introductions.models import Introduction
from coachhub.introductions.steps import consents

# What a search stands at: an introduction that came about, else the newest.
_NEWEST = (Introduction.introduced_at.is_(None), Introduction.created_at.desc())
_OVER = ("declined", "not_now", "expired", "withdrawn")


def ask_for_door(actor: Actor, target_id: UUID, given: Answer) -> Introduction:
    """Start a search for a door at one of the actor's own targets.

    Raises DirectError if one is running, or if nobody in the cohort has a door there.
    """
    target = cast("Target", post_for(actor, "target", target_id))
    if target.owner_id != actor.member_id():
        raise NotFoundError
    if _running(target):
        raise DirectError(gettext("We are looking for this door already. You will hear from us."))
    giver_id = next(iter(_givers(target)), None)
    if giver_id is None:
        raise DirectError(
            gettext("Nobody in your group has a door there yet. We show you when there is one.")
        )
    first = _introduction(target, giver_id)
    db.session.add(first)
    db.session.flush()
    first.request_id = first.id
    first.gift = (given.gift or "").strip()
    first.blurb = (given.blurb or "").strip()
    take(first, "receiver", given)
    return life.ask_giver(actor, first)


def ask_next(newest: Introduction) -> Introduction | None:
    """Ask the next giver of a search whose last one did not work out; None if it rests."""
    target = db.session.scalar(
        select(Target)
        .join(Membership, Membership.id == Target.owner_id)
        .where(
            Membership.landed_on.is_(None),
            Target.id == newest.need_id,
            Target.closed_at.is_(None),
            Target.is_shown,
            Target.expires_on >= today(),
        )
    )
    asked = consents(newest).get("receiver")
    if target is None or asked is None or asked.answer != "yes":
        return None
    giver_id = next(iter(_givers(target)), None)
    if giver_id is None:
        return None
    following = _introduction(target, giver_id)
    following.request_id = newest.request_id
    following.gift, following.blurb = newest.gift, newest.blurb
    db.session.add(following)
    db.session.flush()
    take(following, "receiver", Answer("yes"))
    # The search began when the receiver asked; that moment rules how long it is shown as running.
    consents(following)["receiver"].created_at = asked.created_at
    return life.ask_giver(life.CLOCK, following)


def due() -> list[Introduction]:
    """Return the newest introduction of every search that should go on to its next giver."""
    # The first introduction of a search has the search's own id.
    running = select(Introduction.id).where(
        Introduction.request_id == Introduction.id, Introduction.created_at > now() - SEARCH_FOR
    )
    rows = db.session.scalars(
        select(Introduction)
        .where(Introduction.request_id.in_(running))
        .order_by(Introduction.created_at, Introduction.id)
    )
    newest = {row.request_id: row for row in rows}
    return [
        row
        for row in newest.values()
        if row.state in _OVER and row.state_since < now() - PAUSE_BEFORE_NEXT_GIVER
    ]


def newest_of(request_id: UUID) -> Introduction | None:
    """Return the introduction that a search stands at: one that came about, else the newest."""
    return db.session.scalar(
        select(Introduction)
        .where(Introduction.request_id == request_id)
        .order_by(*_NEWEST)
        .limit(1)
    )


def newest_among(request_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the id of that introduction for each of some searches, by search."""
    if not request_ids:
        return {}
    rows = db.session.execute(
        select(Introduction.request_id, Introduction.id)
        .ext(distinct_on(Introduction.request_id))
        .where(Introduction.request_id.in_(request_ids))
        .order_by(Introduction.request_id, *_NEWEST)
    )
    return {request_id: key for request_id, key in rows if request_id is not None}


def _running(target: Target) -> bool:
    newest = db.session.scalar(
        select(Introduction)
        .where(Introduction.need_id == target.id, Introduction.origin == "door")
        .order_by(Introduction.created_at.desc())
        .limit(1)
    )
    if newest is None or newest.introduced_at is not None or newest.state == "stopped":
        return False
    mine = consents(newest)["receiver"]
    return mine.answer == "yes" and mine.created_at > now() - SEARCH_FOR


def _givers(target: Target) -> list[UUID]:
    """Return who has a door at the target's company, strongest first, without those asked before.

    Whoever was asked for this target is not asked again; whoever has left the cohort is not asked.
    """
    there = set(
        db.session.scalars(
            select(Enrolment.membership_id)
            .join(Membership, Membership.id == Enrolment.membership_id)
            .where(
                Enrolment.cohort_id == target.cohort_id,
                Enrolment.state == "active",
                Membership.state == "active",
            )
        )
    )
    asked = set(
        db.session.scalars(select(Introduction.giver_id).where(Introduction.need_id == target.id))
    )
    company = names_by_id([target.company_id]).get(target.company_id, "")
    asked |= at_rest(today(), f"{company} {target.roles} {target.learn}")
    best: dict[UUID, float] = {}
    for door in doors_of(there - asked - {target.owner_id}, [target.company_id], today()):
        best[door.giver_id] = max(best.get(door.giver_id, 0.0), door.strength)
    return sorted(best, key=lambda giver_id: (-best[giver_id], giver_id))


def _introduction(target: Target, giver_id: UUID) -> Introduction:
    company = names_by_id([target.company_id]).get(target.company_id, gettext("this company"))
    return Introduction(
        cohort_id=target.cohort_id,
        giver_id=giver_id,
        receiver_id=target.owner_id,
        need="target",
        need_id=target.id,
        asset="door",
        asset_id=target.company_id,
        company_id=target.company_id,
        reason=f"A door at {company} was asked for, and yours is the strongest.",
        key=match_key("door", giver_id, target.owner_id, target.id, target.company_id),
        origin="door",
        state_since=now(),
    )

"""A member's home page: their introductions as lines with the next step, and their own mirror."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from flask import g, get_template_attribute
from markupsafe import Markup
from sqlalchemy import Select, Uuid, bindparam, func, select

from coachhub.cohorts.queries import places_of
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.firms.hooks import HOME_SECTION, HomeSection
from coachhub.introductions import queries, words
from coachhub.introductions.models import Introduction

MOST = 5
_PARTS = "introductions/parts/home.html"


@dataclass(frozen=True)
class Given:
    """What a member gave and received so far, and their promises; for their own eyes."""

    given: int
    received: int
    kept: int
    let_go: int
    open: int


@HOME_SECTION.from_room
def sections(actor: Actor) -> Sequence[HomeSection]:
    """Show what is under way, who can use what one has, and the mirror."""
    member_id = actor.member_id()
    if g.membership.welcomed_at is None and g.membership.role == "member":
        return []  # the first visit comes first, and nothing beside it
    mirror = mirror_of(member_id)
    lines = [one for one in queries.mine(member_id) if not one.is_done]
    cohorts = [
        cohort
        for cohort, enrolment in places_of([member_id]).get(member_id, ())
        if enrolment.role == "member"
    ]
    if not cohorts and not lines and not (mirror.given or mirror.received):
        return []
    part = get_template_attribute(_PARTS, "lines_card")
    found = [HomeSection(_safe(part(lines[:MOST], len(lines), words.STEPS)), 10)]
    if cohorts:
        part = get_template_attribute(_PARTS, "uses_card")
        places = [(one.name, path("rounds.mine", cohort=one.slug)) for one in cohorts]
        found.append(HomeSection(_safe(part(places)), 20))
    part = get_template_attribute(_PARTS, "mirror_card")
    found.append(HomeSection(_safe(part(mirror)), 10, beside=True))
    return found


def mirror_of(member_id: UUID) -> Given:
    """Count what a member gave, received and promised; one statement."""
    row = db.session.execute(_mirror(), {"member_id": member_id}).one()
    return Given(*row)


@cache
def _mirror() -> Select[int, int, int, int, int]:
    """Built once: every home page asks it."""
    member = bindparam("member_id", type_=Uuid())
    mine, to_me = Introduction.giver_id == member, Introduction.receiver_id == member
    met = Introduction.introduced_at.is_not(None)
    return select(
        func.count().filter(mine & met),
        func.count().filter(to_me & met),
        func.count().filter(mine & met & (Introduction.state == "kept")),
        func.count().filter(mine & met & (Introduction.state == "let_go")),
        func.count().filter(mine & met & (Introduction.state == "introduced")),
    ).where(mine | to_me)


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - a template escaped it

"""Whom a token stands for, the cohorts, and who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import select

from coachhub.api.entrance import current_token
from coachhub.api.resources.lists import page_among, page_of
from coachhub.api.rest import route
from coachhub.api.scopes import Scope
from coachhub.api.shapes import people as shapes
from coachhub.api.shapes.base import Listed, Named, Paged
from coachhub.board.models import Ask
from coachhub.board.rules import shown, viewer_of
from coachhub.cohorts import queries
from coachhub.cohorts.models import Cohort
from coachhub.companies.queries import names_by_id
from coachhub.core.access import current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.digests.views import preview_of
from coachhub.firms.models import Membership
from coachhub.introductions.matching.search import find_matches
from coachhub.permissions import Permission


@route("GET", "/me", Scope.ME_READ, Permission.MANAGE_OWN_THINGS, says=shapes.Me, tag="You")
def get_me() -> shapes.Me:
    """Read whom the token stands for."""
    member, token = g.membership, current_token()
    told = {name: getattr(member, name) for name in shapes.Profile.model_fields}
    return shapes.Me(
        id=member.id,
        name=member.name,
        role=member.role,
        profile=shapes.Profile(**told),
        landed_on=member.landed_on,
        firm=shapes.FirmOut(name=g.firm.name, slug=g.firm.slug),
        token=shapes.TokenOut(name=token.name, scopes=token.scopes, expires_at=token.expires_at),
    )


@route(
    "GET",
    "/me/digest",
    Scope.ME_READ,
    Permission.MANAGE_OWN_THINGS,
    says=shapes.Preview,
    tag="You",
)
def get_digest() -> shapes.Preview:
    """Read what your next digest would say."""
    letter = preview_of(g.membership)
    if letter is None:
        return shapes.Preview(subject=None, text=None)
    return shapes.Preview(subject=letter.subject, text=letter.text)


@route(
    "GET",
    "/me/matches",
    Scope.INTRODUCTIONS_READ,
    Permission.MANAGE_OWN_THINGS,
    says=shapes.Matches,
    tag="You",
)
def get_matches() -> shapes.Matches:
    """Read what fits you: asks that you could answer, doors at your targets. Nobody is named."""
    me, found = current_actor().member_id(), []
    for cohort in queries.cohorts_of(me):
        mine = [
            one
            for one in find_matches(cohort)
            if (one.need == "ask" and one.giver_id == me)
            or (one.asset == "door" and one.receiver_id == me)
        ]
        companies = names_by_id(one.company_id for one in mine if one.asset == "door")
        asks = _asks_shown(cohort)
        seen: set[UUID] = set()
        for one in mine:
            is_door = one.asset == "door" and one.receiver_id == me
            about = one.company_id if is_door else one.need_id
            if about is None or about in seen or (not is_door and about not in asks):
                continue
            seen.add(about)
            found.append(
                shapes.MatchOut(
                    kind="door" if is_door else "ask",
                    cohort=Named(id=cohort.id, name=cohort.name),
                    ask_id=None if is_door else about,
                    company=Named(id=about, name=companies[about]) if is_door else None,
                    why=one.reason,
                )
            )
    return shapes.Matches(items=found)


@route(
    "GET",
    "/cohorts",
    Scope.COHORTS_READ,
    Permission.SEE_COHORTS,
    says=Listed[shapes.CohortOut],
    query=Paged,
    tag="Cohorts",
)
def list_cohorts(query: Paged) -> Listed[Any]:
    """Read the cohorts: your own; all of them with a token of the firm or of an admin."""
    every = current_actor().may(Permission.ADMINISTER)
    lines = queries.listing(None if every else current_actor().member_id())
    return page_among(lines, query, lambda line: line.cohort.id, _cohorts)


@route(
    "GET",
    "/cohorts/<uuid:cohort_id>",
    Scope.COHORTS_READ,
    Permission.SEE_COHORTS,
    says=shapes.CohortOut,
    tag="Cohorts",
)
def get_cohort() -> shapes.CohortOut:
    """Read one cohort."""
    there = queries.people_of(g.cohort)
    coaches = tuple(one.membership.name for one in there if one.enrolment.role == "coach")
    line = queries.CohortLine(g.cohort, coaches, len(there) - len(coaches))
    return _cohorts([line])[0]


@route(
    "GET",
    "/cohorts/<uuid:cohort_id>/people",
    Scope.MEMBERS_READ,
    Permission.SEE_COHORT,
    says=Listed[shapes.Enrolled],
    query=Paged,
    tag="Cohorts",
)
def list_people(query: Paged) -> Listed[Any]:
    """Read who is in a cohort that you lead, or look after."""
    return page_among(queries.people_of(g.cohort), query, lambda one: one.enrolment.id, _enrolled)


@route(
    "GET",
    "/members",
    Scope.MEMBERS_READ,
    Permission.ADMINISTER,
    says=Listed[shapes.MemberOut],
    query=Paged,
    tag="Members",
)
def list_members(query: Paged) -> Listed[Any]:
    """Read who is or was in the firm."""
    found = select(Membership).where(Membership.erased_at.is_(None))
    return page_of(found, Membership, query, _members)


@route(
    "GET",
    "/members/<uuid:membership_id>",
    Scope.MEMBERS_READ,
    Permission.ADMINISTER,
    says=shapes.MemberOut,
    tag="Members",
)
def get_member(membership_id: UUID) -> shapes.MemberOut:
    """Read one membership."""
    found = db.session.scalar(
        select(Membership).where(Membership.id == membership_id, Membership.erased_at.is_(None))
    )
    if found is None:
        raise NotFoundError
    return _members([found])[0]


def _asks_shown(cohort: Cohort) -> set[UUID]:
    """Return the asks that stand on a cohort's board for whoever looks."""
    viewer = viewer_of(current_actor())
    return set(db.session.scalars(select(Ask.id).where(shown(Ask, cohort, viewer, now().date()))))


def _cohorts(lines: Sequence[queries.CohortLine]) -> list[shapes.CohortOut]:
    return [
        shapes.CohortOut(
            coaches=list(line.coaches),
            members=line.members,
            **{
                name: getattr(line.cohort, name)
                for name in ("id", "name", "slug", "about", "state")
            },
        )
        for line in lines
    ]


def _enrolled(some: Sequence[queries.Enrolled]) -> list[shapes.Enrolled]:
    return [
        shapes.Enrolled.model_validate(
            {
                "id": one.enrolment.id,
                "member": Named(id=one.membership.id, name=one.membership.name),
                "role": one.enrolment.role,
                "since": one.enrolment.created_at,
            }
        )
        for one in some
    ]


def _members(some: Sequence[Membership]) -> list[shapes.MemberOut]:
    return [
        shapes.MemberOut.model_validate(
            {name: getattr(one, name) for name in ("id", "name", "role", "state", "landed_on")}
            | {"joined_at": one.created_at}
        )
        for one in some
    ]

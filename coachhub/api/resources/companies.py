"""Companies as a cohort has to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import select

from coachhub.api.resources.lists import page_among
from coachhub.api.rest import route
from coachhub.api.scopes import Scope
from coachhub.api.shapes import board as shapes
from coachhub.api.shapes.base import Listed, Named
from coachhub.board.queries import company_view
from coachhub.board.rules import MODELS, shown, viewer_of
from coachhub.companies.queries import called_alike, find, ids_written, names_by_id
from coachhub.core.access import current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.permissions import Permission


@route(
    "GET",
    "/cohorts/<uuid:cohort_id>/companies",
    Scope.BOARD_READ,
    Permission.SEE_BOARD,
    says=Listed[Named],
    query=shapes.CompaniesWanted,
    tag="Companies",
)
def list_companies(query: shapes.CompaniesWanted) -> Listed[Any]:
    """Search the companies that something on a cohort's board is about."""
    ids = _on_board()
    if query.q:
        ids &= set(ids_written(query.q))
    names = names_by_id(ids)
    found = [Named(id=one, name=names[one]) for one in ids if one in names]
    return page_among(found, query, lambda one: one.id, list)


@route(
    "GET",
    "/cohorts/<uuid:cohort_id>/companies/<uuid:company_id>",
    Scope.BOARD_READ,
    Permission.SEE_BOARD,
    says=shapes.CompanyOut,
    tag="Companies",
)
def get_company(company_id: UUID) -> shapes.CompanyOut:
    """Read what a cohort has to do with a company: doors as counts, never names."""
    found = find(company_id)
    view = company_view(g.cohort, viewer_of(current_actor()), found.id)
    if not view.is_known and not current_actor().may(Permission.SEE_COHORT):
        raise NotFoundError
    return shapes.CompanyOut(
        id=found.id,
        name=found.name,
        door=shapes.Door(members=view.door.members, strong=view.door.strong) if view.door else None,
        wants=[
            shapes.Want(
                target_id=one.target.id,
                owner=Named(id=one.owner.id, name=one.owner.name),
                roles=one.target.roles,
            )
            for one in view.wants
        ],
        unnamed=view.unnamed,
        offers=_ids(view.offers),
        asks=_ids(view.asks),
        leads=_ids(view.leads),
    )


@route(
    "GET",
    "/companies/alike",
    Scope.BOARD_READ,
    Permission.SEE_FIRM,
    says=shapes.Alike,
    query=shapes.Compared,
    tag="Companies",
)
def compare_names(query: shapes.Compared) -> shapes.Alike:
    """Ask whether two names are one company's, by their letters alone."""
    return shapes.Alike(same=called_alike(query.a, [query.b]))


def _on_board() -> set[UUID]:
    viewer, today = viewer_of(current_actor()), now().date()
    ids: set[UUID] = set()
    for model in MODELS.values():
        about = select(model.company_id).where(shown(model, g.cohort, viewer, today))
        ids.update(one for one in db.session.scalars(about.distinct()) if one is not None)
    return ids


def _ids(lines: Sequence[Any]) -> list[UUID]:
    return [line.post.id for line in lines]

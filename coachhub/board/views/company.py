"""A company and a member, as their cohort sees them."""

from __future__ import annotations

from uuid import UUID

from flask import g, render_template

from coachhub.board import queries
from coachhub.board.hooks import MEMBER_SECTION
from coachhub.board.rules import viewer_of
from coachhub.board.views.blueprint import Page, bp
from coachhub.cohorts.hooks import own_doors_at
from coachhub.cohorts.queries import enrolled
from coachhub.companies.queries import find
from coachhub.core.access import access, current_actor
from coachhub.core.errors import NotFoundError
from coachhub.permissions import Permission


@bp.get("/companies/<uuid:company_id>")
@access(Permission.SEE_BOARD)
def company(company_id: UUID) -> Page:
    """Show what the cohort has to do with a company: doors as counts, offers, leads, wishes."""
    found = find(company_id)
    view = queries.company_view(g.cohort, viewer_of(current_actor()), found.id)
    if not view.is_known and not current_actor().may(Permission.SEE_COHORT):
        raise NotFoundError
    own = own_doors_at(current_actor(), [found.id]).get(found.id, 0)
    return render_template("board/company.html", company=found, view=view, own_doors=own)


@bp.get("/people/<uuid:membership_id>")
@access(Permission.SEE_FIRM)
def member(membership_id: UUID) -> Page:
    """Show what a member looks for and gives."""
    one = enrolled(g.cohort, membership_id)
    if one is None:
        raise NotFoundError
    actor = current_actor()
    sections = MEMBER_SECTION.call(g.cohort, one.membership, actor)
    return render_template(
        "board/member.html",
        member=one.membership,
        is_coach=one.enrolment.role == "coach",
        leads=actor.may(Permission.SEE_COHORT),
        mine=actor.membership_id == one.membership.id,
        view=queries.member_view(g.cohort, viewer_of(actor), membership_id),
        sections=[section for section in sections if section],
    )

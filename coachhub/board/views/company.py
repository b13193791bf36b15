"""A company and a member, as their cohort sees them."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for

from coachhub.board import notes, queries
from coachhub.board.forms import CompanyNoteForm
from coachhub.board.hooks import MEMBER_SECTION
from coachhub.board.rules import viewer_of
from coachhub.board.views.blueprint import Page, bp
from coachhub.cohorts.hooks import own_doors_at
from coachhub.cohorts.queries import enrolled
from coachhub.companies.models import Company
from coachhub.companies.queries import find
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext
from coachhub.permissions import Permission


@bp.get("/companies/<uuid:company_id>")
@access(Permission.SEE_BOARD)
def company(company_id: UUID) -> Page:
    """Show what the cohort has to do with a company: doors as counts, offers, leads, wishes."""
    found, view = _known(company_id)
    return _company_page(found, view, CompanyNoteForm(formdata=None))


@bp.post("/companies/<uuid:company_id>/notes")
@access(Permission.SEE_BOARD)
def add_company_note(company_id: UUID) -> Page:
    """Keep a note on a company; nobody else reads it."""
    found, view = _known(company_id)
    form = CompanyNoteForm()
    if not form.validate_on_submit():
        return _company_page(found, view, form), 422
    notes.add_note(current_actor(), found, form.text.data or "")
    db.session.commit()
    flash(gettext("Noted. Only you see it."), "success")
    return redirect(url_for(".company", company_id=found.id), 303)


@bp.post("/companies/<uuid:company_id>/notes/<uuid:company_note_id>/drop")
@access(Permission.SEE_BOARD)
def drop_company_note(company_id: UUID, company_note_id: UUID) -> Page:
    """Delete a note of one's own."""
    found, _view = _known(company_id)
    notes.drop_note(current_actor(), found, company_note_id)
    db.session.commit()
    flash(gettext("The note is gone."), "success")
    return redirect(url_for(".company", company_id=found.id), 303)


def _known(company_id: UUID) -> tuple[Company, queries.CompanyView]:
    """Return a company with what the cohort has to do with it; nobody looks up any other."""
    found = find(company_id)
    view = queries.company_view(g.cohort, viewer_of(current_actor()), found.id)
    if not view.is_known and not current_actor().may(Permission.SEE_COHORT):
        raise NotFoundError
    return found, view


def _company_page(found: Company, view: queries.CompanyView, form: CompanyNoteForm) -> str:
    own = own_doors_at(current_actor(), [found.id]).get(found.id, 0)
    return render_template(
        "board/company.html",
        company=found,
        view=view,
        own_doors=own,
        notes=notes.notes_on(current_actor(), found.id),
        form=form,
    )


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

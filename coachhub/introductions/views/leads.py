"""Passing a lead on, and a recruiter's shortlist."""

from __future__ import annotations

import contextlib
from uuid import UUID

from flask import flash, redirect, render_template, url_for

from coachhub.board.models import Lead
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.forms import choices
from coachhub.core.words import gettext
from coachhub.introductions import direct, shortlists, suiting
from coachhub.introductions.answers import AnswerError
from coachhub.introductions.direct import DirectError
from coachhub.introductions.forms import PassOnForm, ShortlistForm
from coachhub.introductions.life import AlreadyOpenError
from coachhub.introductions.retold import retold
from coachhub.introductions.shortlists import ShortlistError
from coachhub.introductions.shown import Facts, shown
from coachhub.introductions.views.room import Page, bp
from coachhub.permissions import Permission


@bp.get("/leads/<uuid:lead_id>/pass-on")
@access(Permission.MANAGE_OWN_THINGS)
def pass_on_form(lead_id: UUID) -> Page:
    """Show whom a lead may fit, those it fits best first."""
    lead = shortlists.own_lead(current_actor(), lead_id)
    return _pass_on_page(lead, _pass_on_form(lead))


@bp.post("/leads/<uuid:lead_id>/pass-on")
@access(Permission.MANAGE_OWN_THINGS)
def pass_on(lead_id: UUID) -> Page:
    """Ask the chosen members whether they want the lead."""
    actor = current_actor()
    lead = shortlists.own_lead(actor, lead_id)
    form = _pass_on_form(lead)
    if not form.validate_on_submit():
        return _pass_on_page(lead, form), 422
    try:
        for member_id in form.members.data or []:
            # Somebody who has been asked in the meantime is not asked twice.
            with contextlib.suppress(AlreadyOpenError), db.session.begin_nested():
                direct.pass_on(actor, lead, UUID(member_id), form.answer())
    except (DirectError, AnswerError) as error:
        db.session.rollback()
        lead = shortlists.own_lead(actor, lead_id)
        return _pass_on_page(lead, form, str(error)), 422
    db.session.commit()
    flash(gettext("They are asked now. You hear from those who want it."), "success")
    return redirect(url_for(".mine"), 303)


@bp.get("/leads/<uuid:lead_id>/shortlist")
@access(Permission.MANAGE_OWN_THINGS)
def shortlist_form(lead_id: UUID) -> Page:
    """Show who said yes to a recruiter's search."""
    lead = shortlists.own_lead(current_actor(), lead_id)
    return _shortlist_page(lead, _shortlist_form(lead))


@bp.post("/leads/<uuid:lead_id>/shortlist")
@access(Permission.MANAGE_OWN_THINGS)
def send_shortlist(lead_id: UUID) -> Page:
    """Send up to three willing members in one mail."""
    actor = current_actor()
    lead = shortlists.own_lead(actor, lead_id)
    form = _shortlist_form(lead)
    if not form.validate_on_submit():
        return _shortlist_page(lead, form), 422
    try:
        shortlists.send_shortlist(
            actor, lead, form.chosen(), form.to_address.data or "", form.note.data or ""
        )
    except ShortlistError as error:
        db.session.rollback()
        lead = shortlists.own_lead(actor, lead_id)
        return _shortlist_page(lead, form, str(error)), 422
    db.session.commit()
    flash(gettext("The shortlist is on its way. Those promises are kept."), "success")
    return redirect(url_for(".mine"), 303)


def _pass_on_form(lead: Lead) -> PassOnForm:
    form = PassOnForm()
    form.members.choices = choices((one.member_id, one.name) for one in suiting.members_for(lead))
    return form


def _pass_on_page(lead: Lead, form: PassOnForm, error: str = "") -> str:
    notes = {str(one.member_id): retold(one.reason) for one in suiting.members_for(lead)}
    return render_template(
        "introductions/pass_on.html",
        lead=lead,
        form=form,
        notes=notes,
        error=error,
        willing=len(shortlists.willing(lead)),
    )


def _shortlist_form(lead: Lead) -> ShortlistForm:
    form = ShortlistForm()
    rows = shortlists.willing(lead)
    facts = Facts(rows)
    form.people.choices = choices((row.id, shown(row, "giver", facts).other.name) for row in rows)
    return form


def _shortlist_page(lead: Lead, form: ShortlistForm, error: str = "") -> str:
    return render_template("introductions/shortlist.html", lead=lead, form=form, error=error)

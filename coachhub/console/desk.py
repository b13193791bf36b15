"""The staff desk's page of one firm: its health, closing it, and looking in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.accounts.freshness import fresh
from coachhub.console import health
from coachhub.console.forms import CloseForm, LookInForm, WriteForm
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import scope
from coachhub.core.words import gettext
from coachhub.firms import operations, visits
from coachhub.firms.models import Firm, StaffVisit
from coachhub.permissions import Permission

bp = Blueprint("desk", __name__, url_prefix="/staff/firms")
Page = str | Response | tuple[str, int]


@bp.get("/<uuid:firm_id>")
@access(Permission.RUN_PLATFORM)
def firm(firm_id: UUID) -> str:
    """Show how a firm is doing, in numbers, and what staff may do."""
    return _page(_firm(firm_id))


@bp.post("/<uuid:firm_id>/look-in")
@access(Permission.RUN_PLATFORM)
@fresh("desk.firm")
def look_in(firm_id: UUID) -> Page:
    """Look into a firm, with a reason and for a time; its admins are told."""
    found, form = _firm(firm_id), LookInForm()
    if not found.active:
        form.form_errors.append(
            gettext("This firm is closed, so nobody can look in. Open it first.")
        )
    elif form.validate_on_submit():
        try:
            with scope(found.id):
                visits.look_in(current_actor(), form.reason.data or "", int(form.minutes.data))
                db.session.commit()
        except DomainError as error:
            db.session.rollback()
            found = _firm(firm_id)
            form.form_errors.append(str(error))
        else:
            flash(
                gettext("You can read now. The firm's admins have mail with your reason."),
                "success",
            )
            return redirect(url_for("console.people", firm=found.slug), 303)
    return _page(found, look_in=form), 422


@bp.post("/<uuid:firm_id>/write")
@access(Permission.RUN_PLATFORM)
@fresh("desk.firm")
def write(firm_id: UUID) -> Page:
    """Ask to change things too, with a reason of its own."""
    found, form = _firm(firm_id), WriteForm(prefix="write-")
    with scope(found.id):
        visit = visits.visit_of(current_actor().person_id)
        if visit is None:
            raise NotFoundError
        if form.validate_on_submit():
            visits.allow_writing(current_actor(), visit, form.reason.data or "")
            db.session.commit()
            flash(
                gettext("You can change things now. The firm's admins have mail again."), "success"
            )
            return redirect(url_for("console.people", firm=found.slug), 303)
    return _page(found, write=form), 422


@bp.post("/<uuid:firm_id>/end")
@access(Permission.RUN_PLATFORM)
def end(firm_id: UUID) -> Response:
    """End one's own look into a firm."""
    with scope(_firm(firm_id).id):
        visit = visits.visit_of(current_actor().person_id)
        if visit is not None:
            visits.end(current_actor(), visit)
            db.session.commit()
    flash(gettext("You are out again."), "success")
    return redirect(url_for("desk.firm", firm_id=firm_id), 303)


@bp.post("/<uuid:firm_id>/<any(close, open):step>")
@access(Permission.RUN_PLATFORM)
@fresh("desk.firm")
def change(firm_id: UUID, step: str) -> Page:
    """Close a firm for its people, or open it again."""
    found, form = _firm(firm_id), CloseForm(prefix="close-")
    if step == "close" and not form.validate_on_submit():
        return _page(found, close=form), 422
    with scope(found.id):
        if step == "close":
            operations.close_firm(current_actor(), found, form.reason.data or "")
        else:
            operations.open_firm(current_actor(), found)
        db.session.commit()
    if step == "close":
        said = gettext("%(name)s is closed: no page opens, no mail leaves.", name=found.name)
    else:
        said = gettext("The firm %(name)s is open again.", name=found.name)
    flash(said, "success")
    return redirect(url_for("desk.firm", firm_id=firm_id), 303)


def _firm(firm_id: UUID) -> Firm:
    found = db.session.get(Firm, firm_id)
    if found is None:
        raise NotFoundError
    return found


def _page(
    found: Firm,
    *,
    look_in: LookInForm | None = None,
    write: WriteForm | None = None,
    close: CloseForm | None = None,
) -> str:
    numbers = health.of_firm(found)
    with scope(found.id):
        mine: StaffVisit | None = visits.visit_of(current_actor().person_id)
        return render_template(
            "staff/firm.html",
            one=found,
            health=numbers,
            mine=mine,
            look_in=look_in or LookInForm(formdata=None),
            write=write or WriteForm(formdata=None, prefix="write-"),
            close=close or CloseForm(formdata=None, prefix="close-"),
        )

"""The platform's own desk: firms, health, alerts, and the living page of components."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from coachhub.accounts import tries
from coachhub.accounts.freshness import fresh
from coachhub.accounts.models import Person
from coachhub.console import health, living
from coachhub.console.forms import NewFirmForm
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.core.words import gettext
from coachhub.firms import invitations, operations, plugins
from coachhub.firms.models import Firm
from coachhub.permissions import Permission

bp = Blueprint("staff", __name__, url_prefix="/staff")
Page = str | Response | tuple[str, int]
PER_PAGE = 25


@bp.get("/")
@access(Permission.RUN_PLATFORM)
def desk() -> str:
    """Show what waits for staff, and the firms with their health."""
    words, state = request.args.get("q", "").strip()[:100], request.args.get("state", "")
    firms = _firms(words, state)
    return render_template(
        "staff/desk.html",
        firms=firms,
        health={one.id: health.of_firm(one) for one in firms.items},
        words=words,
        state=state,
        machinery=health.of_platform(),
        alerts=tries.alerts(),
        troubles=plugins.troubles(),
        shelf=registry().plugins,
    )


@bp.route("/new", methods=["GET", "POST"])
@access(Permission.RUN_PLATFORM)
@fresh()
def new() -> Page:
    """Make a firm and invite its first admin."""
    form = NewFirmForm()
    if form.validate_on_submit():
        actor = current_actor()
        try:
            firm = operations.create_firm(actor, form.name.data or "", form.slug.data or "")
            with scope(firm.id):
                invitee = invitations.Invitee(
                    form.email.data or "", form.admin_name.data or "", "admin"
                )
                invitations.invite(actor, invitee)
        except DomainError as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            db.session.commit()
            flash(gettext("%(name)s is there. Its admin has mail.", name=firm.name), "success")
            return redirect(url_for("staff.desk"), 303)
    page = render_template("staff/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/plugins/<name>/mended")
@access(Permission.RUN_PLATFORM)
def mended(name: str) -> Response:
    """Take a plugin's failures off the desk."""
    if name not in {one.plugin for one in plugins.troubles()}:
        raise NotFoundError
    plugins.mended(current_actor(), name)
    db.session.commit()
    flash(gettext("Taken off the desk. If it fails again, it is back here."), "success")
    return redirect(url_for("staff.desk"), 303)


@bp.route("/alerts/<uuid:alert_id>", methods=["GET", "POST"])
@access(Permission.RUN_PLATFORM)
def alert(alert_id: UUID) -> Page:
    """Show what somebody tried that is not theirs; take the alert off the desk."""
    found = tries.find(alert_id)
    if request.method == "POST":
        tries.looked_at(current_actor(), found)
        db.session.commit()
        flash(gettext("Off the desk. Twenty more tries bring it back."), "success")
        return redirect(url_for("staff.desk"), 303)
    return render_template(
        "staff/alert.html",
        one=found,
        person=db.session.get_one(Person, found.person_id),
        tries=tries.tries_of(found.person_id),
    )


@bp.get("/components")
@access(Permission.RUN_PLATFORM)
def components() -> str:
    """Show every component of the pages in every state."""
    looked = request.args.get("looked", 0, int)
    return render_template("console/components.html", **living.living_context(looked))


def _firms(words: str, state: str) -> Pagination:
    query = select(Firm).order_by(Firm.name, Firm.id)
    if words:
        query = query.where(
            or_(
                Firm.name.icontains(words, autoescape=True),
                Firm.slug.icontains(words, autoescape=True),
            )
        )
    if state in {"open", "closed"}:
        query = query.where(Firm.active if state == "open" else ~Firm.active)
    page = min(max(request.args.get("page", 1, int), 1), 1_000_000)
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)

"""The platform's own desk: firms, and the living page of components. Never a firm's data."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.console import living
from coachhub.console.forms import NewFirmForm
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms import invitations, operations, plugins
from coachhub.firms.models import Firm
from coachhub.permissions import Permission

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.route("/", methods=["GET", "POST"])
@access(Permission.RUN_PLATFORM)
def desk() -> str | Response | tuple[str, int]:
    """List the firms; make a new one and invite its first admin."""
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
            flash(f"{firm.name} is there. Its admin has mail.", "success")
            return redirect(url_for("staff.desk"), 303)
    firms = db.session.scalars(select(Firm).order_by(Firm.name)).all()
    page = render_template(
        "staff/desk.html",
        form=form,
        firms=firms,
        troubles=plugins.troubles(),
        shelf=registry().plugins,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/plugins/<name>/mended")
@access(Permission.RUN_PLATFORM)
def mended(name: str) -> Response:
    """Take a plugin's failures off the desk."""
    if name not in {one.plugin for one in plugins.troubles()}:
        raise NotFoundError
    plugins.mended(current_actor(), name)
    db.session.commit()
    flash("Taken off the desk. If it fails again, it is back here.", "success")
    return redirect(url_for("staff.desk"), 303)


@bp.get("/components")
@access(Permission.RUN_PLATFORM)
def components() -> str:
    """Show every component of the pages in every state."""
    return render_template("console/components.html", **living.living_context())

"""A member's own log: what was given, what came back. Nobody else ever sees it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for

from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_gifts import operations, queries
from coachhub_gifts.forms import BackForm, GivenForm
from coachhub_gifts.views.blueprint import Page, bp


@bp.route("/log", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def log() -> Page:
    """Show the log, and take a new line."""
    actor = current_actor()
    form = GivenForm()
    if not form.is_submitted():
        form.given_on.data = now().date()
    if form.validate_on_submit() and form.given_on.data is not None:
        operations.log(actor, form.name.data or "", form.what.data or "", form.given_on.data)
        db.session.commit()
        flash(gettext("In your log."), "success")
        return redirect(url_for(".log"), 303)
    lines = queries.log_of(actor)
    page = render_template(
        "gifts/log.html",
        form=form,
        lines=lines,
        people=len({line.name.casefold() for line in lines}),
        back=sum(bool(line.back) for line in lines),
    )
    return page if not form.is_submitted() else (page, 422)


@bp.route("/log/<uuid:given_id>", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def came_back(given_id: UUID) -> Page:
    """Write down what came back for a gift."""
    line = queries.line_of(current_actor(), given_id)
    form = BackForm(obj=line)
    if form.validate_on_submit():
        operations.came_back(current_actor(), line, form.back.data or "", form.back_on.data)
        db.session.commit()
        flash(gettext("In your log."), "success")
        return redirect(url_for(".log"), 303)
    page = render_template("gifts/back.html", form=form, line=line)
    return page if not form.is_submitted() else (page, 422)


@bp.post("/log/<uuid:given_id>/forget")
@access(Permission.MANAGE_OWN_THINGS)
def forget(given_id: UUID) -> Page:
    """Take a line out of the log."""
    operations.forget(current_actor(), queries.line_of(current_actor(), given_id))
    db.session.commit()
    flash(gettext("Out of your log."), "success")
    return redirect(url_for(".log"), 303)

"""Inviting many: a roster is uploaded, looked at, sent, taken back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.accounts.freshness import show_it_is_you
from coachhub.cohorts.models import Cohort
from coachhub.console.forms import ROLE_WORDS, RosterForm
from coachhub.console.rosters import operations
from coachhub.console.rosters.reading import UnreadableRoster
from coachhub.core import follow
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.forms import choices
from coachhub.core.words import gettext, ngettext
from coachhub.firms.models import LOOKING_AFTER, Roster, RosterLine
from coachhub.permissions import Permission

bp = Blueprint("rosters", __name__, url_prefix="/f/<firm>/console/rosters")
Page = str | Response | tuple[str, int]
PER_PAGE = 50
# What each tab of a preview or an end shows.
SHOWS = {
    "good": ("good",),
    "invited": ("invited",),
    "trouble": ("bad", "failed"),
    "known": ("twice", "here"),
    "withdrawn": ("withdrawn",),
}


@bp.route("/", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def index() -> Page:
    """Take a file; list what was brought before."""
    form = _form()
    if form.validate_on_submit():
        given = form.file.data
        cohort = db.session.scalar(select(Cohort).where(Cohort.slug == (form.cohort.data or "")))
        defaults = operations.Defaults(form.role.data, cohort.id if cohort else None)
        try:
            made = operations.stage(current_actor(), given.stream, given.filename or "", defaults)
        except UnreadableRoster as error:
            db.session.rollback()
            form.file.errors = [str(error)]
        else:
            db.session.commit()
            return redirect(url_for("rosters.show", roster_id=made.id), 303)
        finally:
            given.close()
    rosters = db.session.scalars(select(Roster).order_by(Roster.created_at.desc()).limit(20)).all()
    page = render_template(
        "console/rosters.html",
        form=form,
        rosters=[(one, operations.counts(one)) for one in rosters],
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/<uuid:roster_id>")
@access(Permission.ADMINISTER)
def show(roster_id: UUID) -> Response:
    """Show a roster wherever it is: a preview, under way, or ended."""
    roster = operations.find(roster_id)
    counts = operations.counts(roster)
    shows = {name: sum(counts[state] for state in states) for name, states in SHOWS.items()}
    chosen = request.args.get("show", "")
    if not shows.get(chosen):
        chosen = next((name for name, number in shows.items() if number), "good")
    lines = db.paginate(
        select(RosterLine)
        .where(RosterLine.roster_id == roster.id, RosterLine.state.in_(SHOWS[chosen]))
        .order_by(RosterLine.line),
        page=min(max(request.args.get("page", 1, int), 1), 1_000_000),
        per_page=PER_PAGE,
        error_out=False,
    )
    cohorts = {one.id: one.name for one in db.session.scalars(select(Cohort))}
    page = render_template(
        "console/roster.html",
        roster=roster,
        counts=counts,
        shows=shows,
        show=chosen,
        lines=lines,
        cohorts=cohorts,
        roles=ROLE_WORDS,
    )
    return follow.page(page, goes_on=roster.state == "sending")


@bp.post("/<uuid:roster_id>/<any(send, drop, undo):step>")
@access(Permission.ADMINISTER)
def change(roster_id: UUID, step: str) -> Response:
    """Send a preview, forget it, or take back what was sent."""
    if step == "send" and operations.lets_in(roster_id, LOOKING_AFTER):
        asked = show_it_is_you(current_user, url_for("rosters.show", roster_id=roster_id))
        if asked is not None:
            return asked
    if step == "send":
        operations.send(current_actor(), roster_id)
        flash(gettext("The invitations are on their way. You can leave this page."), "success")
    elif step == "drop":
        operations.drop(current_actor(), roster_id)
        flash(gettext("Forgotten. Nothing was sent."), "success")
    else:
        taken = operations.undo(current_actor(), roster_id)
        flash(
            ngettext(
                "Taken back: One invitation no longer works. Who had accepted stays.",
                "Taken back: %(num)s invitations no longer work. Who had accepted stays.",
                taken,
            ),
            "success",
        )
    db.session.commit()
    if step == "drop":
        return redirect(url_for("rosters.index"), 303)
    return redirect(url_for("rosters.show", roster_id=roster_id), 303)


def _form() -> RosterForm:
    form = RosterForm()
    running = select(Cohort).where(Cohort.state == "running").order_by(Cohort.name)
    listed = ((one.slug, one.name) for one in db.session.scalars(running))
    form.cohort.choices = choices([("", gettext("No cohort yet")), *listed])
    return form

"""The coach's view: where each introduction of the cohort stands."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.introductions import life, standing
from coachhub.introductions.steps import IllegalStepError
from coachhub.introductions.views.room import Page, bp
from coachhub.permissions import Permission


@bp.get("/c/<cohort>/introductions")
@access(Permission.SEE_COHORT)
def cohort() -> Page:
    """Show where each introduction stands, ring by ring."""
    show = "done" if request.args.get("show") == "done" else "open"
    return render_template(
        "introductions/cohort.html",
        circles=standing.standing(g.cohort, show),
        numbers=standing.counts(g.cohort),
        show=show,
        may_run=current_actor().may(Permission.RUN_ROUND),
    )


@bp.post("/c/<cohort>/introductions/<uuid:introduction_id>/nudge")
@access(Permission.RUN_ROUND)
def nudge(introduction_id: UUID) -> Page:
    """Remind whoever has the next step, kindly, at most once a day."""
    row = standing.in_cohort(g.cohort, introduction_id)
    try:
        written = life.nudge(current_actor(), row)
    except IllegalStepError as error:
        db.session.rollback()
        flash(str(error), "info")
        return redirect(url_for(".cohort"), 303)
    db.session.commit()
    if written:
        flash(gettext("A kind reminder is on its way."), "success")
    else:
        flash(
            gettext("They have had a reminder today, or wait for somebody who gets one mail only."),
            "info",
        )
    return redirect(url_for(".cohort"), 303)


@bp.post("/c/<cohort>/introductions/<uuid:introduction_id>/stop")
@access(Permission.RUN_ROUND)
def stop(introduction_id: UUID) -> Page:
    """End one introduction; the others of its ring go on."""
    row = standing.in_cohort(g.cohort, introduction_id)
    try:
        life.stop(current_actor(), row)
    except IllegalStepError as error:
        db.session.rollback()
        flash(str(error), "info")
        return redirect(url_for(".cohort"), 303)
    db.session.commit()
    flash(gettext("It is stopped. The others of the ring go on."), "success")
    return redirect(url_for(".cohort"), 303)

"""Saying it aloud, against the clock."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_pitch import operations, queries, reading
from coachhub_pitch.forms import AloudForm
from coachhub_pitch.views.blueprint import Page, bp


@bp.route("/<uuid:pitch_id>/aloud", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def aloud(pitch_id: UUID) -> Page:
    """Show the words large with a clock, and keep how long they took."""
    pitch = queries.own_one(current_actor(), pitch_id)
    clock = queries.clock()
    goal = clock.goal(pitch.kind)
    form = AloudForm()
    if form.validate_on_submit():
        seconds = form.seconds.data or 0
        operations.keep_time(current_actor(), pitch, seconds, goal)
        db.session.commit()
        said = f"{reading.spoken(seconds)}. {reading.judged(seconds, goal)}"
        best = gettext("Your best so far.") if pitch.best_seconds == seconds else ""
        flash(f"{said} {best}".rstrip(), "success")
        return redirect(url_for(".aloud", pitch_id=pitch_id), 303)
    page = render_template(
        "pitch/aloud.html",
        pitch=pitch,
        form=form,
        goal=goal,
        seconds=reading.seconds_of(pitch.text, clock.pace),
        words=reading.words_in(pitch.text),
        clock=clock,
    )
    return page if not form.is_submitted() else (page, 422)

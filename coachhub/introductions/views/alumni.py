"""The page on which somebody who landed opens their doors to later cohorts."""

from __future__ import annotations

import datetime as dt

from flask import flash, redirect, render_template, url_for

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.introductions import alumni as doors
from coachhub.introductions.calendar import today
from coachhub.introductions.forms import AlumniForm
from coachhub.introductions.views.room import Page, bp
from coachhub.permissions import Permission


@bp.route("/alumni", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def alumni() -> Page:
    """Say how many asks a month, about what, and until when."""
    actor = current_actor()
    door = doors.mine(actor)
    is_open = door is not None and door.until is not None and door.ended_at is None
    form = AlumniForm(
        asks_a_month=door.asks_a_month if door and door.until else 2,
        about=door.about if door else "",
        until=today() + dt.timedelta(days=365),
    )
    if form.validate_on_submit() and form.asks_a_month.data and form.until.data:
        draft = doors.DoorDraft(
            form.asks_a_month.data, form.until.data, (form.about.data or "").strip()
        )
        try:
            doors.open_door(actor, draft)
        except DomainError as error:
            db.session.rollback()
            flash(str(error), "warning")
        else:
            db.session.commit()
            flash(gettext("Thank you. You are asked before anything is done, as ever."), "success")
            return redirect(url_for("introductions.alumni"), 303)
    made, thanked = doors.given(actor.member_id())
    page = render_template(
        "introductions/alumni.html",
        form=form,
        door=door,
        is_open=is_open,
        made=made,
        thanked=thanked,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/alumni/end")
@access(Permission.MANAGE_OWN_THINGS)
def end_alumni() -> Page:
    """Say no, or end it, with one click."""
    doors.close_door(current_actor())
    db.session.commit()
    flash(gettext("That is settled. Nobody asks you again."), "success")
    return redirect(url_for("firms.home"), 303)

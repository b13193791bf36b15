"""One huddle: its agenda, who was there, and its day if it differs."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from coachhub.cohorts.queries import members_of
from coachhub.core.access import access, current_actor
from coachhub.core.db import now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_huddle import queries, weeks
from coachhub_huddle.agenda import agenda_of
from coachhub_huddle.forms import CancelForm, LineForm, MoveForm
from coachhub_huddle.models import ATTENDED, Huddle
from coachhub_huddle.operations import agenda, series
from coachhub_huddle.views.room import Page, back_to, bp, leads, the_huddle


@bp.get("/c/<cohort>/<uuid:huddle_id>")
@access(Permission.SEE_BOARD)
def show(huddle_id: UUID) -> Page:
    """Show a huddle with its agenda."""
    return _page(huddle_id, LineForm())


@bp.post("/c/<cohort>/<uuid:huddle_id>/lines")
@access(Permission.RUN_ROUND)
def add_line(huddle_id: UUID) -> Page:
    """Add a line of the coach's own."""
    _series, huddle = the_huddle(huddle_id)
    form = LineForm()
    if not form.validate_on_submit():
        return _page(huddle_id, form), 422
    agenda.add_line(current_actor(), huddle, form.text.data or "")
    return back_to("show", huddle_id=huddle_id)


@bp.route("/c/<cohort>/<uuid:huddle_id>/lines/<uuid:agenda_line_id>", methods=["GET", "POST"])
@access(Permission.RUN_ROUND)
def line(huddle_id: UUID, agenda_line_id: UUID) -> Page:
    """Let the coach write a line anew."""
    _series, huddle = the_huddle(huddle_id)
    row = agenda.line_of(huddle, agenda_line_id)
    form = LineForm(obj=row)
    if form.validate_on_submit():
        agenda.change_line(current_actor(), row, form.text.data or "")
        return back_to("show", huddle_id=huddle_id)
    page = render_template("huddle/line.html", form=form, huddle=huddle, line=row)
    return page, 422 if form.is_submitted() else 200


@bp.post("/c/<cohort>/<uuid:huddle_id>/lines/<uuid:agenda_line_id>/<any(drop, lift):step>")
@access(Permission.RUN_ROUND)
def change_line(huddle_id: UUID, agenda_line_id: UUID, step: str) -> Page:
    """Take a line off, or move it up."""
    _series, huddle = the_huddle(huddle_id)
    row = agenda.line_of(huddle, agenda_line_id)
    (agenda.drop_line if step == "drop" else agenda.lift_line)(current_actor(), row)
    return back_to("show", huddle_id=huddle_id)


@bp.post("/c/<cohort>/<uuid:huddle_id>/leave-out")
@access(Permission.RUN_ROUND)
def leave_out(huddle_id: UUID) -> Page:
    """Leave something out of what the board brings, or put it back."""
    _series, huddle = the_huddle(huddle_id)
    key = request.form.get("key", "")
    known = {one.key for one in agenda_of(g.cohort, huddle).sections}
    items = {item.key for one in agenda_of(g.cohort, huddle).sections for item in one.items}
    if key in known | items:
        agenda.leave_out(current_actor(), huddle, key)
    return back_to("show", huddle_id=huddle_id)


@bp.get("/c/<cohort>/<uuid:huddle_id>/attendance")
@access(Permission.RUN_ROUND)
def attendance(huddle_id: UUID) -> Page:
    """Show who was there, to tap on a phone."""
    found, huddle = the_huddle(huddle_id)
    return render_template(
        "huddle/attendance.html",
        series=found,
        huddle=huddle,
        members=members_of(g.cohort),
        marks=queries.attendance_of(huddle),
    )


@bp.post("/c/<cohort>/<uuid:huddle_id>/attendance")
@access(Permission.RUN_ROUND)
def mark(huddle_id: UUID) -> Page:
    """Mark one member, or everybody who is not marked yet; htmx gets the new list alone."""
    _series, huddle = the_huddle(huddle_id)
    state = request.form.get("state", "")
    given = request.form.get("member", "")
    marks = queries.attendance_of(huddle)
    if given == "rest":
        there = {one.membership.id: "there" for one in members_of(g.cohort)}
        wanted = {who: how for who, how in there.items() if who not in marks}
    else:
        wanted = {
            one.membership.id: state if marks.get(one.membership.id) != state else ""
            for one in members_of(g.cohort)
            if str(one.membership.id) == given and state in ATTENDED
        }
    series.mark(current_actor(), g.cohort, huddle, wanted)
    answer = back_to("attendance", huddle_id=huddle_id)
    return attendance(huddle_id) if request.headers.get("HX-Request") else answer


@bp.post("/c/<cohort>/<uuid:huddle_id>/<any(away, coming):word>")
@access(Permission.SEE_BOARD)
def excuse(huddle_id: UUID, word: str) -> Page:
    """Let a member say that they cannot come, or that they can after all."""
    _series, huddle = the_huddle(huddle_id)
    if leads():
        raise DomainError(gettext("You lead this huddle. Move or cancel it instead."))
    series.excuse(current_actor(), huddle, comes=word == "coming")
    said = (
        gettext("Good that you come.")
        if word == "coming"
        else gettext("Thank you for saying so. See you soon.")
    )
    return back_to("show", said, huddle_id=huddle_id)


@bp.route("/c/<cohort>/<uuid:huddle_id>/day", methods=["GET", "POST"])
@access(Permission.RUN_ROUND)
def move(huddle_id: UUID) -> Page:
    """Hold this one at another time or place, or not at all."""
    found, huddle = the_huddle(huddle_id)
    zone = found.timezone
    form = MoveForm(
        day=weeks.local_day(huddle.starts_at, zone),
        at=weeks.local_time(huddle.starts_at, zone),
        minutes=str(huddle.minutes),
        place=huddle.place,
    )
    if form.validate_on_submit():
        try:
            series.move_huddle(current_actor(), huddle, form.draft(zone))
        except DomainError as error:
            flash(str(error), "error")
        else:
            return back_to(
                "show", gettext("Moved. Calendars and mailboxes hear of it."), huddle_id=huddle_id
            )
    page = render_template(
        "huddle/move.html", form=form, cancel_form=CancelForm(), huddle=huddle, series=found
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/c/<cohort>/<uuid:huddle_id>/cancel")
@access(Permission.RUN_ROUND)
def cancel(huddle_id: UUID) -> Page:
    """Cancel one huddle."""
    _series, huddle = the_huddle(huddle_id)
    form = CancelForm()
    if not form.validate_on_submit():
        flash(gettext("Please keep it short."), "error")
        return redirect(url_for("huddle.move", huddle_id=huddle_id), 303)
    series.cancel_huddle(current_actor(), huddle, form.why.data or "")
    return back_to("home", gettext("Cancelled. Calendars show it, and everybody gets a mail."))


@bp.post("/c/<cohort>/<uuid:huddle_id>/hold")
@access(Permission.RUN_ROUND)
def hold(huddle_id: UUID) -> Page:
    """Hold a cancelled huddle after all."""
    _series, huddle = the_huddle(huddle_id)
    series.hold_huddle(current_actor(), huddle)
    return back_to("show", gettext("It takes place after all."), huddle_id=huddle_id)


def _page(huddle_id: UUID, form: LineForm) -> str:
    found, huddle = the_huddle(huddle_id)
    marks = queries.attendance_of(huddle)
    return render_template(
        "huddle/huddle.html",
        series=found,
        huddle=huddle,
        agenda=agenda_of(g.cohort, huddle, held=leads()),
        form=form,
        leads=leads(),
        is_over=_is_over(huddle),
        there=sum(state == "there" for state in marks.values()),
        marked=len(marks),
        mark=marks.get(current_actor().member_id(), ""),
        homework=queries.homework_of(g.cohort),
        today=queries.today_in(g.cohort.id),
    )


def _is_over(huddle: Huddle) -> bool:
    return huddle.ends_at <= now()

"""Homework as it is set: by a coach, for everybody."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import flash, g, render_template

from coachhub.core.access import access, current_actor
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_huddle import queries, weeks
from coachhub_huddle.forms import KIND_NOTES, HomeworkForm, LinesForm, PitchForm, TextForm
from coachhub_huddle.models import HandIn, Homework
from coachhub_huddle.operations import homework as operations
from coachhub_huddle.views.room import Page, back_to, bp, leads

_A_WEEK = dt.timedelta(days=7)


@bp.get("/c/<cohort>/homework/<uuid:homework_id>")
@access(Permission.SEE_BOARD)
def homework(homework_id: UUID) -> Page:
    """Show homework: to a member what to do, to the coach who has done it."""
    one = the_homework(homework_id)
    if leads():
        lines = queries.returned(g.cohort, one)
        return render_template("huddle/returned.html", homework=one, lines=lines)
    return member_page(one, hand_in_form(one, _mine(one)))


@bp.route("/c/<cohort>/homework/new", methods=["GET", "POST"])
@access(Permission.RUN_ROUND)
def set_homework() -> Page:
    """Set homework for the cohort."""
    form = HomeworkForm(due_on=_next_day())
    if form.validate_on_submit():
        operations.set_homework(current_actor(), g.cohort, form.draft())
        return back_to("home", gettext("It is set. Every member gets it by mail."))
    page = render_template(
        "huddle/set.html", form=form, notes=KIND_NOTES, title=gettext("Set homework"), homework=None
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/c/<cohort>/homework/<uuid:homework_id>/edit", methods=["GET", "POST"])
@access(Permission.RUN_ROUND)
def edit_homework(homework_id: UUID) -> Page:
    """Change what is set."""
    one = the_homework(homework_id)
    form = HomeworkForm(obj=one)
    if form.validate_on_submit():
        try:
            operations.change_homework(current_actor(), one, form.draft())
        except DomainError as error:
            form.kind.errors = [str(error)]
        else:
            return back_to("homework", gettext("Saved."), homework_id=homework_id)
    page = render_template(
        "huddle/set.html",
        form=form,
        notes=KIND_NOTES,
        title=gettext("Change homework"),
        homework=one,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/c/<cohort>/homework/<uuid:homework_id>/withdraw")
@access(Permission.RUN_ROUND)
def withdraw_homework(homework_id: UUID) -> Page:
    """Take homework back."""
    operations.withdraw_homework(current_actor(), the_homework(homework_id))
    return back_to("home", gettext("Taken back. Nobody is asked for it any more."))


@bp.post("/c/<cohort>/homework/<uuid:homework_id>/hand-in")
@access(Permission.POST)
def hand_in(homework_id: UUID) -> Page:
    """Hand homework in."""
    one = the_homework(homework_id)
    if leads():
        raise DomainError(gettext("Homework is for the members. You read what they hand in."))
    form = hand_in_form(one, _mine(one))
    if not form.validate_on_submit():
        return member_page(one, form), 422
    hook = form.hook.data or "" if isinstance(form, PitchForm) else ""
    operations.hand_in(current_actor(), one, form.text.data or "", hook)
    if one.kind in {"assets", "targets"}:
        flash(gettext("Handed in. Now each line is one click from the board."), "success")
        return back_to("homework", homework_id=homework_id)
    return back_to("homework", gettext("Handed in. Your coach reads it."), homework_id=homework_id)


def the_homework(homework_id: UUID) -> Homework:
    """Return homework of the address's cohort; what moderation holds is the coach's to see."""
    one = queries.one_homework(g.cohort, homework_id)
    if not one.is_shown and not leads():
        raise NotFoundError
    return one


def hand_in_form(one: Homework, mine: HandIn | None) -> LinesForm | PitchForm | TextForm:
    """Return the form that fits the homework, with what was handed in."""
    forms = {"assets": LinesForm, "targets": LinesForm, "pitch": PitchForm}
    made: LinesForm | PitchForm | TextForm = forms.get(one.kind, TextForm)(obj=mine)
    return made


def member_page(one: Homework, form: LinesForm | PitchForm | TextForm) -> str:
    """Return the page on which a member does homework."""
    mine = _mine(one)
    return render_template(
        "huddle/homework.html",
        homework=one,
        form=form,
        mine=mine,
        task=queries.Task(one, mine, (one.due_on - queries.today_in(g.cohort.id)).days),
        drafts=queries.drafts_of(mine) if mine else [],
        comments=queries.comments_of(mine) if mine else [],
    )


def _mine(one: Homework) -> HandIn | None:
    return queries.hand_in_of(one, current_actor().member_id())


def _next_day() -> dt.date:
    """Return the day of the next huddle but the one that is on: until when homework is usual."""
    today = queries.today_in(g.cohort.id)
    zone = queries.timezone_of(g.cohort.id)
    days = [
        weeks.local_day(one.starts_at, zone)
        for one in queries.coming(g.cohort)
        if one.cancelled_at is None
    ]
    return next((day for day in days if day > today), today + _A_WEEK)

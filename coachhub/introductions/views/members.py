"""A member's introductions: the list, one of them, and the answers."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.introductions import life, queries, words
from coachhub.introductions.answers import Answer, AnswerError
from coachhub.introductions.forms import (
    LaterForm,
    ReportForm,
)
from coachhub.introductions.models import Introduction
from coachhub.introductions.shown import Shown
from coachhub.introductions.steps import AlreadyAnsweredError, IllegalStepError
from coachhub.introductions.views.page import show, yes_form
from coachhub.introductions.views.room import Page, already, back_to, bp
from coachhub.permissions import Permission


@bp.get("/introductions")
@access(Permission.MANAGE_OWN_THINGS)
def mine() -> Page:
    """Show a member's introductions as lines, each with its next step."""
    member_id = current_actor().member_id()
    shown_ones = "done" if request.args.get("show") == "done" else "open"
    everything = queries.mine(member_id)
    lines = [one for one in everything if one.is_done == (shown_ones == "done")]
    return render_template(
        "introductions/mine.html",
        lines=lines,
        show=shown_ones,
        steps=words.STEPS,
        numbers={
            "open": sum(not one.is_done for one in everything),
            "done": sum(one.is_done for one in everything),
        },
        mirror=queries.mirror(member_id),
        thanks=queries.thanks_to(member_id),
    )


@bp.get("/introductions/<uuid:introduction_id>")
@access(Permission.MANAGE_OWN_THINGS)
def one(introduction_id: UUID) -> Page:
    """Show one introduction; each showing of names and addresses is logged."""
    row, seen = queries.one(current_actor(), introduction_id)
    return show(row, seen)


@bp.post("/introductions/<uuid:introduction_id>/yes")
@access(Permission.MANAGE_OWN_THINGS)
def say_yes(introduction_id: UUID) -> Page:
    """Take a yes, with what comes with it."""
    row, seen = queries.one(current_actor(), introduction_id)
    form = yes_form(row, seen)
    if seen.step != "answer":
        return already(AlreadyAnsweredError(life.what_happened(row, seen.side)), introduction_id)
    if not form.validate_on_submit():
        return show(row, seen, yes_form=form)
    return _answer(row, seen, form.answer(), gettext("Thank you. We take it from here."))


@bp.post("/introductions/<uuid:introduction_id>/later")
@access(Permission.MANAGE_OWN_THINGS)
def say_later(introduction_id: UUID) -> Page:
    """Take a "not now", for oneself or reported of the contact."""
    row, seen = queries.one(current_actor(), introduction_id)
    form = LaterForm(prefix="later")
    if not form.validate_on_submit():
        return show(row, seen, later_form=form)
    said = (
        gettext("Fine. We ask again then.")
        if seen.step == "report"
        else gettext("Fine. We ask you again then.")
    )
    return _answer(row, seen, Answer("not_now", until=form.until.data), said)


@bp.post("/introductions/<uuid:introduction_id>/no")
@access(Permission.MANAGE_OWN_THINGS)
def say_no(introduction_id: UUID) -> Page:
    """Take a no, for oneself or reported of the contact. Nobody is told."""
    row, seen = queries.one(current_actor(), introduction_id)
    return _answer(row, seen, Answer("no"), gettext("That is fine. Nobody is told."))


@bp.post("/introductions/<uuid:introduction_id>/report")
@access(Permission.MANAGE_OWN_THINGS)
def report(introduction_id: UUID) -> Page:
    """Take the contact's yes, told to the giver in person."""
    row, seen = queries.one(current_actor(), introduction_id)
    form = ReportForm()
    if not form.validate_on_submit():
        return show(row, seen, report_form=form)
    given = Answer("yes", contact_email=form.email.data or "")
    return _answer(
        row, seen, given, gettext("Thank you. Everybody has agreed: you are introduced.")
    )


@bp.post("/introductions/<uuid:introduction_id>/withdraw")
@access(Permission.MANAGE_OWN_THINGS)
def withdraw(introduction_id: UUID) -> Page:
    """Step back before the introduction is made."""
    row, _seen = queries.one(current_actor(), introduction_id)
    try:
        life.withdraw(current_actor(), row)
    except IllegalStepError as error:
        return already(error, introduction_id)
    db.session.commit()
    flash(gettext("You stepped back. Nobody is told who did."), "success")
    return redirect(url_for(".mine"), 303)


def _answer(row: Introduction, seen: Shown, given: Answer, said: str) -> Response:
    side = "outsider" if seen.step == "report" else seen.side
    try:
        life.answer(current_actor(), row, side, given)
    except (AlreadyAnsweredError, AnswerError, IllegalStepError) as error:
        return already(error, seen.id)
    return back_to(seen.id, said)

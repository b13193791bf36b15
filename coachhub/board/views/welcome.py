"""The first visit."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for

from coachhub.board import welcome as steps
from coachhub.board.forms import WelcomeForm
from coachhub.board.views.blueprint import Page, bp
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.words import gettext, ngettext
from coachhub.permissions import Permission


@bp.route("/welcome", methods=["GET", "POST"])
@access(Permission.POST)
def welcome() -> Page:
    """Ask a new member three things on one page, and end with something on the board."""
    form = WelcomeForm(
        titles=g.membership.titles, fields=g.membership.fields, places=g.membership.places
    )
    if form.validate_on_submit():
        try:
            posted = steps.welcome(current_actor(), g.cohort, g.membership, _answers(form))
        except steps.AnswersError as error:
            db.session.rollback()
            _put_at_fields(form, error)
        else:
            db.session.commit()
            told = ngettext(
                "One thing of yours is on the board. Thank you: others can begin to help.",
                "%(num)s things of yours are on the board. Thank you: others can begin to help.",
                posted,
            )
            flash(told, "success")
            return redirect(url_for(".board"), 303)
    page = render_template("board/welcome.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.post("/welcome/skip")
@access(Permission.POST)
def skip_welcome() -> Page:
    """Let a member look round first; the steps stay in reach."""
    steps.finish(g.membership)
    db.session.commit()
    flash(gettext("You can do this any time: “My posts” has it all."), "info")
    return redirect(url_for(".board"), 303)


def _answers(form: WelcomeForm) -> steps.Answers:
    return steps.Answers(
        titles=tuple(form.titles.data or ()),
        fields=tuple(form.fields.data or ()),
        places=tuple(form.places.data or ()),
        companies=tuple(form.companies.data or ()),
        worked=tuple(form.worked.data or ()),
        reads=form.reads.data or "",
        knows=form.knows.data or "",
        makes=form.makes.data or "",
    )


def _put_at_fields(form: WelcomeForm, error: steps.AnswersError) -> None:
    for name, problem in error.problems.items():
        group, _, number = name.partition("-")
        field = form[group].entries[int(number)] if number else form[group]
        field.errors = [*field.errors, problem]

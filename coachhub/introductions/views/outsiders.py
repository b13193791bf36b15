"""The outside contact's page: no account, one button for each answer, opened by nobody else."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.introductions import outsiders
from coachhub.introductions.answers import Answer
from coachhub.introductions.forms import LaterForm
from coachhub.introductions.models import Introduction
from coachhub.introductions.shown import Facts
from coachhub.introductions.steps import AlreadyAnsweredError
from coachhub.introductions.views.room import Page, bp
from coachhub.permissions import Permission


@bp.get("/hello/<token>")
@access(Permission.OPEN_LINK)
def hello(token: str) -> Page:
    """Show who asks, why and what is in it; looking changes nothing."""
    return _page(token)


@bp.post("/hello/<token>/yes")
@access(Permission.OPEN_LINK)
def hello_yes(token: str) -> Page:
    """Take the contact's yes."""
    return _answer(token, Answer("yes", way="link"))


@bp.post("/hello/<token>/later")
@access(Permission.OPEN_LINK)
def hello_later(token: str) -> Page:
    """Take the contact's "later", with the day."""
    form = LaterForm(prefix="later")
    if not form.validate_on_submit():
        return _page(token, form), 422
    return _answer(token, Answer("not_now", way="link", until=form.until.data))


@bp.post("/hello/<token>/no")
@access(Permission.OPEN_LINK)
def hello_no(token: str) -> Page:
    """Take the contact's no. Nobody is told."""
    return _answer(token, Answer("no", way="link"))


@bp.post("/hello/<token>/never")
@access(Permission.OPEN_LINK)
def hello_never(token: str) -> Page:
    """Never write to this contact again."""
    outsiders.never_again(token)
    db.session.commit()
    flash(gettext("We will never write to you again. Thank you for your time."), "success")
    return redirect(url_for(".hello", token=token), 303)


def _answer(token: str, given: Answer) -> Page:
    try:
        outsiders.answer_by_link(token, given)
    except AlreadyAnsweredError as error:
        db.session.rollback()
        flash(str(error), "info")
    else:
        db.session.commit()
    return redirect(url_for(".hello", token=token), 303)


def _page(token: str, later_form: LaterForm | None = None) -> str:
    row = outsiders.by_token(token)
    facts = Facts([row])
    asked = row.state == "outsider_asked"
    return render_template(
        "introductions/hello.html",
        token=token,
        asked=asked,
        said=_said(row, facts),
        # Once it is over, the page says nothing about anybody any more.
        giver=facts.members[row.giver_id].name if asked else "",
        receiver=facts.members[row.receiver_id] if asked else None,
        company=facts.companies.get(row.company_id or row.id, "") if asked else "",
        gift=row.gift if asked else "",
        blurb=row.blurb if asked else "",
        later_form=later_form or LaterForm(formdata=None, prefix="later"),
    )


def _said(row: Introduction, facts: Facts) -> str:
    """Return the contact's own answer, if there is one."""
    mine = facts.answers[row.id].get("outsider")
    if mine is None or row.state == "outsider_asked":
        return ""
    return mine.answer

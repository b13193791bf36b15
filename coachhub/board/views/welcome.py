"""The first visit, step by step: it can be left at any point, and taken up again there."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import FieldList

from coachhub.accounts.operations import settle_timezone
from coachhub.board import queries, visit
from coachhub.board.hooks import USES
from coachhub.board.kinds import POSTS
from coachhub.board.models import FirstVisit
from coachhub.board.views.blueprint import Page, bp
from coachhub.board.visit_forms import GiveForm, OffersForm, SeekForm
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.forms import Form
from coachhub.core.words import gettext, gettext_noop, ngettext
from coachhub.permissions import Permission

STEPS = {
    "seek": ("board.welcome", gettext_noop("What and where")),
    "give": ("board.welcome_give", gettext_noop("What you can give")),
    "offers": ("board.welcome_offers", gettext_noop("Your offers")),
    "people": ("board.welcome_people", gettext_noop("Whom you know")),
}
_NOT_KEPT = frozenset({"csrf_token", "zone"})


@bp.route("/welcome", methods=["GET", "POST"])
@access(Permission.POST)
def welcome() -> Page:
    """Ask a new member what they look for and where."""
    actor = current_actor()
    found = visit.visit_of(g.cohort, actor.member_id())
    if request.method == "GET" and found and found.step in STEPS and "again" not in request.args:
        endpoint, _label = STEPS[found.step]
        if endpoint != request.endpoint:
            return redirect(url_for(endpoint))
    form = SeekForm(**_typed(found, "seek", _profile()))
    if _leaves(form, "seek"):
        return _left()
    if form.validate_on_submit():
        settle_timezone(current_user, form.zone.data or "")
        found = visit.begin(actor, g.cohort)
        try:
            visit.seek(actor, g.cohort, g.membership, form.seeks())
        except visit.AnswersError as error:
            db.session.rollback()
            _put_at_fields(form, error)
        else:
            return _on(found, "seek", form, "give")
    return _page("seek", form)


@bp.route("/welcome/give", methods=["GET", "POST"])
@access(Permission.POST)
def welcome_give() -> Page:
    """Ask what they can give; each answer becomes a drafted offer."""
    actor = current_actor()
    found = visit.visit_of(g.cohort, actor.member_id())
    form = GiveForm(**_typed(found, "give", {}))
    if _leaves(form, "give"):
        return _left()
    if form.validate_on_submit():
        found = visit.begin(actor, g.cohort)
        field = g.membership.fields[0] if g.membership.fields else ""
        drafted = visit.draft(found, form.told(), field)
        return _on(found, "give", form, "offers" if drafted else "people")
    return _page("give", form)


@bp.route("/welcome/offers", methods=["GET", "POST"])
@access(Permission.POST)
def welcome_offers() -> Page:
    """Show the drafted offers to be looked over, then put them on the board."""
    actor = current_actor()
    found = visit.visit_of(g.cohort, actor.member_id())
    if found is None or (request.method == "GET" and not found.drafts):
        return redirect(url_for(".welcome_give"), 303)
    form = OffersForm.of(visit.drafts_of(found)) if request.method == "GET" else OffersForm()
    if form.is_submitted() and "later" in request.form:
        visit.keep_drafts(found, form.drafts())
        visit.finish(g.membership)
        db.session.commit()
        return _left()
    if form.validate_on_submit():
        try:
            posted, held = visit.post_drafts(
                actor, g.cohort, found, form.drafts(), out=form.left_out()
            )
        except visit.AnswersError as error:
            db.session.rollback()
            _put_at_fields(form, error)
        else:
            visit.go_on(found, "people")
            db.session.commit()
            _say_posted(posted, held)
            return redirect(url_for(".welcome_people"), 303)
    return _page("offers", form)


@bp.route("/welcome/people", methods=["GET", "POST"])
@access(Permission.POST)
def welcome_people() -> Page:
    """Say what contacts are for and who sees them; bring them now, or later."""
    if request.method == "POST":
        found = visit.begin(current_actor(), g.cohort)
        visit.go_on(found, "done")
        visit.finish(g.membership)
        db.session.commit()
        return redirect(url_for(".welcome_done"), 303)
    return _page("people", None)


@bp.get("/welcome/done")
@access(Permission.POST)
def welcome_done() -> Page:
    """Say what is on the board now, and how many here can use it."""
    member_id = current_actor().member_id()
    counts = queries.own_counts(g.cohort, member_id)
    return render_template(
        "board/welcome/done.html",
        posts=[(POSTS[kind], counts[kind]) for kind in ("target", "offer")],
        drafts=len(getattr(visit.visit_of(g.cohort, member_id), "drafts", ())),
        uses=next((one for one in USES.call(g.cohort, member_id) if one), None),
    )


@bp.post("/welcome/skip")
@access(Permission.POST)
def skip_welcome() -> Page:
    """Let a member look round first; the steps wait at home."""
    visit.begin(current_actor(), g.cohort)
    visit.finish(g.membership)
    db.session.commit()
    return _left()


@bp.app_template_global()
def unfinished_visit_url() -> str | None:
    """Return where the reader's first visit waits for them, if it does; for other rooms' pages."""
    member = g.get("membership")
    if member is None or member.role != "member":
        return None
    waiting = visit.waiting_at(member.id)
    if waiting is None:
        return None
    step, slug = waiting
    return url_for(STEPS[step][0], cohort=slug)


def _typed(found: FirstVisit | None, step: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in a step's fields: what was typed there before, else what is known."""
    told = found.told.get(step) if found else None
    return {**otherwise, **told} if isinstance(told, dict) else otherwise


def _profile() -> dict[str, Any]:
    member = g.membership
    return {"titles": member.titles, "fields": member.fields, "places": member.places}


def _kept(form: Form) -> dict[str, Any]:
    return {
        field.short_name: list(field.data or ()) if isinstance(field, FieldList) else field.data
        for field in form
        if field.short_name not in _NOT_KEPT
    }


def _leaves(form: Form, step: str) -> bool:
    """Say whether somebody goes on later: what they typed is kept, whatever it is."""
    if not form.is_submitted() or "later" not in request.form:
        return False
    found = visit.begin(current_actor(), g.cohort)
    visit.remember(found, step, _kept(form))
    visit.finish(g.membership)
    db.session.commit()
    return True


def _left() -> Page:
    flash(gettext("Nothing is lost. “Go on where you left” waits for you at home."), "info")
    return redirect(url_for(".board"), 303)


def _on(found: FirstVisit, step: str, form: Form, after: str) -> Page:
    visit.remember(found, step, _kept(form))
    visit.go_on(found, after)
    db.session.commit()
    return redirect(url_for(STEPS[after][0]), 303)


def _say_posted(posted: int, held: int) -> None:
    if posted:
        told = ngettext(
            "%(num)d offer of yours is on the board.",
            "%(num)d offers of yours are on the board.",
            posted,
        )
        flash(told, "success")
    if held:
        flash(gettext("A moderator looks at first posts; then the group sees them."), "info")


def _page(step: str, form: Form | None) -> Page:
    page = render_template(
        f"board/welcome/{step}.html",
        form=form,
        step=step,
        steps=STEPS,
        left_out=form.left_out() if isinstance(form, OffersForm) else (),
    )
    return page, 422 if form is not None and form.is_submitted() else 200


def _put_at_fields(form: Form, error: visit.AnswersError) -> None:
    for name, problem in error.problems.items():
        group, _, number = name.partition("-")
        field = form[group].entries[int(number)] if number else form[group]
        field.errors = [*field.errors, problem]

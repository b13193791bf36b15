"""Pages of landings: the member's own, thanks given and received, the coach's list."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.forms import choices
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_outcomes import operations, queries
from coachhub_outcomes.forms import StoryForm, ThanksForm
from coachhub_outcomes.models import Landing
from coachhub_outcomes.reporting import KIND_LABELS

bp = Blueprint("outcomes", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]


@bp.route("/", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def landing() -> Page:
    """Let a member who landed say what led there; show whom they can thank."""
    if g.membership.landed_on is None:
        return render_template("outcomes/not_yet.html")
    actor = current_actor()
    told = queries.landing_of(actor.member_id())
    form = _story_form(told)
    if form.validate_on_submit():
        operations.tell(actor, form.story())
        db.session.commit()
        flash(gettext("Kept. Now say thanks, if you like."), "success")
        return redirect(url_for("outcomes.landing", _anchor="thanks"), 303)
    page = render_template(
        "outcomes/landing.html",
        form=form,
        told=told,
        helpers=queries.helpers(told) if told else [],
        thanks_form=ThanksForm(formdata=None),
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/thank/<uuid:cause_id>", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def thank(cause_id: UUID) -> Page:
    """Send thanks to one helper: they learn that what they did led to a landing."""
    cause = queries.cause_of(current_actor(), cause_id)
    told = queries.landing_of(cause.owner_id)
    helper = [one for one in queries.helpers(told) if one.cause.id == cause.id] if told else []
    if not helper:
        flash(gettext("They are no longer here, so our mail does not reach them."), "info")
        return redirect(url_for("outcomes.landing"), 303)
    form = ThanksForm()
    if form.validate_on_submit():
        try:
            operations.thank(current_actor(), cause_id, form.words.data or "")
        except DomainError as error:
            db.session.rollback()
            flash(str(error), "info")
        else:
            db.session.commit()
            flash(gettext("%(name)s has it in their mail.", name=helper[0].name), "success")
        return redirect(url_for("outcomes.landing", _anchor="thanks"), 303)
    page = render_template("outcomes/thank.html", form=form, helper=helper[0])
    return page, 422 if form.is_submitted() else 200


@bp.get("/helped")
@access(Permission.MANAGE_OWN_THINGS)
def helped() -> Page:
    """Show the landings that somebody helped with."""
    return render_template(
        "outcomes/helped.html",
        lines=queries.helped_by(current_actor().member_id()),
        kinds=KIND_LABELS,
    )


@bp.get("/c/<cohort>/landings")
@access(Permission.SEE_COHORT)
def landings() -> Page:
    """Show the coach who of the cohort has landed, and what they let the coach read."""
    return render_template(
        "outcomes/landings.html",
        lines=queries.landed_in(g.cohort),
        members=queries.members_in(g.cohort),
        work=queries.WORK_LABELS,
        kinds=KIND_LABELS,
        weeks_words=queries.weeks_words,
        today=now().date(),
    )


def _story_form(told: Landing | None) -> StoryForm:
    causes = queries.causes_of(told) if told else ()
    form = StoryForm(
        obj=told,
        introductions=[str(one.introduction_id) for one in causes if one.introduction_id],
        people=[str(one.helper_id) for one in causes if one.helper_id and not one.introduction_id],
        ways=[one.way for one in causes if one.way],
    )
    actor = current_actor()
    form.introductions.choices = choices(queries.my_introductions(actor.member_id()))
    form.people.choices = choices(queries.my_group(actor))
    return form

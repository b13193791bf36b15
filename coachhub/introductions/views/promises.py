"""After the introduction: the promise, what came of it, thanks."""

from __future__ import annotations

from uuid import UUID

from coachhub.core.access import access, current_actor
from coachhub.core.words import gettext
from coachhub.introductions import promises, queries
from coachhub.introductions.forms import MoreTimeForm, OutcomeForm, ThanksForm
from coachhub.introductions.steps import IllegalStepError
from coachhub.introductions.views.page import show
from coachhub.introductions.views.room import Page, already, back_to, bp
from coachhub.permissions import Permission


@bp.post("/introductions/<uuid:introduction_id>/more-time")
@access(Permission.MANAGE_OWN_THINGS)
def more_time(introduction_id: UUID) -> Page:
    """Give a promise a new day."""
    row, seen = queries.one(current_actor(), introduction_id)
    form = MoreTimeForm()
    if not form.validate_on_submit() or form.due_on.data is None:
        return show(row, seen, more_time_form=form)
    try:
        promises.more_time(current_actor(), row, form.due_on.data)
    except IllegalStepError as error:
        return already(error, introduction_id)
    return back_to(introduction_id, gettext("Good that you said so. The new day is set."))


@bp.post("/introductions/<uuid:introduction_id>/kept")
@access(Permission.MANAGE_OWN_THINGS)
def kept(introduction_id: UUID) -> Page:
    """Mark the promise as kept."""
    row, _seen = queries.one(current_actor(), introduction_id)
    try:
        promises.keep(current_actor(), row)
    except IllegalStepError as error:
        return already(error, introduction_id)
    return back_to(introduction_id, gettext("Well done. We have told them."))


@bp.post("/introductions/<uuid:introduction_id>/let-go")
@access(Permission.MANAGE_OWN_THINGS)
def let_go(introduction_id: UUID) -> Page:
    """Let the promise go."""
    row, _seen = queries.one(current_actor(), introduction_id)
    try:
        promises.let_go(current_actor(), row)
    except IllegalStepError as error:
        return already(error, introduction_id)
    return back_to(
        introduction_id, gettext("It is let go. It happens, and you did the honest thing.")
    )


@bp.post("/introductions/<uuid:introduction_id>/outcome")
@access(Permission.MANAGE_OWN_THINGS)
def outcome(introduction_id: UUID) -> Page:
    """Take what came of it."""
    row, seen = queries.one(current_actor(), introduction_id)
    form = OutcomeForm(prefix="outcome")
    if not form.validate_on_submit():
        return show(row, seen, outcome_form=form)
    promises.report_outcome(current_actor(), row, form.kind.data, form.text.data or "")
    return back_to(introduction_id, gettext("Thank you for telling us."))


@bp.post("/introductions/<uuid:introduction_id>/thanks")
@access(Permission.MANAGE_OWN_THINGS)
def thanks(introduction_id: UUID) -> Page:
    """Bring the thanks to the giver."""
    row, seen = queries.one(current_actor(), introduction_id)
    form = ThanksForm(prefix="thanks")
    if not form.validate_on_submit():
        return show(row, seen, thanks_form=form)
    promises.thank(current_actor(), row, form.text.data or "")
    return back_to(introduction_id, gettext("Your thanks are on their way."))

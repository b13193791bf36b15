"""A member's own calendar: the address, and what stands behind it for whoever holds it."""

from __future__ import annotations

from flask import Response

from coachhub.core.access import access, current_actor
from coachhub.core.limits import limiter
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_huddle import ics
from coachhub_huddle.forms import RemindersForm
from coachhub_huddle.operations import feed
from coachhub_huddle.views.room import Page, back_to, bp


@bp.get("/calendar/<token>.ics")
@access(Permission.OPEN_LINK)
@limiter.limit("30 per minute")
def calendar(token: str) -> Response:
    """Give a member's calendar to the program that follows it."""
    answer = Response(ics.calendar_of(ics.member_behind(token)), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'inline; filename="huddles.ics"'
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@bp.post("/calendar/new-address")
@access(Permission.MANAGE_OWN_THINGS)
def new_address() -> Page:
    """Make a calendar address; an old one shows nothing from now on."""
    had = feed.feed_of(current_actor())
    again = had is not None and bool(had.token)
    feed.renew_address(current_actor())
    said = (
        gettext("A new address. The old one shows nothing any more.")
        if again
        else gettext("Here it is.")
    )
    return back_to("mine", said)


@bp.post("/calendar/end")
@access(Permission.MANAGE_OWN_THINGS)
def end_address() -> Page:
    """Take the calendar address away."""
    feed.end_address(current_actor())
    return back_to("mine", gettext("The address shows nothing any more."))


@bp.post("/reminders")
@access(Permission.MANAGE_OWN_THINGS)
def reminders() -> Page:
    """Keep whether the member wants reminders."""
    form = RemindersForm()
    if form.validate_on_submit():
        feed.want_reminders(current_actor(), wanted=bool(form.reminders.data))
    return back_to("mine", gettext("Saved."))

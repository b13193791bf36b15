"""The day that two people set, once they know each other."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from flask_login import current_user

from coachhub.core.access import access, current_actor
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext
from coachhub.introductions import meetings, queries
from coachhub.introductions.forms import MeetingForm
from coachhub.introductions.views.page import show
from coachhub.introductions.views.room import Page, back_to, bp
from coachhub.permissions import Permission


@bp.post("/introductions/<uuid:introduction_id>/meeting")
@access(Permission.MANAGE_OWN_THINGS)
def meet(introduction_id: UUID) -> Page:
    """Set the day, or move it."""
    row, seen = queries.one(current_actor(), introduction_id)
    form = MeetingForm(prefix="meeting")
    if not form.validate_on_submit():
        return show(row, seen, meeting_form=form)
    try:
        meetings.set_meeting(current_actor(), row, form.draft(current_user.timezone))
    except meetings.MeetingError as error:
        form.time.errors = [*form.time.errors, str(error)]
        return show(row, seen, meeting_form=form)
    return back_to(introduction_id, gettext("It is on its way into both calendars."))


@bp.post("/introductions/<uuid:introduction_id>/meeting/cancel")
@access(Permission.MANAGE_OWN_THINGS)
def cancel_meeting(introduction_id: UUID) -> Page:
    """Take the day back."""
    row, _seen = queries.one(current_actor(), introduction_id)
    meetings.cancel_meeting(current_actor(), row)
    return back_to(introduction_id, gettext("It is cancelled, and leaves both calendars."))


@bp.get("/introductions/<uuid:introduction_id>/meeting.ics")
@access(Permission.MANAGE_OWN_THINGS)
def meeting_file(introduction_id: UUID) -> Response:
    """Give the event as a file, for a calendar that takes none from mails."""
    row, _seen = queries.one(current_actor(), introduction_id)
    meeting = meetings.meeting_of(row.id)
    if meeting is None or not meetings.may_set(current_actor(), row):
        raise NotFoundError
    calendar = meetings.as_calendar(meeting, meetings.guests(row))
    headers = {"Content-Disposition": 'attachment; filename="talk.ics"'}
    return Response(calendar, mimetype="text/calendar", headers=headers)

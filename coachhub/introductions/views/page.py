"""The page of one introduction, with the forms that fit the point where its reader stands."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import render_template
from flask_login import current_user

from coachhub.core.access import current_actor
from coachhub.core.db import db
from coachhub.introductions import letters, meetings, queries, words
from coachhub.introductions.forms import (
    DoorForm,
    LaterForm,
    MeetingForm,
    MoreTimeForm,
    OutcomeForm,
    PromiseForm,
    ReceiverForm,
    ReportForm,
    ThanksForm,
)
from coachhub.introductions.models import Introduction
from coachhub.introductions.shown import Shown
from coachhub.introductions.views.room import Page


def show(row: Introduction, seen: Shown, **forms: object) -> Page:
    """Render the page, with forms that failed in place of empty ones; log names that it shows."""
    failed = bool(forms)
    page = render_template(
        "introductions/one.html",
        introduction=seen,
        word=words.STEPS[seen.step],
        outcomes=words.OUTCOMES,
        meeting=meetings.meeting_of(row.id) if seen.met else None,
        **_forms(row, seen) | _meeting_form(row, seen) | forms,
    )
    if seen.met:
        letters.log_shown(current_actor(), row, to=seen.side, way="page")
        db.session.commit()
    return (page, 422) if failed else page


def _forms(row: Introduction, seen: Shown) -> dict[str, object]:
    """Return the forms that fit the point at which this side stands, empty."""
    if seen.step == "answer":
        return {
            "yes_form": yes_form(row, seen),
            "later_form": LaterForm(formdata=None, prefix="later"),
        }
    if seen.step == "report":
        return {
            "report_form": ReportForm(formdata=None),
            "later_form": LaterForm(formdata=None, prefix="later"),
        }
    if seen.step == "keep":
        return {"more_time_form": MoreTimeForm(formdata=None)}
    if seen.met and seen.side == "receiver":
        outcome = OutcomeForm(
            formdata=None, prefix="outcome", kind=seen.outcome_kind, text=seen.outcome
        )
        return {
            "outcome_form": outcome,
            "thanks_form": ThanksForm(formdata=None, prefix="thanks"),
        }
    return {}


def _meeting_form(row: Introduction, seen: Shown) -> dict[str, object]:
    """Return the form of the day to talk, for those who meet, as it stands."""
    if not seen.met or not meetings.may_set(current_actor(), row):
        return {}
    meeting = meetings.meeting_of(row.id)
    if meeting is None:
        return {"meeting_form": MeetingForm(formdata=None, prefix="meeting")}
    starts_at = meeting.starts_at.astimezone(ZoneInfo(current_user.timezone))
    form = MeetingForm(
        formdata=None,
        prefix="meeting",
        day=starts_at.date(),
        time=starts_at.time(),
        minutes=str(meeting.minutes),
        place=meeting.place,
    )
    return {"meeting_form": form}


def yes_form(row: Introduction, seen: Shown) -> PromiseForm | ReceiverForm:
    """Return the form of a yes: gift and blurb, or a promise, with the contact for a door."""
    if seen.side == "receiver":
        return ReceiverForm(gift=seen.gift, blurb=seen.blurb)
    if row.asset != "door":
        return PromiseForm(promise=seen.promise)
    form = DoorForm(promise=seen.promise)
    form.offer(queries.contacts_at(row))
    return form

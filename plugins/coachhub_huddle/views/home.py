"""The huddles of a cohort, and a member's huddles over all cohorts."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, render_template

from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import cohorts_of, enrolled, members_of
from coachhub.core.access import access, current_actor
from coachhub.core.errors import DomainError
from coachhub.core.links import absolute
from coachhub.core.words import gettext
from coachhub.firms.models import Firm
from coachhub.permissions import Permission
from coachhub_huddle import queries
from coachhub_huddle.forms import RemindersForm, SeriesForm
from coachhub_huddle.operations import feed, series
from coachhub_huddle.views.room import Page, back_to, bp, leads


@bp.get("/")
@access(Permission.MANAGE_OWN_THINGS)
def mine() -> Page:
    """Show a member's next huddles and homework in all cohorts, and their own calendar."""
    member_id = current_actor().member_id()
    kept = feed.feed_of(current_actor())
    cohorts = [
        (
            one,
            queries.next_huddle(one),
            queries.timezone_of(one.id),
            queries.tasks_of(one, member_id) if _is_member(one, member_id) else [],
        )
        for one in cohorts_of(member_id)
    ]
    form = RemindersForm(reminders=kept.reminders if kept else True)
    address = absolute("huddle.calendar", token=kept.token) if kept and kept.token else ""
    return render_template(
        "huddle/mine.html", cohorts=cohorts, feed=kept, form=form, address=address
    )


def _is_member(cohort: Cohort, member_id: UUID) -> bool:
    place = enrolled(cohort, member_id)
    return place is not None and place.enrolment.role == "member"


@bp.get("/c/<cohort>/")
@access(Permission.SEE_BOARD)
def home() -> Page:
    """Show a cohort's huddles and homework, to its coach with what there is to do."""
    found = queries.series_of(g.cohort)
    running = found is not None and found.ended_at is None
    member_id = current_actor().member_id()
    upcoming = queries.coming(g.cohort)
    following = next((one for one in upcoming if one.cancelled_at is None), None)
    return render_template(
        "huddle/coach.html" if leads() else "huddle/member.html",
        series=found,
        running=running,
        next=following,
        coming=[one for one in upcoming if one is not following],
        past=queries.past(g.cohort),
        tasks=queries.tasks_of(g.cohort, member_id),
        homework=queries.homework_of(g.cohort, held=True),
        today=queries.today_in(g.cohort.id),
        to_read=queries.to_read(g.cohort),
        members=len(members_of(g.cohort)),
        mark=queries.attendance_of(following).get(member_id, "") if following else "",
    )


@bp.route("/c/<cohort>/when", methods=["GET", "POST"])
@access(Permission.RUN_ROUND)
def when() -> Page:
    """Let the coach say when the cohort meets."""
    found = queries.series_of(g.cohort)
    form = SeriesForm(obj=found) if found else SeriesForm(timezone=_firms_zone(g.firm))
    if form.validate_on_submit():
        try:
            series.set_series(current_actor(), g.cohort, form.draft())
        except DomainError as error:
            flash(str(error), "error")
        else:
            return back_to("home", gettext("It stands, and the huddles ahead follow it."))
    page = render_template("huddle/when.html", form=form, series=found)
    return page, 422 if form.is_submitted() else 200


@bp.post("/c/<cohort>/when/end")
@access(Permission.RUN_ROUND)
def end() -> Page:
    """End the series."""
    found = queries.series_of(g.cohort)
    if found is not None:
        series.end_series(current_actor(), found)
    return back_to("home", gettext("The huddles have ended. What was written stays."))


def _firms_zone(firm: Firm) -> str:
    return firm.timezone

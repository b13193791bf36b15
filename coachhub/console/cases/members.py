"""What moderators know of one member: cases, strikes, penalties, notes."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.console import history
from coachhub.console.cases.entrance import bp, cohorts_of
from coachhub.console.cases.forms import FOLLOWED, NoteForm
from coachhub.core import audit
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.words import gettext
from coachhub.moderation import house, queries
from coachhub.permissions import Permission


@bp.route("/members/<uuid:membership_id>", methods=["GET", "POST"])
@access(Permission.MODERATE)
def member(membership_id: UUID) -> str | Response | tuple[str, int]:
    """Show a member's history; add a note. That it was read is written down."""
    actor = current_actor()
    one = history.member_here(membership_id, cohorts_of(actor))
    form = NoteForm()
    if form.validate_on_submit():
        history.add_note(actor, one, form.text.data or "")
        db.session.commit()
        flash(gettext("Noted."), "success")
        return redirect(url_for("cases.member", membership_id=membership_id), 303)
    notes = history.notes_on(one)
    if notes:
        audit.record(
            actor, "note.shown", kind="membership", subject=one.id, label=one.name, notes=len(notes)
        )
        db.session.commit()
        one = history.member_here(membership_id, cohorts_of(actor))
        notes = history.notes_on(one)
    accuracy = queries.accuracy({one.id}).get(one.id)
    cases = history.cases_about(one.id, cohorts_of(actor))
    here = {each.case.id for each in cases}
    page = render_template(
        "console/cases/member.html",
        one=one,
        form=form,
        notes=notes,
        cases=cases,
        strikes=history.strikes_from(one.id, cohorts_of(actor)),
        penalties=[each for each in queries.penalties_of(one.id) if each.case_id in here],
        accuracy=accuracy,
        rules=house.by_code(),
        words=FOLLOWED,
        at=now(),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/members/<uuid:membership_id>/notes/<uuid:remark_id>/drop")
@access(Permission.MODERATE)
def drop_note(membership_id: UUID, remark_id: UUID) -> Response:
    """Take a note of one's own away; an admin anybody's."""
    actor = current_actor()
    one = history.member_here(membership_id, cohorts_of(actor))
    history.drop_note(actor, one, remark_id)
    db.session.commit()
    flash(gettext("Taken away."), "success")
    return redirect(url_for("cases.member", membership_id=membership_id), 303)

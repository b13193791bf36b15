"""Pages of Outcomes: thin. They read, call an operation, commit and answer."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.firms.plugins import settings_of
from coachhub.permissions import Permission
from coachhub_outcomes import operations
from coachhub_outcomes.forms import NoteForm
from coachhub_outcomes.models import Note

bp = Blueprint("outcomes", __name__, template_folder="templates")


@bp.route("/", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def notes() -> Response | tuple[str, int]:
    """Show a member's notes, and take a new one."""
    form = NoteForm()
    if form.validate_on_submit():
        operations.write_note(current_actor(), form.text.data or "")
        db.session.commit()
        flash("Kept.", "success")
        return redirect(url_for("outcomes.notes"), 303)
    mine = select(Note).where(Note.owner_id == current_actor().member_id())
    page = render_template(
        "outcomes/notes.html",
        form=form,
        notes=db.session.scalars(mine.order_by(Note.created_at.desc())).all(),
        settings=settings_of("outcomes"),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<uuid:outcomes_id>/drop")
@access(Permission.MANAGE_OWN_THINGS)
def drop(outcomes_id: UUID) -> Response:
    """Delete a note."""
    operations.drop_note(current_actor(), outcomes_id)
    db.session.commit()
    flash("Gone.", "success")
    return redirect(url_for("outcomes.notes"), 303)

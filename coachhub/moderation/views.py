"""Pages of moderation for members; the moderators' pages are in the console."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.moderation import house, joins, operations
from coachhub.moderation.forms import ReportForm
from coachhub.moderation.hooks import find_reportable
from coachhub.permissions import Permission

bp = Blueprint("moderation", __name__, url_prefix="/f/<firm>")
JOINED = joins.export  # it listens once this module is loaded


@bp.route("/report/<kind>/<uuid:post_id>", methods=["GET", "POST"])
@access(Permission.SEE_FIRM)
def report_form(kind: str, post_id: UUID) -> str | Response | tuple[str, int]:
    """Let a member say that something is wrong with a post."""
    thing = find_reportable(kind, post_id)
    if thing is None:
        raise NotFoundError
    form = ReportForm()
    if form.validate_on_submit():
        operations.report(current_actor(), kind, post_id, form.reason.data, form.note.data or "")
        db.session.commit()
        flash("Thank you. A moderator looks at it, and you will hear what they decide.", "success")
        return redirect(thing.url, 303)
    notes = {rule.code: rule.meaning for rule in house.rules()}
    page = render_template("moderation/report.html", form=form, thing=thing, notes=notes)
    return page, 422 if request.method == "POST" else 200


@bp.get("/house-rules")
@access(Permission.SEE_FIRM)
def house_rules() -> str:
    """Show everybody the rules of the house, and how they are kept."""
    return render_template("moderation/house_rules.html", rules=house.rules(), hours=house.hours())

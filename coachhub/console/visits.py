"""Who of CoachHub's staff is in the firm, and who was: for the firm's admins."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.firms import visits
from coachhub.permissions import Permission

bp = Blueprint("visits", __name__, url_prefix="/f/<firm>/console/visits")


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> str:
    """List the visits with their reasons, and how many pages were opened in each."""
    return render_template("console/visits.html", visits=visits.visits())


@bp.post("/<uuid:visit_id>/end")
@access(Permission.ADMINISTER)
def end(visit_id: UUID) -> Response:
    """Show a visitor out."""
    visits.end(current_actor(), visits.find(visit_id))
    db.session.commit()
    flash(gettext("They are out."), "success")
    return redirect(url_for("visits.index"), 303)

"""A member's page about their own data."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.permissions import Permission
from coachhub.privacy import export

bp = Blueprint("privacy", __name__)


@bp.get("/f/<firm>/your-data")
@access(Permission.MANAGE_OWN_THINGS)
def your_data() -> str:
    """Say what is held about whoever looks, and how to take it away."""
    return render_template("privacy/your_data.html", sections=export.sections_of(g.membership))


@bp.post("/f/<firm>/your-data/take-away")
@access(Permission.MANAGE_OWN_THINGS)
def take_away() -> Response:
    """Hand over everything as one file; it is made for this answer and kept nowhere."""
    packed = export.take_away(current_actor(), g.membership)
    db.session.commit()
    return Response(
        packed,
        mimetype="application/zip",
        headers={"Content-Disposition": 'attachment; filename="your-data.zip"'},
    )

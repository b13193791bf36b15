"""The blueprint that the workshop's pages share, with its own style sheet and script."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint
from werkzeug.wrappers import Response

from coachhub.core.access import access
from coachhub.permissions import Permission
from coachhub_pitch import reading

bp = Blueprint("pitch", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]
_STATIC = Path(__file__).parent.parent / "static"

bp.add_app_template_filter(reading.spoken, "pitch_spoken")


@bp.get("/pitch.css")
@access(Permission.SEE_FIRM)
def sheet() -> Response:
    """Give the style sheet of these pages."""
    return Response((_STATIC / "pitch.css").read_bytes(), mimetype="text/css")


@bp.get("/pitch.js")
@access(Permission.SEE_FIRM)
def script() -> Response:
    """Give the script of these pages; all of them work without it."""
    return Response((_STATIC / "pitch.js").read_bytes(), mimetype="text/javascript")

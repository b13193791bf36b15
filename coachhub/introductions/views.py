"""Pages of the introductions room."""

from __future__ import annotations

from flask import Blueprint

from coachhub.introductions import life  # noqa: F401 - its rows belong to the app

bp = Blueprint("introductions", __name__, url_prefix="/f/<firm>")

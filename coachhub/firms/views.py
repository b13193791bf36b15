"""Pages of the firms room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("firms", __name__, url_prefix="/f/<firm>")

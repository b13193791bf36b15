"""Pages of the companies room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("companies", __name__, url_prefix="/f/<firm>")

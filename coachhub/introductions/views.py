"""Pages of the introductions room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("introductions", __name__, url_prefix="/f/<firm>")

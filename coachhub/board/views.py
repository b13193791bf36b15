"""Pages of the board room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("board", __name__, url_prefix="/f/<firm>/c/<cohort>")

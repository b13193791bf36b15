"""Pages of the console room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("console", __name__, url_prefix="/f/<firm>/console")

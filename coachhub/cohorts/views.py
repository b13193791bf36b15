"""Pages of the cohorts room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cohorts", __name__, url_prefix="/f/<firm>")

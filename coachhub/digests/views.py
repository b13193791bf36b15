"""Pages of the digests room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("digests", __name__, url_prefix="/f/<firm>")

"""Pages of the contacts room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("contacts", __name__, url_prefix="/f/<firm>/contacts")

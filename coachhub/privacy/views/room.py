"""The blueprint that all pages of the privacy room are on."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("privacy", __name__)
Page = str | Response | tuple[str, int]

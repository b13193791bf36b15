"""The blueprint that the pages of progress updates share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("progress", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]

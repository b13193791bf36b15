"""The blueprint that the board's pages share, and what they have in common."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from coachhub.core.addresses import url_for

bp = Blueprint("board", __name__, url_prefix="/f/<firm>/c/<cohort>")
Page = str | Response | tuple[str, int]


@bp.app_template_global()
def help_url(kind: str, post_id: UUID) -> str | None:
    """Return where "I can help" is sent for an ask, target or lead."""
    return _if_there("introductions.help_with", kind, post_id)


@bp.app_template_global()
def report_url(kind: str, post_id: UUID) -> str | None:
    """Return where a post is reported to the moderators."""
    return _if_there("moderation.report_form", kind, post_id)


def _if_there(endpoint: str, kind: str, post_id: UUID) -> str | None:
    # The rooms above the board are not known to it; a page may be missing in a smaller house.
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, kind=kind, post_id=post_id)

"""The room's blueprint, and what its pages share."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.introductions.retold import retold

bp = Blueprint("introductions", __name__, url_prefix="/f/<firm>")
bp.add_app_template_filter(retold)
Page = str | Response | tuple[str, int]


def back_to(introduction_id: UUID, said: str = "") -> Response:
    """Commit, say what happened, and lead back to the introduction."""
    db.session.commit()
    if said:
        flash(said, "success")
    return redirect(url_for("introductions.one", introduction_id=introduction_id), 303)


def already(error: DomainError, introduction_id: UUID) -> Response:
    """Undo, say kindly why nothing was changed, and lead back to the introduction."""
    db.session.rollback()
    flash(str(error), "info")
    return redirect(url_for("introductions.one", introduction_id=introduction_id), 303)

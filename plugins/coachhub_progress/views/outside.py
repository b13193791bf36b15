"""For the readers of updates: one page, one button, no more of them."""

from __future__ import annotations

from flask import render_template

from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.forms import csrf
from coachhub.core.limits import limiter
from coachhub.permissions import Permission
from coachhub_progress import operations
from coachhub_progress.views.blueprint import bp


@bp.get("/leave/<token>")
@access(Permission.OPEN_LINK)
@limiter.limit("30 per minute")
def leave(token: str) -> str:
    """Ask once more; nothing happens by opening the page."""
    operations.by_token(token)
    return render_template("progress/leave.html", token=token)


@bp.post("/leave/<token>/now")
@access(Permission.OPEN_LINK)
@csrf.exempt  # type: ignore[untyped-decorator]  # flask-wtf ships no types
@limiter.limit("30 per minute")
def leave_at_once(token: str) -> str:
    """End the updates, by the page's button or a mail program's one click (RFC 8058)."""
    operations.stop(operations.by_token(token))
    db.session.commit()
    return render_template("progress/left.html")

"""Pages of the digests room: when I want it, what the next one says, and how to end it."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.core.access import access
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.forms import csrf
from coachhub.core.tokens import hashed
from coachhub.digests import jobs
from coachhub.digests.forms import DigestForm
from coachhub.digests.models import DigestPreference
from coachhub.digests.operations import FIRST_LOOK_BACK, preference_of
from coachhub.digests.sections import items_for
from coachhub.permissions import Permission

bp = Blueprint("digests", __name__, url_prefix="/f/<firm>/digest")
Page = str | Response | tuple[str, int]
JOBS = (jobs.write_due,)  # what this room does by the clock


@bp.route("/", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def settings() -> Page:
    """Let a member choose how often, when and where their clock stands."""
    preference = preference_of(g.membership, current_app.config["SECRET_KEY"])
    form = DigestForm(obj=preference)
    if form.validate_on_submit():
        form.populate_obj(preference)
        db.session.commit()
        flash("Saved. The next digest follows it.", "success")
        return redirect(url_for("digests.settings"), 303)
    items = items_for(g.membership, now() - FIRST_LOOK_BACK)
    page = render_template("digests/settings.html", form=form, items=items)
    return page, 422 if form.is_submitted() else 200


@bp.get("/leave/<token>")
@access(Permission.OPEN_LINK)
def leave(token: str) -> str:
    """Ask once more before the digests end; nothing happens by opening the page."""
    preference = _behind(token)
    return render_template("digests/leave.html", preference=preference, token=token)


@bp.post("/leave/<token>/now")
@access(Permission.OPEN_LINK)
@csrf.exempt  # type: ignore[untyped-decorator]  # flask-wtf ships no types
def leave_at_once(token: str) -> Page:
    """End the digests, by the page's button or a mail program's one click (RFC 8058)."""
    _behind(token).cadence = "off"
    db.session.commit()
    return render_template("digests/left.html")


def _behind(token: str) -> DigestPreference:
    found = db.session.scalar(
        select(DigestPreference).where(DigestPreference.leave_token_hash == hashed(token))
    )
    if found is None:
        raise NotFoundError
    return found

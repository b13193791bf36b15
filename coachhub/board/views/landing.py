"""The page on which a member says that they found work, and takes it back."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from coachhub.board import landing
from coachhub.board.forms import LandingForm
from coachhub.board.views.blueprint import Page
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.forms import choices
from coachhub.core.words import gettext, lazy_gettext
from coachhub.permissions import Permission

bp = Blueprint("landing", __name__, url_prefix="/f/<firm>")


@bp.route("/found-work", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def found_work() -> Page:
    """Take a member's word that they found work; once they said so, show what follows."""
    actor = current_actor()
    member = landing.seeker(actor)
    targets = landing.target_names(landing.open_targets([member.id]))
    form = LandingForm()
    form.target.choices = choices([("", lazy_gettext("No, or I would rather not say")), *targets])
    if request.method == "GET":
        form.landed_on.data = now().date()
        asked = request.args.get("target", "")
        form.target.data = asked if asked in {str(one) for one, _name in targets} else ""
    if not targets:
        form.close.data = "keep"
    if form.validate_on_submit():
        try:
            landing.land(actor, form.landing())
        except DomainError as error:
            db.session.rollback()
            form.landed_on.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("That is wonderful news. Well done."), "success")
            return redirect(url_for("landing.found_work"), 303)
    page = render_template(
        "board/found_work.html", form=form, member=g.membership, targets=bool(targets)
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/found-work/take-back")
@access(Permission.MANAGE_OWN_THINGS)
def take_back() -> Page:
    """Take it back: the member looks for work after all."""
    landing.take_back(current_actor())
    db.session.commit()
    flash(gettext("Taken back. Rounds look for what you need again."), "info")
    return redirect(url_for("landing.found_work"), 303)

"""A member's pages about their own data: what is held, taking it away, erasing, who looked."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.core import audit
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub.privacy import export, readings, wishes
from coachhub.privacy.forms import EraseForm, TimeForm
from coachhub.privacy.views.room import Page, bp


@bp.get("/f/<firm>/your-data")
@access(Permission.MANAGE_OWN_THINGS)
def your_data() -> str:
    """Say what is held about whoever looks, and how to take it away."""
    return render_template(
        "privacy/your_data.html",
        sections=export.sections_of(g.membership),
        wish=wishes.wish_of(g.membership),
    )


@bp.post("/f/<firm>/your-data/take-away")
@access(Permission.MANAGE_OWN_THINGS)
def take_away() -> Response:
    """Hand over everything as one file; it is made for this answer and kept nowhere."""
    packed = export.take_away(current_actor(), g.membership)
    db.session.commit()
    return Response(
        packed,
        mimetype="application/zip",
        headers={"Content-Disposition": 'attachment; filename="your-data.zip"'},
    )


@bp.route("/f/<firm>/your-data/erase", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def erase() -> Page:
    """Say what happens when one is erased, and take the wish."""
    form = EraseForm()
    if form.validate_on_submit():
        try:
            wishes.ask(
                current_actor(),
                g.membership,
                form.name.data or "",
                from_books=form.from_books.data,
            )
        except DomainError as error:
            db.session.rollback()
            form.name.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("We heard you. Until then you can change your mind here."), "success")
            return redirect(url_for(".erase"), 303)
    page = render_template("privacy/erase.html", form=form, wish=wishes.wish_of(g.membership))
    return page, 422 if form.is_submitted() else 200


@bp.post("/f/<firm>/your-data/keep")
@access(Permission.MANAGE_OWN_THINGS)
def keep() -> Page:
    """Take the wish back."""
    wishes.take_back(current_actor(), g.membership)
    db.session.commit()
    flash(gettext("Everything stays as it was. Good to have you here."), "success")
    return redirect(url_for(".your_data"), 303)


@bp.get("/f/<firm>/your-data/who-looked")
@access(Permission.MANAGE_OWN_THINGS)
def who_looked() -> Page:
    """Show who looked at what of one's own, and when."""
    form = TimeForm(request.args)
    good = form.validate()
    query = audit.readings_of(
        g.membership.id,
        since=form.since.data if good else None,
        until=form.until.data if good else None,
    )
    pages = db.paginate(query, per_page=50, error_out=False)
    page = render_template(
        "privacy/who_looked.html",
        form=form,
        pages=pages,
        rows=[readings.told(one) for one in pages.items],
        asked={name: value for name, value in request.args.items() if name in {"since", "until"}},
    )
    return page if good else (page, 422)

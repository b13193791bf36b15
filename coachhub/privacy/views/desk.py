"""The firm admin's pages: erasing a member who asks, and strangers known by name alone."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.firms.operations import membership_of
from coachhub.permissions import Permission
from coachhub.privacy import retention, strangers, wishes
from coachhub.privacy.forms import EraseForm, NameForm, retention_form
from coachhub.privacy.views.room import Page, bp


def _member(membership_id: UUID) -> Membership:
    found = membership_of(membership_id)
    if found is None or found.erased_at is not None:
        raise NotFoundError
    return found


@bp.route("/f/<firm>/console/people/<uuid:membership_id>/erase", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def erase_member(membership_id: UUID) -> Page:
    """Say what happens when a member is erased, and take their wish for them."""
    member, form = _member(membership_id), EraseForm()
    if form.validate_on_submit():
        try:
            wishes.ask(current_actor(), member, form.name.data or "")
        except DomainError as error:
            db.session.rollback()
            form.name.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("It is on its way. Until then it can be taken back here."), "success")
            return redirect(url_for(".erase_member", membership_id=membership_id), 303)
    page = render_template(
        "privacy/erase_member.html", form=form, one=member, wish=wishes.wish_of(member)
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/f/<firm>/console/people/<uuid:membership_id>/keep")
@access(Permission.ADMINISTER)
def keep_member(membership_id: UUID) -> Page:
    """Take the wish back."""
    wishes.take_back(current_actor(), _member(membership_id))
    db.session.commit()
    flash(gettext("Everything stays as it was."), "success")
    return redirect(url_for(".erase_member", membership_id=membership_id), 303)


@bp.route("/f/<firm>/console/strangers", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def forget_name() -> Page:
    """Forget somebody outside whom address books know by name and company."""
    form = NameForm()
    if form.validate_on_submit():
        try:
            strangers.forget_name(current_actor(), form.name.data or "", form.company.data or "")
        except DomainError as error:
            db.session.rollback()
            form.company.errors = [str(error)]
        else:
            db.session.commit()
            flash(
                gettext("Whoever stands in a book that way is gone within minutes, for good."),
                "success",
            )
            return redirect(url_for(".forget_name"), 303)
    page = render_template("privacy/strangers.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/f/<firm>/console/retention", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def keep_how_long() -> Page:
    """Say how long things are kept; show what would go before it is saved."""
    form = retention_form(retention.kinds(), retention.days_of(g.firm))
    if form.is_submitted() and "look" in request.form:
        good = form.validate()
        lines = retention.preview(form.days() if good else retention.days_of(g.firm))
        page = render_template("privacy/retention.html", form=form, lines=lines, looked=good)
        return page, 200 if good else 422
    if form.validate_on_submit():
        retention.decide(current_actor(), g.firm, form.days())
        db.session.commit()
        flash(gettext("Saved. What is older goes within the hour, and then daily."), "success")
        return redirect(url_for(".keep_how_long"), 303)
    lines = retention.preview(retention.days_of(g.firm))
    page = render_template("privacy/retention.html", form=form, lines=lines, looked=False)
    return page, 422 if form.is_submitted() else 200

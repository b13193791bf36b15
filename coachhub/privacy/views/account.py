"""Erasing an account altogether: for a person, whatever firms they were in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_login import logout_user

from coachhub.accounts.freshness import show_it_is_you
from coachhub.accounts.views import signed_in
from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub.privacy import accounts
from coachhub.privacy.forms import EraseForm
from coachhub.privacy.views.room import Page, bp


@bp.route("/account/erase", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_ACCOUNT)
def erase_account() -> Page:
    """Say what goes with an account, and erase it where no firm has an active member in it."""
    person, form = signed_in(), EraseForm()
    active = accounts.active_in(person)
    if form.validate_on_submit() and not active:
        asked = show_it_is_you(person)
        if asked:
            return asked
        try:
            accounts.erase(person, form.name.data or "")
        except DomainError as error:
            db.session.rollback()
            form.name.errors = [str(error)]
        else:
            logout_user()
            db.session.commit()
            flash(gettext("Your account is gone, and everything with it."), "success")
            return redirect(url_for("security.login"), 303)
    page = render_template("privacy/erase_account.html", form=form, person=person, active=active)
    return page, 422 if form.is_submitted() else 200

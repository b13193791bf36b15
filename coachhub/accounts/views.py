"""Pages of the accounts room: how a person signs in, and what protects the account."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Blueprint,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from flask_security import logout_user
from flask_security.utils import validate_redirect_url
from werkzeug.wrappers import Response

from coachhub.accounts import letters, operations, reach, sessions, sign_ins
from coachhub.accounts.codes import MAILED_GOOD_FOR
from coachhub.accounts.forms import AboutMeForm
from coachhub.accounts.freshness import show_it_is_you
from coachhub.accounts.hooks import PLACES
from coachhub.accounts.models import Person
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.secrets import unseal
from coachhub.core.words import COOKIE, LANGUAGES, gettext, gettext_noop, in_language
from coachhub.permissions import Permission

bp = Blueprint("accounts", __name__, url_prefix="/account")
Page = str | Response | tuple[str, int]
YEAR = 365 * 24 * 60 * 60


@bp.route("/", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_ACCOUNT)
def safety() -> Page:
    """Show the ways in that a person has set up; take their name and time zone."""
    person = signed_in()
    form = AboutMeForm(obj=person)
    if form.validate_on_submit():
        operations.introduce(person, form.name.data or "", form.timezone.data, form.language.data)
        db.session.commit()
        with in_language(person.language):
            flash(gettext("Saved."), "success")
        return redirect(url_for("accounts.safety"), 303)
    places = [place for places in PLACES.call(current_actor()) for place in places]
    page = render_template(
        "accounts/safety.html",
        form=form,
        places=places,
        sign_ins=sign_ins.of(person),
        this_one=g.get("sign_in_id"),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/language")
@access(Permission.OPEN_LINK)
def read_in() -> Response:
    """Show a visitor the pages in a language, for a year in this browser."""
    chosen = request.form.get("language", "")
    back = urlsplit(request.referrer or "")
    answer = redirect(back.path if back.netloc == request.host else "/", 303)
    if chosen in LANGUAGES:
        answer.set_cookie(
            COOKIE, chosen, max_age=YEAR, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return make_response(answer)


@bp.get("/second-factor")
@access(Permission.MANAGE_OWN_ACCOUNT)
def second_factor() -> Page:
    """Ask for a second factor, or for one to be set up; lead on once there is one."""
    if sessions.is_strong():
        return redirect(sessions.onward(url_for("accounts.safety")), 303)
    by_firm = reach.only_firm() is not None
    return render_template("accounts/second_factor.html", by_firm=by_firm)


@bp.get("/own-means")
@access(Permission.MANAGE_OWN_ACCOUNT)
def own_means() -> Page:
    """Say that a firm's sign-in opens that firm alone, and offer to sign in by one's own means."""
    return render_template("accounts/own_means.html", onward=_onward())


@bp.post("/own-means")
@access(Permission.MANAGE_OWN_ACCOUNT)
def use_own_means() -> Page:
    """Sign out, and lead to the sign-in page and on from there."""
    onward = _onward()
    logout_user()
    session.clear()
    return redirect(url_for("security.login", next=onward), 303)


@bp.get("/code/<sealed>")
@access(Permission.OPEN_LINK)
def code_link(sealed: str) -> Page:
    """Show the code of a sign-in mail with one button. Opening the link signs nobody in."""
    opened = unseal(sealed, MAILED_GOOD_FOR, "sign-in code")
    if opened is None:
        return render_template("accounts/code_old.html"), 404
    if current_user.is_authenticated:
        return redirect("/")
    address, code = opened.split(" ")
    return render_template("accounts/code.html", address=address, code=code)


@bp.post("/sign-out-everywhere")
@access(Permission.MANAGE_OWN_ACCOUNT)
def sign_out_everywhere() -> Page:
    """End every session, this one too."""
    person = signed_in()
    operations.sign_out_everywhere(person)
    db.session.commit()
    logout_user()
    session.clear()
    flash(gettext("You are signed out on every device."), "success")
    return redirect(url_for("security.login"), 303)


@bp.post("/sign-ins/<uuid:sign_in_id>/end")
@access(Permission.MANAGE_OWN_ACCOUNT)
def end_sign_in(sign_in_id: UUID) -> Page:
    """End the sign-in of one device."""
    person = signed_in()
    sign_in = sign_ins.find(person, sign_in_id)
    asked = show_it_is_you(person)
    if asked:
        return asked
    sign_ins.end(sign_in)
    db.session.commit()
    flash(gettext("%(browser)s is signed out.", browser=sign_in.browser), "success")
    return redirect(url_for("accounts.safety"), 303)


@bp.post("/remove-app")
@access(Permission.MANAGE_OWN_ACCOUNT)
def remove_app() -> Page:
    """Take the authenticator app off."""
    person = signed_in()
    asked = show_it_is_you(person)
    if asked:
        return asked
    operations.remove_app(person)
    letters.tell(person, gettext_noop("The authenticator app was taken off your sign-in."))
    db.session.commit()
    flash(
        gettext("The authenticator app is no longer asked for. Its recovery codes are gone."),
        "success",
    )
    return redirect(url_for("accounts.safety"), 303)


@bp.post("/remove-passkey/<uuid:passkey_id>")
@access(Permission.MANAGE_OWN_ACCOUNT)
def remove_passkey(passkey_id: UUID) -> Page:
    """Take a passkey off."""
    person = signed_in()
    passkey = operations.find_passkey(person, passkey_id)
    asked = show_it_is_you(person)
    if asked:
        return asked
    name = passkey.name
    operations.remove_passkey(person, passkey)
    letters.tell(
        person, gettext_noop("The passkey “%(name)s” was taken off your sign-in."), name=name
    )
    db.session.commit()
    flash(gettext("The passkey “%(name)s” no longer signs you in.", name=name), "success")
    return redirect(url_for("accounts.safety"), 303)


def signed_in() -> Person:
    """Return whose page this is."""
    person: Person = current_user._get_current_object()  # noqa: SLF001 - the row behind Flask-Login's proxy
    return person


def _onward() -> str:
    """Return where somebody wants to go, if that is on this site."""
    asked = request.values.get("next", "/")
    return asked if asked.startswith("/") and validate_redirect_url(asked) else "/"

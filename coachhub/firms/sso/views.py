"""The way in by a firm's provider: from a mail address or the firm's own page, there and back."""

from __future__ import annotations

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_limiter.util import get_remote_address
from flask_security.utils import validate_redirect_url
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import EmailField
from wtforms.validators import DataRequired, Length

from coachhub.accounts import limits, reach
from coachhub.accounts.models import Person
from coachhub.accounts.operations import clean_address
from coachhub.core.access import Actor, access
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.forms import Form
from coachhub.core.limits import knock
from coachhub.core.outgoing import OutgoingError
from coachhub.core.tenancy import scope
from coachhub.core.words import gettext, lazy_gettext
from coachhub.firms.models import Firm, Membership
from coachhub.firms.sso import arrivals, domains, flow, operations
from coachhub.firms.sso.models import Provider
from coachhub.permissions import Permission

bp = Blueprint("sso", __name__)
Page = str | Response | tuple[str, int]
_KEPT = "firm_sign_in"


class WhereForm(Form):
    """Whose sign-in somebody wants to use: told by the domain of their address alone."""

    address = EmailField(
        lazy_gettext("Mail address"),
        [
            DataRequired(lazy_gettext("Please type the address that your firm gave you.")),
            Length(max=254),
        ],
        render_kw={"autocomplete": "username"},
    )


@bp.route("/account/firm", methods=["GET", "POST"])
@access(Permission.OPEN_LINK)
def find() -> Page:
    """Ask for a mail address, and lead to the provider of its domain's firm."""
    form = WhereForm()
    if not form.validate_on_submit():
        page = render_template("sso/find.html", form=form)
        return page, 422 if form.is_submitted() else 200
    knock(limits.SIGN_IN_FROM_ADDRESS, "firm sign-in from", get_remote_address())
    try:
        address = clean_address(form.address.data or "")
    except DomainError as error:
        form.address.errors = [str(error)]
        return render_template("sso/find.html", form=form), 422
    firm = domains.firm_of(address)
    if firm is None:
        domain = domains.domain_of(address)
        form.address.errors = [
            gettext(
                "No firm here has a sign-in for addresses at %(domain)s. Please sign in another"
                " way.",
                domain=domain,
            )
        ]
        return render_template("sso/find.html", form=form), 422
    with scope(firm.id):
        return leave(firm, operations.provider_of_firm(), hint=address)


@bp.route("/f/<firm>/sign-in/", methods=["GET", "POST"])
@access(Permission.OPEN_LINK)
def begin() -> Page:
    """Lead to the firm's provider, at the press of a button."""
    provider = _provider()
    if request.method == "GET":
        return render_template("sso/begin.html", onward=_onward())
    knock(limits.SIGN_IN_FROM_ADDRESS, "firm sign-in from", get_remote_address())
    return leave(g.firm, provider)


@bp.get("/f/<firm>/sign-in/back")
@access(Permission.OPEN_LINK)
def back() -> Page:
    """Take what the provider says, and sign in whoever it shows; or say why not."""
    provider = operations.provider_of_firm()
    if provider is None:
        raise _as_if_nowhere()
    knock(limits.SIGN_IN_FROM_ADDRESS, "firm sign-in from", get_remote_address())
    try:
        return _came_back(provider)
    except (flow.SignInError, OutgoingError) as error:
        db.session.rollback()
        page = render_template("sso/refused.html", why=str(error), firm=_firm())
        return page, error.status
    except IntegrityError:
        # Two at once made the same link: the other one did it.
        db.session.rollback()
        return render_template("sso/refused.html", why=flow.NOT_SHOWN, firm=_firm()), 409


def leave(
    firm: Firm,
    provider: Provider | None,
    hint: str = "",
    trying: str = "",
    onward: str = "",
) -> Page:
    """Send a browser to the firm's provider; what it must bring back is kept in the browser.

    By a page, not a redirect: our own policy forbids forms to lead elsewhere.
    """
    if provider is None:
        raise NotFoundError
    try:
        address, kept = flow.begin(provider, hint, onward or _onward(), trying)
    except OutgoingError as error:
        current_app.logger.warning("The provider of firm %s: %s", firm.id, error)
        why = gettext(
            "Your firm's sign-in does not answer at the moment. Please try again in a while."
        )
        return render_template("sso/refused.html", why=why, firm=firm), 503
    session[_KEPT] = kept
    answer = make_response(render_template("sso/onward.html", address=address, firm=firm))
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


def _came_back(provider: Provider) -> Page:
    begun = flow.begun_before(session.pop(_KEPT, ""), provider, request.args)
    if "error" in request.args or not request.args.get("code"):
        raise flow.SignInError(gettext("Your firm's sign-in was broken off. You can begin again."))
    if g.firm.single_sign_on == "off" and not begun.trying:
        raise _as_if_nowhere()
    told = flow.told(provider, begun, request.args["code"])
    if begun.trying:
        return _tried(provider, begun, told)
    membership = arrivals.arrive(provider, told)
    person = db.session.get_one(Person, membership.person_id)
    strong = operations.second_factor_counts(provider, told)
    firm_id, home = g.firm.id, url_for("firms.home", firm=g.firm.slug)
    db.session.commit()
    reach.came_by_firm(person, firm_id, strong=strong)
    return redirect(begun.onward or home, 303)


def _tried(provider: Provider, begun: flow.Begun, told: flow.Told) -> Page:
    """End a try: whoever began it is still signed in, as an admin, and has come back as such."""
    membership: Membership | None = g.membership
    if membership is None or str(membership.id) != begun.trying or membership.role != "admin":
        raise flow.SignInError(flow.STALE)
    arrivals.shown_by(provider, told, membership)
    actor = Actor(
        label=membership.name, person_id=membership.person_id, membership_id=membership.id
    )
    operations.note_try(actor, provider, told)
    db.session.commit()
    flash(gettext("It works: your provider knows you. You can switch it on now."), "success")
    return redirect(begun.onward or "/", 303)


def _firm() -> Firm | None:
    # After a rollback the row of the request is read anew.
    found: Firm | None = g.get("firm")
    return found


def _provider() -> Provider:
    provider = operations.provider_of_firm()
    if provider is None or g.firm.single_sign_on == "off":
        raise _as_if_nowhere()
    return provider


def _as_if_nowhere() -> NotFoundError:
    """Return the answer that no firm at all would give: its page must not name this one."""
    g.firm = None
    return NotFoundError()


def _onward() -> str:
    """Return where to go on afterwards, if that is on this site."""
    asked = request.values.get("next", "")
    return asked if asked.startswith("/") and validate_redirect_url(asked) else ""

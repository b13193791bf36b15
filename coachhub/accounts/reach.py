"""How far a sign-in reaches: everywhere by one's own means, one firm by that firm's provider.

Whoever runs a firm's provider can make it say that anybody is there. So what it says opens that
firm and nothing else: no other firm, and none of the pages on which one could take the account
over (password, passkeys, address). Those ask for the person's own means first.
"""

from __future__ import annotations

from uuid import UUID

from flask import current_app, redirect, request, session, url_for
from flask_login import current_user
from flask_security import login_user, logout_user
from werkzeug.wrappers import Response

from coachhub.accounts.models import Person
from coachhub.core.access import permission_of
from coachhub.permissions import Permission

_ONLY, _SHOWN = "only_firm", "by_firm"
# What a sign-in that opens one firm may do with the account.
_ALLOWED = frozenset(
    {
        "accounts.own_means",
        "accounts.second_factor",
        "accounts.use_own_means",
        "security.logout",
        "security.static",
        "security.wan_verify",
        "security.wan_verify_response",
    }
)
_ACCOUNT = frozenset({Permission.MANAGE_OWN_ACCOUNT, Permission.RUN_PLATFORM})


def only_firm() -> UUID | None:
    """Return the one firm that this sign-in opens; None where it opens all of the person's."""
    found = session.get(_ONLY)
    return UUID(found) if found else None


def shown_to(firm_id: UUID) -> bool:
    """Say whether this sign-in has come by a firm's own provider."""
    return str(firm_id) in session.get(_SHOWN, {})


def strong_for(firm_id: UUID) -> bool:
    """Say whether the firm's provider asked for a second factor that counts in the firm."""
    return bool(session.get(_SHOWN, {}).get(str(firm_id)))


def came_by_firm(person: Person, firm_id: UUID, *, strong: bool) -> None:
    """Sign a person in for one firm, after its provider has shown who they are.

    Whoever is signed in as that person by their own means stays so, and the firm opens as well.
    """
    if current_user.is_authenticated and current_user.id == person.id and only_firm() is None:
        session[_SHOWN] = {**session.get(_SHOWN, {}), str(firm_id): strong}
        return
    if current_user.is_authenticated:
        logout_user()
    session.clear()
    login_user(person, authn_via=["firm"])
    session[_ONLY], session[_SHOWN] = str(firm_id), {str(firm_id): strong}


def is_closed() -> bool:
    """Say whether the page asked for is beyond a sign-in that opens one firm."""
    endpoint = request.endpoint or ""
    if only_firm() is None or endpoint in _ALLOWED:
        return False
    if endpoint.startswith("security."):
        return True
    return permission_of(current_app.view_functions[endpoint]) in _ACCOUNT


def ask_for_own_means() -> Response:
    """Send somebody to the page about signing in by their own means, and on from there."""
    onward = request.full_path.rstrip("?") if request.method == "GET" else "/"
    if request.endpoint == "security.login":
        onward = request.args.get("next", "/")
    return redirect(url_for("accounts.own_means", next=onward), 303)

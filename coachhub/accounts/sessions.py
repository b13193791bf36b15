"""How long a sign-in lasts, how strong it is, and what ends it.

The session lives in a signed cookie, bound to the person's `fs_uniquifier`: a new one ends every
session there is. `strong` says that this sign-in had two factors or a passkey. A sign-in that a
firm's own provider made opens that firm alone: see `reach`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask, Response, flash, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import logout_user, tf_profile_changed, user_authenticated, wan_registered
from werkzeug.wrappers import Response as AnyResponse

from coachhub.accounts import reach, sign_ins
from coachhub.accounts.models import Person
from coachhub.core.words import gettext

HOUR = 3600
NOTE_EVERY = 60  # seconds between two notes of the last click

# What protects an account can be changed only by a sign-in that passed that protection.
GUARDED = frozenset(
    {
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.wan_register",
        "security.wan_register_response",
        "security.mf_recovery_codes",
        "security.change_password",
    }
)


@dataclass(frozen=True)
class Span:
    """How long a sign-in lasts, in seconds: without a click, and in all."""

    idle: int
    whole: int


MEMBERS = Span(idle=12 * HOUR, whole=14 * 24 * HOUR)
ADMINS = Span(idle=1 * HOUR, whole=12 * HOUR)


def init_app(app: Flask) -> None:
    """Look after the sessions of an app."""
    app.before_request(check)
    sign_ins.init_app(app)
    app.after_request(_after_showing_once_more)
    # Blinker keeps weak references: these are functions of the module, which stay.
    user_authenticated.connect(_begin, app)
    tf_profile_changed.connect(_strengthen, app)
    wan_registered.connect(_strengthen, app)


def check() -> AnyResponse | None:
    """End a sign-in that is too old; ask for the second factor where it protects something."""
    if request.endpoint in {None, "static", "security.static"} or not current_user.is_authenticated:
        return None
    g.verified_before = session.get("fs_paa")
    if sign_ins.is_over():
        logout_user()
        session.clear()
        return None
    if ended_by(ADMINS if current_user.is_staff else MEMBERS):
        return None
    if reach.is_closed():
        return reach.ask_for_own_means()
    if request.endpoint in GUARDED and current_user.has_second_factor and not is_strong():
        return ask_for_second_factor()
    return None


def ended_by(span: Span) -> bool:
    """Sign out whoever was away, or has been signed in, for longer than `span`; say whether."""
    moment = time.time()
    since = session.setdefault("since", moment)
    # Asked twice for admins: both times about the click before this one.
    seen = g.setdefault("seen_before", session.setdefault("seen", moment))
    if moment - seen > span.idle or moment - since > span.whole:
        g.timed_out = True
        logout_user()
        session.clear()
        flash(
            gettext("You were away for a while, so we signed you out. Please sign in again."),
            "info",
        )
        return True
    if moment - seen > NOTE_EVERY:
        session["seen"] = moment
    return False


def is_strong(firm_id: UUID | None = None) -> bool:
    """Say whether this sign-in had a second factor or a passkey; for a firm, its own counts too."""
    return bool(session.get("strong")) or (firm_id is not None and reach.strong_for(firm_id))


def ask_for_second_factor() -> AnyResponse:
    """Send somebody to the page about the second factor, and back here afterwards."""
    session["onward"] = request.full_path.rstrip("?") if request.method == "GET" else "/account/"
    return redirect(url_for("accounts.second_factor"), 303)


def onward(default: str) -> str:
    """Return where somebody was going before they were asked for a second factor; once."""
    return str(session.pop("onward", default))


def _begin(_app: Flask, *, user: Person, authn_via: list[str] | None, **_more: Any) -> None:
    """Start afresh: nothing that was in the visitor's cookie before stays in the person's."""
    for key in list(session):
        if key != sign_ins.KEY and not key.startswith(("_", "fs_", "identity.")):
            del session[key]
    session.pop("_remember", None)
    session["since"] = session["seen"] = time.time()
    # Flask-Security names no way in after it has seen a second factor.
    session["strong"] = authn_via in (None, ["webauthn"])
    sign_ins.begin(user)


def _strengthen(_app: Flask, **_more: Any) -> None:
    session["strong"] = True


def _after_showing_once_more(response: Response) -> Response:
    if "verified_before" in g and session.get("fs_paa", g.verified_before) != g.verified_before:
        sign_ins.renew()
        # A passkey shown once more makes a sign-in by password strong; no signal tells of it.
        if request.endpoint == "security.wan_verify_response":
            session["strong"] = True
    return response

"""How often somebody may try to sign in, by account and by address.

The narrow counts hold for one account at one address, so that nobody locks another person out
from afar; the wide ones stop guessing from many addresses, or at many accounts from one. A
whole cohort behind one office address still gets in.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request, session
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits import RateLimitItem, parse

from coachhub.core.limits import knock

SIGN_IN = parse("10 per 5 minutes")
SIGN_IN_OF_ACCOUNT = parse("50 per hour")
SIGN_IN_FROM_ADDRESS = parse("100 per 5 minutes")
SECOND_FACTOR = parse("5 per 5 minutes")
MAIL_OF_ACCOUNT = parse("5 per day")
CODE_OF_ACCOUNT = parse("5 per hour")
CODES_OF_ACCOUNT = parse("15 per day")
MAIL_FROM_ADDRESS = parse("100 per day")

Count = tuple[RateLimitItem, str, str]


def init_app(app: Flask) -> None:
    """Count before every request that tries a password, a code or a passkey, or asks for mail."""
    app.before_request(count)


def count() -> None:
    """Count a try; too many end in 429, and in 503 where they cannot be counted."""
    if request.method != "POST" or request.endpoint is None:
        return
    counts = DOORS.get(request.endpoint)
    if counts is not None:
        for limit, door, who in counts():
            knock(limit, door, who)


def typed_account() -> str:
    """Return whose account it is about: who is signed in, is half-way in, or is typed."""
    if current_user.is_authenticated:
        return str(current_user.email)
    typed = request.form.get("email") or request.form.get("identity")
    if typed is None and request.is_json:
        body = request.get_json(silent=True)
        given = body if isinstance(body, dict) else {}
        typed = str(given.get("email") or given.get("identity") or "")
    return (typed or "").strip().casefold()


def _sign_in() -> list[Count]:
    account, address = typed_account(), get_remote_address()
    return [
        (SIGN_IN, "sign-in", f"{account} {address}"),
        (SIGN_IN_OF_ACCOUNT, "sign-in", account),
        (SIGN_IN_FROM_ADDRESS, "sign-in from", address),
    ]


def _passkey() -> list[Count]:
    return [(SIGN_IN_FROM_ADDRESS, "passkey from", get_remote_address())]


def _second_factor() -> list[Count]:
    who = current_user.fs_uniquifier if current_user.is_authenticated else session.get("tf_user_id")
    return [(SECOND_FACTOR, "second factor", who or get_remote_address())]


def _forgotten() -> list[Count]:
    return [
        (MAIL_OF_ACCOUNT, "forgotten", typed_account()),
        (MAIL_FROM_ADDRESS, "forgotten from", get_remote_address()),
    ]


def _code() -> list[Count]:
    return [
        (CODE_OF_ACCOUNT, "code", typed_account()),
        (CODES_OF_ACCOUNT, "code", typed_account()),
        (MAIL_FROM_ADDRESS, "code from", get_remote_address()),
    ]


DOORS: dict[str, Callable[[], list[Count]]] = {
    "security.login": _sign_in,
    "security.us_signin": _sign_in,
    "security.us_verify": _sign_in,
    "security.change_password": _sign_in,
    "security.wan_signin_response": _passkey,
    "security.wan_verify_response": _passkey,
    "security.two_factor_token_validation": _second_factor,
    "security.two_factor_setup_validate": _second_factor,
    "security.mf_recovery": _second_factor,
    "security.forgot_password": _forgotten,
    "security.us_signin_send_code": _code,
    "security.us_verify_send_code": _code,
}

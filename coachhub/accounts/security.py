"""Sign-in, by Flask-Security: what is switched on, and how it fits the outbox and the layouts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, request
from flask_login import current_user
from flask_security import Security
from flask_security.core import RoleMixin

from coachhub.accounts import forms, journal, letters, limits, sessions
from coachhub.accounts.codes import MAILED_GOOD_FOR, Codes, People
from coachhub.accounts.models import Passkey, Person
from coachhub.accounts.passkeys import PasskeyRules
from coachhub.accounts.password_rules import FORM, PasswordRules
from coachhub.accounts.sentences import SENTENCES
from coachhub.core import paths
from coachhub.core.access import open_to_all
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.links import absolute
from coachhub.core.words import gettext_noop
from coachhub.mail.account_mail import AccountMailer

SETTINGS: dict[str, object] = {
    "SECURITY_BLUEPRINT_NAME": "security",
    "SECURITY_URL_PREFIX": "/account",
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_LENGTH_MIN": 15,
    # Signing in must read a password in the form in which `PasswordRules` has it hashed.
    "SECURITY_PASSWORD_NORMALIZE_FORM": FORM,
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_REGISTERABLE": False,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    # Its sentences are ours, so their translations are, too.
    "SECURITY_I18N_DOMAIN": "messages",
    "SECURITY_I18N_DIRNAME": [str(paths.translations() / "accounts")],
    "SECURITY_TRACKABLE": False,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_DATETIME_FACTORY": now,
    "SECURITY_UNIFIED_SIGNIN": True,
    "SECURITY_US_ENABLED_METHODS": ["password", "email"],
    "SECURITY_US_TOKEN_VALIDITY": MAILED_GOOD_FOR,
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 60,
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": ".mf_recovery_codes",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "SECURITY_WEBAUTHN": True,
    "SECURITY_WAN_RP_NAME": "CoachHub",
    "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": True,
    "SECURITY_WAN_ALLOW_USER_HINTS": False,
    "SECURITY_WAN_SIGNIN_WITHIN": timedelta(minutes=5),
    "SECURITY_WAN_NAME_ALLOWED_CHARS": None,
    "SECURITY_WAN_POST_REGISTER_VIEW": "/account/",
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_POST_CHANGE_VIEW": "/account/",
    "SECURITY_POST_VERIFY_VIEW": "/account/",
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=1),
    "SECURITY_FRESHNESS": timedelta(minutes=30),
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
    "SECURITY_TOTP_ISSUER": "CoachHub",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": gettext_noop("Your CoachHub password is new"),
    "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": gettext_noop("Your CoachHub password is new"),
}

# What of Flask-Security's pages we use. Its `us_verify_link` would sign in on opening a link.
OPEN = (
    "static",
    "login",
    "logout",
    "us_signin",
    "us_signin_send_code",
    "us_verify",
    "us_verify_send_code",
    "forgot_password",
    "reset_password",
    "change_password",
    "two_factor_setup",
    "two_factor_setup_validate",
    "two_factor_token_validation",
    "mf_recovery_codes",
    "mf_recovery",
    "wan_register",
    "wan_register_response",
    "wan_signin",
    "wan_signin_response",
    "wan_verify",
    "wan_verify_response",
)


def init_app(app: Flask) -> Security:
    """Give the app its sign-in pages under ``/account/``."""
    for name, value in (SETTINGS | SENTENCES).items():
        app.config.setdefault(name, value)
    config = app.extensions["coachhub.config"]
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    app.config.setdefault("SECURITY_TOTP_SECRETS", {"1": app.config["SECRET_KEY"]})
    app.config.setdefault("SECURITY_EMAIL_SENDER", app.config["MAIL_DEFAULT_SENDER"])
    keys = [key.encode() for key in config.encryption_keys.split()]
    app.config.setdefault("SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS", keys)
    security = Security(
        app,
        People(db, Person, RoleMixin, webauthn_model=Passkey),
        mail_util_cls=AccountMailer,
        password_util_cls=PasswordRules,
        totp_cls=Codes,
        webauthn_util_cls=PasskeyRules,
        login_form=forms.SignInForm,
        us_signin_form=forms.CodeForm,
        us_verify_form=forms.ItsYouForm,
        change_password_form=forms.NewPasswordForm,
        forgot_password_form=forms.ForgottenForm,
        reset_password_form=forms.ForgottenPasswordForm,
        two_factor_setup_form=forms.AppForm,
        two_factor_rescue_form=forms.RescueForm,
        mf_recovery_form=forms.RecoveryCodeForm,
        wan_register_form=forms.PasskeyForm,
    )
    security.mail_context_processor(_for_mails)
    # Flask-Security would also take a token without end, from a header or from the address.
    app.login_manager.request_loader(_nobody)  # type: ignore[attr-defined]  # Flask-Login's
    for endpoint in app.view_functions:
        name = endpoint.removeprefix("security.")
        if name != endpoint and name not in OPEN:
            app.view_functions[endpoint] = _closed
    open_to_all(app, "static", blueprint="security")
    sessions.init_app(app)
    letters.init_app(app)
    limits.init_app(app)
    journal.init_app(app)
    app.after_request(_commit)
    return security


def language() -> str:
    """Return the language that whoever is signed in has chosen; nothing for nobody."""
    return str(getattr(current_user, "language", ""))


def _nobody(_request: Request) -> None:
    """Sign nobody in by anything but the session."""


def _closed(**_arguments: str) -> Response:
    raise NotFoundError


def _for_mails() -> dict[str, Any]:
    return {"absolute": absolute}


def _commit(response: Response) -> Response:
    # Flask-Security does not commit where it only sends a mail; ours are asked for with the
    # commit.
    if request.method == "POST" and request.blueprint == "security" and response.status_code < 400:  # noqa: PLR2004 - an error
        db.session.commit()
    return response

"""Sign-in, by Flask-Security: what is switched on, and how it fits the outbox and the layouts."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.core import RoleMixin

from coachhub.accounts.models import Passkey, Person
from coachhub.accounts.password_rules import PasswordRules
from coachhub.core.access import open_to_all
from coachhub.core.db import db
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
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_REGISTERABLE": False,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_TRACKABLE": False,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_UNIFIED_SIGNIN": True,
    "SECURITY_US_ENABLED_METHODS": ["password", "email"],
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_WEBAUTHN": True,
    "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_POST_LOGIN_VIEW": "/",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=1),
    "SECURITY_FRESHNESS": timedelta(minutes=30),
    "SECURITY_TOTP_ISSUER": "CoachHub",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password for CoachHub",
}


def init_app(app: Flask) -> Security:
    """Give the app its sign-in pages under ``/account/``."""
    for name, value in SETTINGS.items():
        app.config.setdefault(name, value)
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    app.config.setdefault("SECURITY_TOTP_SECRETS", {"1": app.config["SECRET_KEY"]})
    app.config.setdefault("SECURITY_EMAIL_SENDER", app.config["MAIL_DEFAULT_SENDER"])
    store = SQLAlchemyUserDatastore(db, Person, RoleMixin, webauthn_model=Passkey)
    security = Security(app, store, mail_util_cls=AccountMailer, password_util_cls=PasswordRules)
    open_to_all(app, "static", blueprint="security")
    return security

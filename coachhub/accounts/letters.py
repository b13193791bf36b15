"""Mails that tell a person what has changed about their sign-in."""

from __future__ import annotations

from typing import Any

import css_inline
from flask import Flask, render_template
from flask_security import tf_profile_changed, wan_registered

from coachhub.accounts.models import Person
from coachhub.core.links import absolute
from coachhub.core.secrets import seal
from coachhub.mail.outbox import queue_account_mail


def init_app(app: Flask) -> None:
    """Write a mail whenever something that protects an account is new."""
    tf_profile_changed.connect(_app_added, app)
    wan_registered.connect(_passkey_added, app)


def tell(person: Person, what: str) -> None:
    """Write to a person that `what`, a sentence, has just happened to their account."""
    folder = "security/email/safety_notice"
    context = {"what": what, "reset_url": absolute("security.forgot_password")}
    html = render_template(f"{folder}.html", **context)
    queue_account_mail(
        "safety_notice",
        "Your CoachHub sign-in has changed",
        person.email,
        render_template(f"{folder}.txt", **context),
        css_inline.inline(html, load_remote_stylesheets=False),
    )


def sign_in_link(person: Person, code: str) -> str:
    """Return the link to the page with the code filled in; it names nobody."""
    return absolute("accounts.code_link", sealed=seal(f"{person.email} {code}"))


def _app_added(_app: Flask, *, user: Person, **_more: Any) -> None:
    tell(user, "An authenticator app was added to your sign-in.")


def _passkey_added(_app: Flask, *, user: Person, name: str, **_more: Any) -> None:
    tell(user, f"The passkey “{name}” was added to your sign-in.")

"""Mails that tell a person what has changed about their sign-in."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template
from flask_security import tf_profile_changed, wan_registered
from flask_security.recoverable import generate_reset_password_token

from coachhub.accounts.models import Person
from coachhub.core.links import absolute
from coachhub.core.secrets import seal
from coachhub.core.words import gettext, gettext_noop, in_language
from coachhub.mail.outbox import queue_account_mail


def init_app(app: Flask) -> None:
    """Write a mail whenever something that protects an account is new."""
    tf_profile_changed.connect(_app_added, app)
    wan_registered.connect(_passkey_added, app)


def tell(person: Person, what: str, **values: object) -> None:
    """Write to a person what has just happened to their account.

    `what` is a sentence as it stands in the catalogues, said in their language with `values`.
    """
    with in_language(person.language):
        said = gettext(what, **values)
    reset_url = absolute("security.forgot_password")
    subject = gettext_noop("Your CoachHub sign-in has changed")
    _queue("safety_notice", subject, person, what=said, reset_url=reset_url)


def send_code(person: Person, code: str) -> None:
    """Write a sign-in code to a person, with a link that names nobody and signs nobody in."""
    url = absolute(
        "accounts.code_link", sealed=seal(f"{person.email} {code}", gettext_noop("sign-in code"))
    )
    spaced = f"{code[:4]} {code[4:]}"
    _queue(
        "sign_in_code", gettext_noop("Your sign-in code for CoachHub"), person, code=spaced, url=url
    )


def send_reset(person: Person) -> None:
    """Write to a person the link to the page where they choose a new password."""
    url = absolute("security.reset_password", token=generate_reset_password_token(person))  # type: ignore[no-untyped-call]
    _queue(
        "reset_instructions", gettext_noop("Choose a new password for CoachHub"), person, url=url
    )


def send_new_address(person: Person, wanted: str, url: str) -> None:
    """Write to the address that a person wants to change to; `url` is the page with the button."""
    _queue("new_address", gettext_noop("Your new address at CoachHub"), person, to=wanted, url=url)


def _queue(kind: str, subject: str, person: Person, to: str = "", **context: Any) -> None:
    folder = f"security/email/{kind}"
    with in_language(person.language):
        html = render_template(f"{folder}.html", **context)
        text = render_template(f"{folder}.txt", **context)
        queue_account_mail(kind, gettext(subject), to or person.email, text, html)


def _app_added(_app: Flask, *, user: Person, **_more: Any) -> None:
    tell(user, gettext_noop("An authenticator app was added to your sign-in."))


def _passkey_added(_app: Flask, *, user: Person, name: str, **_more: Any) -> None:
    tell(user, gettext_noop("The passkey “%(name)s” was added to your sign-in."), name=name)

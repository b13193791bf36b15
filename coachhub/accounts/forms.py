"""Forms of sign-in and of the page about it. Flask-Security's own, without what we do not offer."""

from __future__ import annotations

import contextlib
import re
from typing import Any, cast
from zoneinfo import available_timezones

from flask import flash
from flask_login import current_user
from flask_security import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    MfRecoveryForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    UnifiedSigninForm,
    UnifiedVerifyForm,
    WebAuthnRegisterForm,
)
from flask_security.forms import IsStringOrInt
from flask_security.utils import validate_redirect_url
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from coachhub.accounts import jobs, operations
from coachhub.accounts.models import Person
from coachhub.core.errors import DomainError
from coachhub.core.forms import Form, choices
from coachhub.core.jobs import Job
from coachhub.core.words import LANGUAGES, gettext, lazy_gettext

# A warning of WTForms asks for its own kind of choices, which Flask-Security's forms do not have.
BY_MAIL = choices([("email", lazy_gettext("By mail"))])
# A path of this site: one slash in front, nothing that a browser reads as a second one.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*\Z")


def _ask_for(mail: Job, address: str | None) -> None:
    """Have a mail written after the page is answered; nothing for what is no address."""
    with contextlib.suppress(DomainError):
        mail.later(None, operations.clean_address(address or ""))


class GoingOn:
    """Where to go on afterwards: an address that leads off the site is dropped, nothing refused."""

    def validate_next(self, field: Field) -> None:
        """Drop it."""
        if field.data and not (_PATH.match(field.data) and validate_redirect_url(field.data)):
            field.data = ""


class SignInForm(GoingOn, LoginForm):
    """Mail address and password. Nobody stays signed in for longer than the session lasts."""

    remember = None  # type: ignore[assignment]  # WTForms: leave the field out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave the link to a new password to the page."""
        super().__init__(*args, **kwargs)
        self.password.description = ""


class CodeForm(GoingOn, UnifiedSigninForm):
    """Mail address and the code that was sent there."""

    remember = None  # type: ignore[assignment]  # WTForms: leave the field out
    passcode = StringField(lazy_gettext("Code"), validators=[IsStringOrInt()])  # type: ignore[assignment]  # seen
    chosen_method = RadioField(choices=BY_MAIL, validators=[Optional()])

    def validate(self, **kwargs: Any) -> bool:
        """Ask for a mail, whoever has the address; after signing in, drop the code."""
        if self.submit_send_code.data:
            _ask_for(jobs.mail_code, self.identity.data)
            return False
        good = bool(super().validate(**kwargs))
        if good and self.authn_via == "email":
            operations.drop_mail_code(cast("Person", self.user))
        return good


class ItsYouForm(GoingOn, UnifiedVerifyForm):
    """Password or mailed code once more, before something that protects the account changes."""

    chosen_method = RadioField(choices=BY_MAIL, validators=[Optional()])

    def validate(self, **kwargs: Any) -> bool:
        """Do as `CodeForm` does, for whoever is signed in."""
        person: Person = current_user._get_current_object()  # noqa: SLF001 - the row behind Flask-Login's proxy
        if self.submit_send_code.data:
            jobs.mail_code.later(None, person.email)
            flash(gettext("The mail with your code is on its way."), "info")
            return False
        good = bool(super().validate(**kwargs))
        if good and self.authn_via == "email":
            operations.drop_mail_code(person)
        return good


class ForgottenForm(ForgotPasswordForm):
    """The address of somebody who does not know their password."""

    def validate(self, **kwargs: Any) -> bool:
        """Ask for a mail, whoever has the address. Flask-Security then says the same to all."""
        del kwargs
        _ask_for(jobs.mail_reset, self.email.data)
        return False


class NewPasswordForm(ChangePasswordForm):
    """The old password and the new one, typed once: it can be looked at while typing."""

    new_password_confirm = None  # type: ignore[assignment]  # as above


class ForgottenPasswordForm(ResetPasswordForm):
    """The new password, typed once."""

    password_confirm = None  # type: ignore[assignment]  # as above


class RecoveryCodeForm(MfRecoveryForm):
    """One of the codes on paper, typed in any case."""

    code = StringField(
        lazy_gettext("Recovery code"),
        [DataRequired(lazy_gettext("Please type one of your recovery codes."))],
        filters=[lambda typed: "".join(typed.split()).lower() if typed else typed],
    )


class PasskeyForm(WebAuthnRegisterForm):
    """The name of a new passkey. Every one of ours is a whole sign-in."""

    usage = RadioField(choices=choices([("first", lazy_gettext("On its own"))]), default="first")


class AppForm(TwoFactorSetupForm):
    """Which second factor to set up: there is one besides passkeys."""

    setup = RadioField(
        choices=choices([("authenticator", lazy_gettext("Authenticator app"))]),
        validate_choice=False,
    )


class RescueForm(TwoFactorRescueForm):
    """Flask-Security makes one for the page that asks for a code; ours leads to recovery codes."""

    help_setup = RadioField(
        choices=choices([("recovery_code", lazy_gettext("Use a recovery code"))])
    )


class AboutMeForm(Form):
    """How a person is called, and where their day begins."""

    name = StringField(
        lazy_gettext("Your name"),
        [
            DataRequired(lazy_gettext("Please tell us your name.")),
            Length(max=operations.LONGEST_NAME),
        ],
        render_kw={"autocomplete": "name"},
    )
    language = SelectField(
        lazy_gettext("Your language"),
        choices=choices(LANGUAGES.items()),
        description=lazy_gettext("Pages and mails are in it. What people type stays as it is."),
    )
    timezone = SelectField(
        lazy_gettext("Your time zone"),
        description=lazy_gettext("Dates, and the hour your mails come at, follow it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every zone there is by name."""
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.timezone.choices = choices((zone, zone.replace("_", " ")) for zone in zones)


class AddressForm(Form):
    """Another address to sign in with and to get mails at."""

    address = StringField(
        lazy_gettext("New mail address"),
        [DataRequired(lazy_gettext("Please type the new address.")), Length(max=254)],
        render_kw={"type": "email", "autocomplete": "email"},
    )

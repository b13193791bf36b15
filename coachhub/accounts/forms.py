"""Forms of sign-in and of the page about it. Flask-Security's own, without what we do not offer."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import available_timezones

from flask_login import current_user
from flask_security import (
    ChangePasswordForm,
    LoginForm,
    MfRecoveryForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    UnifiedSigninForm,
    UnifiedVerifyForm,
    WebAuthnRegisterForm,
    lookup_identity,
)
from flask_security.forms import IsStringOrInt
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from coachhub.accounts import operations
from coachhub.accounts.models import Person
from coachhub.core.forms import Form, choices

# A warning of WTForms asks for its own kind of choices, which Flask-Security's forms do not have.
BY_MAIL = choices([("email", "By mail")])


class SignInForm(LoginForm):
    """Mail address and password. Nobody stays signed in for longer than the session lasts."""

    remember = None  # type: ignore[assignment]  # WTForms: leave the field out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave the link to a new password to the page."""
        super().__init__(*args, **kwargs)
        self.password.description = ""


class CodeForm(UnifiedSigninForm):
    """Mail address and the code that was sent there."""

    remember = None  # type: ignore[assignment]  # WTForms: leave the field out
    passcode = StringField("Code", validators=[IsStringOrInt()])  # type: ignore[assignment]  # seen
    chosen_method = RadioField(choices=BY_MAIL, validators=[Optional()])

    def validate(self, **kwargs: Any) -> bool:
        """Before sending: make a fresh code. After signing in: drop it, so that it is good once."""
        person = cast("Person | None", lookup_identity(self.identity.data or ""))
        if self.submit_send_code.data:
            self.chosen_method.data = "email"
            if person is not None and person.active:
                operations.new_mail_code(person)
        good = bool(super().validate(**kwargs))
        if good and self.submit.data and self.authn_via == "email":
            operations.drop_mail_code(cast("Person", self.user))
        return good


class ItsYouForm(UnifiedVerifyForm):
    """Password or mailed code once more, before something that protects the account changes."""

    chosen_method = RadioField(choices=BY_MAIL, validators=[Optional()])

    def validate(self, **kwargs: Any) -> bool:
        """Do as `CodeForm` does, for whoever is signed in."""
        person: Person = current_user._get_current_object()  # noqa: SLF001 - the row behind Flask-Login's proxy
        if self.submit_send_code.data:
            self.chosen_method.data = "email"
            operations.new_mail_code(person)
        good = bool(super().validate(**kwargs))
        if good and self.submit.data and self.authn_via == "email":
            operations.drop_mail_code(person)
        return good


class NewPasswordForm(ChangePasswordForm):
    """The old password and the new one, typed once: it can be looked at while typing."""

    new_password_confirm = None  # type: ignore[assignment]  # as above


class ForgottenPasswordForm(ResetPasswordForm):
    """The new password, typed once."""

    password_confirm = None  # type: ignore[assignment]  # as above


class RecoveryCodeForm(MfRecoveryForm):
    """One of the codes on paper, typed in any case."""

    code = StringField(
        "Recovery code",
        [DataRequired("Please type one of your recovery codes.")],
        filters=[lambda typed: "".join(typed.split()).lower() if typed else typed],
    )


class PasskeyForm(WebAuthnRegisterForm):
    """The name of a new passkey. Every one of ours is a whole sign-in."""

    usage = RadioField(choices=choices([("first", "On its own")]), default="first")


class AppForm(TwoFactorSetupForm):
    """Which second factor to set up: there is one besides passkeys."""

    setup = RadioField(
        choices=choices([("authenticator", "Authenticator app")]), validate_choice=False
    )


class RescueForm(TwoFactorRescueForm):
    """Flask-Security makes one for the page that asks for a code; ours leads to recovery codes."""

    help_setup = RadioField(choices=choices([("recovery_code", "Use a recovery code")]))


class AboutMeForm(Form):
    """How a person is called, and where their day begins."""

    name = StringField(
        "Your name",
        [DataRequired("Please tell us your name."), Length(max=operations.LONGEST_NAME)],
        render_kw={"autocomplete": "name"},
    )
    timezone = SelectField(
        "Your time zone",
        description="Dates, and the hour your mails come at, follow it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every zone there is by name."""
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
        self.timezone.choices = choices((zone, zone.replace("_", " ")) for zone in zones)

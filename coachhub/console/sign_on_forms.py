"""Forms about the firm's own sign-in and its roster."""

from __future__ import annotations

from typing import ClassVar

from wtforms import BooleanField, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from coachhub.core.forms import Form, choices
from coachhub.core.words import lazy_gettext
from coachhub.firms.sso.operations import Settings


class ProviderForm(Form):
    """Where the firm's people sign in, as the provider shows it to its own admins."""

    SHOWN: ClassVar = ("issuer", "client_id", "lets_in", "second_factor")

    issuer = StringField(
        lazy_gettext("Issuer"),
        [DataRequired(lazy_gettext("Your provider shows it as “issuer”.")), Length(max=500)],
        description=lazy_gettext(
            "As in https://login.example.com. To the letter, as your provider shows it."
        ),
        render_kw={"inputmode": "url", "spellcheck": "false"},
    )
    client_id = StringField(
        lazy_gettext("Client id"),
        [
            DataRequired(lazy_gettext("Your provider shows it when you add CoachHub there.")),
            Length(max=300),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    client_secret = PasswordField(
        lazy_gettext("Client secret"),
        [Length(max=1000)],
        description=lazy_gettext(
            "Kept encrypted and never shown again. Left empty, the one we have stays."
        ),
        render_kw={"autocomplete": "off"},
    )
    second_factor = RadioField(
        lazy_gettext("Second factor of coaches"),
        choices=choices(
            (
                ("ours", lazy_gettext("Ask for ours as well")),
                ("shown", lazy_gettext("Take your provider's, when its answer shows one")),
                ("always", lazy_gettext("Take your provider's word for it, always")),
            )
        ),
        default="ours",
    )
    lets_in = BooleanField(
        lazy_gettext("Let in people of our domains who were not invited, as members"),
        description=lazy_gettext("They are in no cohort until a coach puts them into one."),
    )

    def settings(self) -> Settings:
        """Return what was entered."""
        return Settings(
            issuer=self.issuer.data or "",
            client_id=self.client_id.data or "",
            client_secret=self.client_secret.data or "",
            lets_in=self.lets_in.data,
            second_factor=self.second_factor.data,
        )


class SwitchForm(Form):
    """Whether people come in by it."""

    state = RadioField(
        lazy_gettext("Who signs in by it?"),
        choices=choices(
            (
                ("off", lazy_gettext("Nobody: it is off")),
                ("offered", lazy_gettext("Whoever of our domains wants to")),
                (
                    "required",
                    lazy_gettext(
                        "Everybody of our domains; admins may also come by their own means"
                    ),
                ),
            )
        ),
    )


class DomainForm(Form):
    """A mail domain of the firm's."""

    domain = StringField(
        lazy_gettext("Mail domain"),
        [DataRequired(lazy_gettext("Which domain do your addresses end with?")), Length(max=255)],
        description=lazy_gettext(
            "What stands after the @ in your people's addresses, as in example.com."
        ),
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )


class SyncForm(Form):
    """How far the firm's directory reaches."""

    trusted = BooleanField(
        lazy_gettext("It may also suspend and remove coaches and admins"),
        description=lazy_gettext(
            "It never makes anybody coach or admin: you do that on the page People."
        ),
    )

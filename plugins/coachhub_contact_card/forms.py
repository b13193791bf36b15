"""Forms of the contact card."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional

from coachhub.core.forms import Form, WebLink
from coachhub.core.words import lazy_gettext
from coachhub.moderation.guards import SharedForm


class CardForm(SharedForm):
    """What stands on a member's card."""

    read_as = "contact_card"
    guarded = ("name", "hook", "looking_for")

    name = StringField(
        lazy_gettext("Your name"),
        [DataRequired(lazy_gettext("A card has a name on it.")), Length(max=120)],
    )
    hook = StringField(
        lazy_gettext("Your hook"),
        [Length(max=140)],
        description=lazy_gettext("One line that makes people want to hear more."),
    )
    looking_for = TextAreaField(
        lazy_gettext("What I look for"),
        [Length(max=400)],
        description=lazy_gettext("Titles, field, place: so that people know how to help."),
    )
    email = EmailField(
        lazy_gettext("Mail address"),
        [Optional(), Email(lazy_gettext("This is not a mail address."))],
    )
    phone = TelField(lazy_gettext("Phone"), [Length(max=40)])
    link = StringField(
        lazy_gettext("Link to your profile"),
        [Optional(), WebLink()],
    )
    is_public = BooleanField(
        lazy_gettext("Show the card to whoever has its link"),
        description=lazy_gettext(
            "You can switch it off at any time; a new link makes the old one useless."
        ),
    )

    def others_read(self) -> bool:
        """A card that is switched off is its owner's alone."""
        return bool(self.is_public.data)


class VisitorForm(Form):
    """Somebody who saw the card leaves their details."""

    name = StringField(
        lazy_gettext("Your name"), [DataRequired(lazy_gettext("Who are you?")), Length(max=120)]
    )
    email = EmailField(
        lazy_gettext("Your mail address"),
        [
            DataRequired(lazy_gettext("Where can they write to you?")),
            Email(lazy_gettext("This is not a mail address.")),
        ],
    )
    message = TextAreaField(lazy_gettext("A word to them"), [Length(max=500)])
    consent = BooleanField(
        lazy_gettext("They may write to me about this"),
        [DataRequired(lazy_gettext("Without your yes we do not pass anything on."))],
    )

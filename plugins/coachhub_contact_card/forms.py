"""Forms of the contact card."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, Email, Length, Optional

from coachhub.core.forms import Form, WebLink
from coachhub.moderation.guards import SharedForm


class CardForm(SharedForm):
    """What stands on a member's card."""

    read_as = "contact_card"
    guarded = ("name", "hook", "looking_for")

    name = StringField("Your name", [DataRequired("A card has a name on it."), Length(max=120)])
    hook = StringField(
        "Your hook",
        [Length(max=140)],
        description="One line that makes people want to hear more.",
    )
    looking_for = TextAreaField(
        "What I look for",
        [Length(max=400)],
        description="Titles, field, place: so that people know how to help.",
    )
    email = EmailField("Mail address", [Optional(), Email("This is not a mail address.")])
    phone = TelField("Phone", [Length(max=40)])
    link = StringField(
        "Link to your profile",
        [Optional(), WebLink()],
    )
    is_public = BooleanField(
        "Show the card to whoever has its link",
        description="You can switch it off at any time; a new link makes the old one useless.",
    )

    def others_read(self) -> bool:
        """A card that is switched off is its owner's alone."""
        return bool(self.is_public.data)


class VisitorForm(Form):
    """Somebody who saw the card leaves their details."""

    name = StringField("Your name", [DataRequired("Who are you?"), Length(max=120)])
    email = EmailField(
        "Your mail address",
        [DataRequired("Where can they write to you?"), Email("This is not a mail address.")],
    )
    message = TextAreaField("A word to them", [Length(max=500)])
    consent = BooleanField(
        "They may write to me about this",
        [DataRequired("Without your yes we do not pass anything on.")],
    )

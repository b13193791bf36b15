"""Forms of chat channels."""

from __future__ import annotations

from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext_noop, lazy_gettext
from coachhub_chat_notify.addresses import LONGEST, AddressError, service_of
from coachhub_chat_notify.operations import ChannelDraft

EVENT_LABELS = {
    "round": gettext_noop("A round is out: how many introductions, no names"),
    "ahead": gettext_noop("The day before a huddle: when it is"),
    "weekly": gettext_noop("On Friday afternoon: what the week brought, in numbers"),
    "ask": gettext_noop("A new ask: which kind of help, not whose and not their words"),
    "joined": gettext_noop("Somebody new is in the group: not who"),
    "introduced": gettext_noop("An introduction was made: not between whom"),
    "outcome": gettext_noop("An introduction led to an interview or an offer: not whose"),
}


class ChannelForm(Form):
    """A channel, and what is posted there."""

    name = StringField(
        lazy_gettext("What you call the channel"),
        [DataRequired(lazy_gettext("What do you call it?")), Length(max=60)],
        description=lazy_gettext("As in: #energy-group."),
    )
    address = StringField(
        lazy_gettext("Its webhook address"),
        [Length(max=LONGEST)],
        description=lazy_gettext("Kept encrypted. Nobody is shown it again, not even you."),
    )
    events = SelectMultipleField(
        lazy_gettext("What is posted"),
        choices=choices((key, lazy_gettext(label)) for key, label in EVENT_LABELS.items()),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        default=["round", "ahead", "weekly"],
    )
    names = BooleanField(
        lazy_gettext("Say the first name of whoever asks"),
        description=lazy_gettext(
            "Only if your firm allows it, and only when all in the channel may know."
        ),
    )

    def validate_address(self, field: StringField) -> None:
        """Take only webhook addresses of the three services."""
        if field.data:
            try:
                service_of(field.data)
            except AddressError as error:
                raise ValidationError(str(error)) from error

    def draft(self) -> ChannelDraft:
        """Return what was typed."""
        return ChannelDraft(
            self.name.data or "",
            self.address.data or "",
            tuple(self.events.data or ()),
            bool(self.names.data),
        )


class SettingsForm(Form):
    """What a firm allows to be said in chat channels."""

    names = BooleanField(
        lazy_gettext("Coaches may let members be named by first name"),
        description=lazy_gettext("Off: nobody is named in any channel, whatever a coach ticks."),
    )
    companies = BooleanField(
        lazy_gettext("The company that an ask is about may be named"),
        description=lazy_gettext("Off: no company is named in any channel."),
    )

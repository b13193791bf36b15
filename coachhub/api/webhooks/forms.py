"""Forms of webhooks."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.api.webhooks.addresses import LONGEST, AddressError, place_of
from coachhub.api.webhooks.events import EVENTS
from coachhub.api.webhooks.operations import WebhookDraft
from coachhub.core.forms import Form, choices
from coachhub.core.words import lazy_gettext


class WebhookForm(Form):
    """A webhook: what it is called, where it goes, what it hears of."""

    name = StringField(
        lazy_gettext("What you call it"),
        [InputRequired(lazy_gettext("What do you call it?")), Length(max=60)],
        description=lazy_gettext("As in: our intranet."),
    )
    address = StringField(
        lazy_gettext("Where it goes"),
        [Length(max=LONGEST)],
        description=lazy_gettext("An address that begins with https://. It is kept encrypted."),
    )
    events = SelectMultipleField(
        lazy_gettext("What it is told of"),
        [InputRequired(lazy_gettext("Please choose at least one."))],
        choices=choices((key, lazy_gettext(words)) for key, words in EVENTS.items()),
        description=lazy_gettext("Ids and addresses only: never a name, never a text."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def validate_address(self, field: StringField) -> None:
        """Take only what we call."""
        if field.data:
            try:
                place_of(field.data)
            except AddressError as error:
                raise ValidationError(str(error)) from error

    def draft(self) -> WebhookDraft:
        """Return what was typed."""
        return WebhookDraft(
            self.name.data or "", self.address.data or "", tuple(self.events.data or ())
        )

"""Forms of webhooks."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.api.webhooks.addresses import LONGEST, AddressError, place_of
from coachhub.api.webhooks.events import EVENTS
from coachhub.api.webhooks.operations import WebhookDraft
from coachhub.core.forms import Form, choices


class WebhookForm(Form):
    """A webhook: what it is called, where it goes, what it hears of."""

    name = StringField(
        "What you call it",
        [InputRequired("What do you call it?"), Length(max=60)],
        description="As in: our intranet.",
    )
    address = StringField(
        "Where it goes",
        [Length(max=LONGEST)],
        description="An address that begins with https://. It is kept encrypted.",
    )
    events = SelectMultipleField(
        "What it is told of",
        [InputRequired("Please choose at least one.")],
        choices=choices(EVENTS.items()),
        description="Ids and addresses only: never a name, never a text.",
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

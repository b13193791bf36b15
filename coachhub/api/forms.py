"""Forms of tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.api.operations import TokenDraft
from coachhub.api.scopes import MEANINGS, Scope
from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext, lazy_gettext

DAYS = [
    ("30", lazy_gettext("30 days")),
    ("90", lazy_gettext("90 days")),
    ("180", lazy_gettext("Half a year")),
    ("365", lazy_gettext("A year")),
]


class TokenForm(Form):
    """What a token is called, what it may be used for, and for how long."""

    name = StringField(
        lazy_gettext("What is it for?"),
        [
            InputRequired(lazy_gettext("What is it for? A name that you will know again.")),
            Length(max=60),
        ],
        description=lazy_gettext("As in: my spreadsheet, our directory."),
    )
    scopes = SelectMultipleField(
        lazy_gettext("What it may do"),
        [InputRequired(lazy_gettext("Please choose at least one."))],
        description=lazy_gettext("Only what is ticked, and never more than you may do yourself."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    days = SelectField(lazy_gettext("How long it is good"), choices=choices(DAYS), default="90")

    def __init__(self, allowed: Iterable[Scope], **kwargs: Any) -> None:
        """Offer what such a token can be for."""
        super().__init__(**kwargs)
        self.scopes.choices = choices((one, gettext(MEANINGS[one])) for one in allowed)

    def draft(self) -> TokenDraft:
        """Return what was typed."""
        return TokenDraft(
            self.name.data or "", tuple(self.scopes.data or ()), int(self.days.data or "90")
        )

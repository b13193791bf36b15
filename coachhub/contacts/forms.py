"""Forms of the contacts room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Email, Length, Optional, Regexp

from coachhub.companies.identities import LONGEST
from coachhub.contacts.formats import Mapping
from coachhub.core.forms import DayField, Form
from coachhub.core.words import gettext, gettext_noop, lazy_gettext

STRENGTH_WORDS = {1: gettext_noop("Hardly"), 2: gettext_noop("Somewhat"), 3: gettext_noop("Well")}
STRENGTH_NOTES = {
    "1": gettext_noop("We met once, or only connected."),
    "2": gettext_noop(
        "They would know who I am. These doors open more often than you would think."
    ),
    "3": gettext_noop("I could ring them today."),
    "": gettext_noop("I will say it later."),
}
_STRENGTHS = [
    SelectChoice(str(value), lazy_gettext(word)) for value, word in reversed(STRENGTH_WORDS.items())
]
_NAME = 120
_TEXT = 300
_A_LIFE = 100 * 365


class ContactForm(Form):
    """Somebody the member knows."""

    first_name = StringField(lazy_gettext("First name"), [Length(max=_NAME)])
    last_name = StringField(lazy_gettext("Last name"), [Length(max=_NAME)])
    company = StringField(lazy_gettext("Company"), [Length(max=LONGEST)])
    position = StringField(lazy_gettext("What they do there"), [Length(max=_TEXT)])
    email = EmailField(lazy_gettext("Mail address"), [Optional(), Length(max=254), Email()])
    url = StringField(
        lazy_gettext("Profile link"),
        [
            Optional(),
            Length(max=500),
            Regexp(
                r"(?i)^(https?://)?[^\s/:]+\.[^\s]+$",
                message=lazy_gettext("That is not a web address."),
            ),
        ],
    )
    connected_on = DayField(lazy_gettext("In touch since"), [Optional()], past=_A_LIFE, ahead=0)
    strength = RadioField(
        lazy_gettext("How well do you know them?"),
        choices=[*_STRENGTHS, SelectChoice("", lazy_gettext("Not rated"))],
        default="",
    )
    worked_together = BooleanField(lazy_gettext("We worked together"))
    hidden = BooleanField(
        lazy_gettext("Not for introductions"),
        description=lazy_gettext("They don't count as a door, and nobody is ever led to them."),
    )
    note = TextAreaField(lazy_gettext("Note to yourself"), [Length(max=2000)])


class RateForm(Form):
    """What a member says of one contact among many; `prefix` is the contact's id."""

    class Meta(Form.Meta):
        """The page has one token for all of them."""

        csrf = False

    strength = RadioField(
        lazy_gettext("How well do you know them?"),
        [Optional()],
        choices=_STRENGTHS,
    )
    worked_together = BooleanField(lazy_gettext("We worked together"))


class UploadForm(Form):
    """An address book."""

    book = FileField(
        lazy_gettext("Your file"), [FileRequired(lazy_gettext("Please choose a file first."))]
    )


class ColumnsForm(Form):
    """Which column holds what; filled with the file's own headings."""

    full_name = SelectField(lazy_gettext("Whole name"), default="")
    first_name = SelectField(lazy_gettext("First name"), default="")
    last_name = SelectField(lazy_gettext("Last name"), default="")
    company = SelectField(lazy_gettext("Company"), default="")
    position = SelectField(lazy_gettext("Position"), default="")
    email = SelectField(lazy_gettext("Mail address"), default="")
    url = SelectField(lazy_gettext("Profile link"), default="")
    connected_on = SelectField(lazy_gettext("Connected on"), default="")
    note = SelectField(lazy_gettext("Note"), default="")

    @classmethod
    def of(cls, columns: Sequence[str], guessed: Mapping) -> ColumnsForm:
        """Make the form for a file, filled with what could be guessed."""
        known: dict[str, Any] = {
            name: "" if (at := getattr(guessed, name)) is None else str(at)
            for name in Mapping.__dataclass_fields__
        }
        form = cls(**known)
        choices = [SelectChoice("", lazy_gettext("In no column"))]
        choices += [
            SelectChoice(str(at), heading or gettext("Column %(number)s", number=at + 1))
            for at, heading in enumerate(columns)
        ]
        for name in Mapping.__dataclass_fields__:
            form[name].choices = choices
        return form

    def mapping(self) -> Mapping:
        """Return what was chosen."""
        return Mapping(
            **{
                name: int(self[name].data) if self[name].data else None
                for name in Mapping.__dataclass_fields__
            }
        )

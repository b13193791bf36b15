"""Forms of the privacy room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from coachhub.core.forms import DayField, Form, choices
from coachhub.core.words import gettext, gettext_noop, lazy_gettext
from coachhub.privacy.hooks import Retained

LONG_AGO = 20 * 365  # days
FOR_GOOD = 0
# In days.
TIMES = (
    (30, gettext_noop("A month")),
    (90, gettext_noop("Three months")),
    (180, gettext_noop("Half a year")),
    (365, gettext_noop("A year")),
    (730, gettext_noop("Two years")),
    (1825, gettext_noop("Five years")),
    (FOR_GOOD, gettext_noop("For good")),
)


class EraseForm(Form):
    """A member's name, typed to confirm."""

    name = StringField(
        lazy_gettext("Type the name to confirm"),
        [DataRequired(lazy_gettext("Please type the name.")), Length(max=200)],
    )
    from_books = BooleanField(
        lazy_gettext("Also take me out of everybody's address book, for good")
    )


class AddressForm(Form):
    """The address of somebody who wants to be forgotten."""

    email = EmailField(
        lazy_gettext("Your mail address"),
        [DataRequired(lazy_gettext("Please write your mail address.")), Length(max=254)],
    )


class NameForm(Form):
    """Somebody whom books know by name and company."""

    name = StringField(
        lazy_gettext("First and last name"),
        [DataRequired(lazy_gettext("Please write the name.")), Length(max=200)],
    )
    company = StringField(
        lazy_gettext("Company"),
        [DataRequired(lazy_gettext("Please write the company.")), Length(max=200)],
    )


class TimeForm(Form):
    """From when to when; both may be left open."""

    class Meta(Form.Meta):
        """It only asks: nothing is changed by it."""

        csrf = False

    since = DayField(lazy_gettext("From"), [Optional()], past=LONG_AGO)
    until = DayField(lazy_gettext("To"), [Optional()], past=LONG_AGO)


class RetentionForm(Form):
    """How long each kind of thing is kept; its fields are made by `retention_form`."""

    def days(self) -> dict[str, int]:
        """Return the days that were chosen, by the kind's key."""
        return {field.name: int(field.data) for field in self if isinstance(field, SelectField)}


def retention_form(kinds: Sequence[Retained], days: Mapping[str, int]) -> RetentionForm:
    """Return a form with a choice for each kind, set to these days."""
    fields = {
        kind.key: SelectField(
            gettext(kind.title),
            choices=choices((days, gettext(words)) for days, words in TIMES),
            description=gettext(kind.text),
            default=str(days[kind.key]),
        )
        for kind in kinds
    }
    made: RetentionForm = type("OwnRetentionForm", (RetentionForm,), fields)()
    return made

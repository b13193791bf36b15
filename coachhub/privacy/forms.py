"""Forms of the privacy room."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import DataRequired, Length, Optional

from coachhub.core.forms import DayField, Form


class EraseForm(Form):
    """A member's name, typed to confirm."""

    name = StringField(
        "Type the name to confirm", [DataRequired("Please type the name."), Length(max=200)]
    )
    from_books = BooleanField("Also take me out of everybody's address book, for good")


class AddressForm(Form):
    """The address of somebody who wants to be forgotten."""

    email = EmailField(
        "Your mail address", [DataRequired("Please write your mail address."), Length(max=254)]
    )


class NameForm(Form):
    """Somebody whom books know by name and company."""

    name = StringField(
        "First and last name", [DataRequired("Please write the name."), Length(max=200)]
    )
    company = StringField("Company", [DataRequired("Please write the company."), Length(max=200)])


class TimeForm(Form):
    """From when to when; both may be left open."""

    class Meta(Form.Meta):
        """It only asks: nothing is changed by it."""

        csrf = False

    since = DayField("From", [Optional()])
    until = DayField("To", [Optional()])

"""Forms of the companies room."""

from __future__ import annotations

from uuid import UUID

from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.companies.identities import LONGEST
from coachhub.core.forms import Form
from coachhub.core.words import lazy_gettext


def _id(value: str | UUID) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


class SplitForm(Form):
    """Which ways of writing belong to another company."""

    names = SelectMultipleField(
        lazy_gettext("Names that belong to another company"),
        coerce=_id,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=lazy_gettext("They become a company of their own, named after the first."),
    )


class RenameForm(Form):
    """The name under which a company is shown."""

    name = StringField(
        lazy_gettext("Shown as"),
        [InputRequired(lazy_gettext("Please write the name.")), Length(max=LONGEST)],
        description=lazy_gettext("How its own people would say it."),
    )


class MergeForm(Form):
    """Which company this one is the same as."""

    other = StringField(
        lazy_gettext("Same as"),
        [InputRequired(lazy_gettext("Please write the other company's name."))],
        description=lazy_gettext("Write the other company's name as it stands in the list."),
    )

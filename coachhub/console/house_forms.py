"""Forms in which a firm words its house rules and says when it is at work."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext, lazy_gettext
from coachhub.moderation.hours import Hours
from coachhub.moderation.operations import MOST_FIRST_POSTS

MOST_TYPED = 20_000
WEEKDAYS = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)


class HouseRuleForm(Form):
    """A rule in the firm's own words."""

    is_on = BooleanField(
        lazy_gettext("It holds here"), description=lazy_gettext("Members can report for it.")
    )
    title = StringField(
        lazy_gettext("What is it called?"),
        [DataRequired(lazy_gettext("A rule has a name.")), Length(max=80)],
    )
    meaning = TextAreaField(
        lazy_gettext("What breaks it?"),
        [DataRequired(lazy_gettext("One sentence is enough.")), Length(max=400)],
        description=lazy_gettext("As it stands on the page “House rules” and beside the choice."),
    )
    advice = TextAreaField(
        lazy_gettext("How is it mended?"),
        [DataRequired(lazy_gettext("Somebody will need to know how to mend it.")), Length(max=600)],
        description=lazy_gettext("The usual words to somebody whose post breaks it."),
    )
    safety = BooleanField(
        lazy_gettext("Safety is at stake"),
        description=lazy_gettext(
            "What is reported is hidden at once, and answered in four working hours."
        ),
    )


class FirstPostsForm(Form):
    """How many first texts of somebody new wait for a look."""

    count = IntegerField(
        lazy_gettext("How many first posts wait for a look?"),
        [InputRequired(lazy_gettext("0 if none waits.")), NumberRange(0, MOST_FIRST_POSTS)],
        description=lazy_gettext("Of everybody who joins from now on. 0 if none waits."),
    )


class DaysField(Field):
    """Days, one on each line, as in 2026-12-25."""

    widget = TextArea()  # type: ignore[assignment]  # it only asks for `_value`

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(day.isoformat() for day in sorted(self.data or ()))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines; say which one is no day."""
        self.data = frozenset()
        lines = [line.strip() for line in "".join(valuelist)[:MOST_TYPED].splitlines()]
        days = set()
        for number, line in enumerate(lines, 1):
            try:
                days |= {dt.date.fromisoformat(line)} if line else set()
            except ValueError as error:
                raise ValueError(
                    gettext(
                        "Line %(number)s: please write “%(line)s” as in 2026-12-25.",
                        number=number,
                        line=line[:40],
                    )
                ) from error
        self.data = frozenset(days)


class HoursForm(Form):
    """When the firm is at work."""

    zone = SelectField(lazy_gettext("Time zone"))
    begins = TimeField(
        lazy_gettext("Begins"), [InputRequired(lazy_gettext("When does the day begin?"))]
    )
    ends = TimeField(lazy_gettext("Ends"), [InputRequired(lazy_gettext("When does it end?"))])
    weekdays = SelectMultipleField(
        lazy_gettext("Days at work"),
        [DataRequired(lazy_gettext("Please choose at least one day."))],
        coerce=int,
        choices=choices(enumerate(WEEKDAYS)),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    free = DaysField(
        lazy_gettext("Free days"), description=lazy_gettext("One on each line, as in 2026-12-25.")
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        """Offer every zone there is."""
        super().__init__(*args, **kw)
        zones = {zone for zone in available_timezones() if "/" in zone} | {"UTC"}
        self.zone.choices = choices((zone, zone.replace("_", " ")) for zone in sorted(zones))

    def validate_ends(self, field: Field) -> None:
        """See that the day has hours."""
        if self.begins.data and field.data and field.data <= self.begins.data:
            raise ValidationError(gettext("The day ends after it begins."))

    def hours(self) -> Hours:
        """Return what was chosen."""
        return Hours(
            self.zone.data,
            self.begins.data or Hours.begins,
            self.ends.data or Hours.ends,
            frozenset(self.weekdays.data or ()),
            self.free.data or frozenset(),
        )

"""Forms in which a firm words its house rules and says when it is at work."""

from __future__ import annotations

import calendar
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
from coachhub.moderation.hours import Hours
from coachhub.moderation.operations import MOST_FIRST_POSTS

MOST_TYPED = 20_000


class HouseRuleForm(Form):
    """A rule in the firm's own words."""

    is_on = BooleanField("It holds here", description="Members can report for it.")
    title = StringField("What is it called?", [DataRequired("A rule has a name."), Length(max=80)])
    meaning = TextAreaField(
        "What breaks it?",
        [DataRequired("One sentence is enough."), Length(max=400)],
        description="As it stands on the page “House rules” and beside the choice.",
    )
    advice = TextAreaField(
        "How is it mended?",
        [DataRequired("Somebody will need to know how to mend it."), Length(max=600)],
        description="The usual words to somebody whose post breaks it.",
    )
    safety = BooleanField(
        "Safety is at stake",
        description="What is reported is hidden at once, and answered in four working hours.",
    )


class FirstPostsForm(Form):
    """How many first texts of somebody new wait for a look."""

    count = IntegerField(
        "How many first posts wait for a look?",
        [InputRequired("0 if none waits."), NumberRange(0, MOST_FIRST_POSTS)],
        description="Of everybody who joins from now on. 0 if none waits.",
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
                    f"Line {number}: please write “{line[:40]}” as in 2026-12-25."
                ) from error
        self.data = frozenset(days)


class HoursForm(Form):
    """When the firm is at work."""

    zone = SelectField("Time zone")
    begins = TimeField("From", [InputRequired("When does the day begin?")])
    ends = TimeField("To", [InputRequired("When does it end?")])
    weekdays = SelectMultipleField(
        "Days at work",
        [DataRequired("Please choose at least one day.")],
        coerce=int,
        choices=choices(enumerate(calendar.day_name)),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    free = DaysField("Free days", description="One on each line, as in 2026-12-25.")

    def __init__(self, *args: Any, **kw: Any) -> None:
        """Offer every zone there is."""
        super().__init__(*args, **kw)
        zones = {zone for zone in available_timezones() if "/" in zone} | {"UTC"}
        self.zone.choices = choices((zone, zone.replace("_", " ")) for zone in sorted(zones))

    def validate_ends(self, field: Field) -> None:
        """See that the day has hours."""
        if self.begins.data and field.data and field.data <= self.begins.data:
            raise ValidationError("The day ends after it begins.")

    def hours(self) -> Hours:
        """Return what was chosen."""
        return Hours(
            self.zone.data,
            self.begins.data or Hours.begins,
            self.ends.data or Hours.ends,
            frozenset(self.weekdays.data or ()),
            self.free.data or frozenset(),
        )

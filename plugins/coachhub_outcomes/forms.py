"""Forms of outcomes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from wtforms import (
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.core.forms import DayField, Form, choices
from coachhub.core.words import lazy_gettext
from coachhub.moderation.guards import SharedForm
from coachhub_outcomes.counting import SMALLEST
from coachhub_outcomes.operations import LONGEST_THANKS, Story
from coachhub_outcomes.queries import WAYS, WORK_LABELS


def ticks(label: str, description: str = "", **more: Any) -> SelectMultipleField:
    """Return a field for any number of a few things, each with a box to tick."""
    return SelectMultipleField(
        label,
        description=description,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **more,
    )


class StoryForm(SharedForm):
    """What led there."""

    read_as = "story"
    guarded = ("role", "company", "words")

    work = SelectField(
        lazy_gettext("What kind of work is it?"),
        choices=choices((key, lazy_gettext(label)) for key, label in WORK_LABELS.items()),
    )
    starts_on = DayField(lazy_gettext("When do you start?"), [Optional()], past=400, ahead=400)
    role = StringField(lazy_gettext("As what?"), [Length(max=120)])
    company = StringField(
        lazy_gettext("Where?"),
        [Length(max=120)],
        description=lazy_gettext("Leave it empty if it is nobody's business yet."),
    )
    introductions = ticks(lazy_gettext("Which introductions helped?"))
    people = ticks(
        lazy_gettext("Who else of your group helped?"),
        description=lazy_gettext("A word at the right time counts, too."),
    )
    ways = ticks(
        lazy_gettext("And besides?"),
        choices=choices((key, lazy_gettext(label)) for key, label in WAYS.items()),
    )
    words = TextAreaField(
        lazy_gettext("What would you tell somebody who is where you were?"),
        [Length(max=1500)],
        description=lazy_gettext("In your own words. Others draw hope from it."),
    )
    shown_to = RadioField(
        lazy_gettext("Who may read what stands here?"),
        choices=choices(
            [
                ("me", lazy_gettext("Nobody but me")),
                ("coach", lazy_gettext("My coach")),
                ("group", lazy_gettext("My group and my coach")),
            ]
        ),
        default="me",
    )

    def others_read(self) -> bool:
        """Say whether the story is shown to anybody but its writer."""
        return str(self.shown_to.data) != "me"

    def story(self) -> Story:
        """Return what was typed."""
        return Story(
            work=self.work.data or "other",
            starts_on=self.starts_on.data,
            role=self.role.data or "",
            company=self.company.data or "",
            words=self.words.data or "",
            shown_to=self.shown_to.data or "me",
            introductions=tuple(UUID(one) for one in self.introductions.data or ()),
            people=tuple(UUID(one) for one in self.people.data or ()),
            ways=tuple(self.ways.data or ()),
        )


class ThanksForm(SharedForm):
    """A word to somebody who helped."""

    read_as = "thanks"
    guarded = ("words",)

    words = TextAreaField(
        lazy_gettext("Your thanks"),
        [DataRequired(lazy_gettext("Please write a word or two.")), Length(max=LONGEST_THANKS)],
    )


class SettingsForm(Form):
    """What a firm decides when it switches the plugin on."""

    smallest = IntegerField(
        lazy_gettext("Smallest group in reports"),
        [
            InputRequired(lazy_gettext("A number is due.")),
            NumberRange(SMALLEST, 50, lazy_gettext("From 5 to 50 people.")),
        ],
        default=SMALLEST,
        description=lazy_gettext(
            "Smaller groups are not shown, and cannot be worked out. It counts from now"
            " on: what was counted already stands."
        ),
    )
    lead = TextAreaField(
        lazy_gettext("Sentence on top of the report"),
        [Length(max=300)],
        description=lazy_gettext(
            "For whoever it goes to: as in “For the board of the Harbour Fund”."
        ),
    )

"""Forms of the huddle."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from coachhub.board.kinds import offer_kinds
from coachhub.companies.identities import LONGEST
from coachhub.core.forms import DayField, Form, choices
from coachhub.core.words import gettext, gettext_noop, lazy_gettext
from coachhub.moderation.guards import GuardedForm, SharedForm
from coachhub_huddle.operations.homework import HomeworkDraft, LineDraft
from coachhub_huddle.operations.series import LENGTHS, LONGEST_PLACE, HuddleDraft, SeriesDraft
from coachhub_huddle.weeks import weekdays

KIND_LABELS = {
    "assets": gettext_noop("Asset list"),
    "targets": gettext_noop("Targets"),
    "pitch": gettext_noop("Hook and pitch"),
    "free": gettext_noop("Something else"),
}
KIND_NOTES = {
    "assets": gettext_noop(
        "One thing they can give on each line. Each line becomes an offer to edit and post."
    ),
    "targets": gettext_noop(
        "One company on each line. Each line becomes a target to edit and post."
    ),
    "pitch": gettext_noop("One line that makes people listen, and what they say after it."),
    "free": gettext_noop("A text."),
}
_PLACE = lazy_gettext("A room, a telephone number, or a link to the call.")


def _zones() -> list[str]:
    return sorted(
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/"))
    )


class SeriesForm(SharedForm):
    """When a cohort meets."""

    read_as = "huddle"
    guarded = ("title", "place")
    details_in = ("place",)

    title = StringField(
        lazy_gettext("What you call it"),
        [DataRequired(lazy_gettext("What do you call it?")), Length(max=80)],
        default=lambda: gettext("Monday huddle"),
    )
    weekday = SelectField(
        lazy_gettext("Day"), choices=lambda: choices(enumerate(weekdays())), default="0"
    )
    at = TimeField(
        lazy_gettext("Starts at"),
        [InputRequired(lazy_gettext("At what time does it begin?"))],
        default=dt.time(9, 30),
    )
    timezone = SelectField(
        lazy_gettext("Time zone"),
        description=lazy_gettext("Everybody reads the time in their own zone."),
    )
    minutes = SelectField(
        lazy_gettext("How long"),
        choices=choices((one, lazy_gettext("%(minutes)s minutes", minutes=one)) for one in LENGTHS),
        default="60",
    )
    place = StringField(
        lazy_gettext("Where"), [Optional(), Length(max=LONGEST_PLACE)], description=_PLACE
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """List the zones."""
        super().__init__(*args, **kwargs)
        self.timezone.choices = choices((zone, zone.replace("_", " ")) for zone in _zones())

    def draft(self) -> SeriesDraft:
        """Return what was typed."""
        return SeriesDraft(
            title=self.title.data or "",
            weekday=int(self.weekday.data or 0),
            at=self.at.data or dt.time(),
            timezone=self.timezone.data or "",
            minutes=int(self.minutes.data or 0),
            place=self.place.data or "",
        )


class MoveForm(SharedForm):
    """Another day, time or place for one huddle, on the clock of its series."""

    read_as = "huddle"
    guarded = ("place",)
    details_in = ("place",)

    day = DayField(lazy_gettext("Day"), [InputRequired(lazy_gettext("On which day?"))], ahead=120)
    at = TimeField(lazy_gettext("Starts at"), [InputRequired(lazy_gettext("At what time?"))])
    minutes = SelectField(
        lazy_gettext("How long"),
        choices=choices((one, lazy_gettext("%(minutes)s minutes", minutes=one)) for one in LENGTHS),
    )
    place = StringField(
        lazy_gettext("Where"), [Optional(), Length(max=LONGEST_PLACE)], description=_PLACE
    )

    def draft(self, timezone: str) -> HuddleDraft:
        """Return what was typed, the time as the clock of that zone shows it."""
        if self.day.data is None or self.at.data is None:
            raise ValueError("Only a form that was found whole makes a draft.")
        starts_at = dt.datetime.combine(self.day.data, self.at.data, ZoneInfo(timezone))
        return HuddleDraft(starts_at, int(self.minutes.data or 0), self.place.data or "")


class CancelForm(SharedForm):
    """Why a huddle does not take place."""

    read_as = "huddle"
    guarded = ("why",)
    details_in = ("why",)

    why = StringField(
        lazy_gettext("Why, in a few words"),
        [Length(max=200)],
        description=lazy_gettext("Stands in the mail that everybody gets."),
    )


class LineForm(SharedForm):
    """A line of the agenda."""

    read_as = "agenda_line"
    guarded = ("text",)

    text = StringField(
        lazy_gettext("A line of your own"),
        [DataRequired(lazy_gettext("What do you want to talk about?")), Length(max=200)],
    )


class HomeworkForm(SharedForm):
    """What is set for home."""

    read_as = "homework"
    guarded = ("title", "text")
    details_in = ("text",)

    kind = RadioField(
        lazy_gettext("What kind"),
        choices=choices((key, lazy_gettext(label)) for key, label in KIND_LABELS.items()),
        default="assets",
    )
    title = StringField(
        lazy_gettext("In one sentence"),
        [DataRequired(lazy_gettext("What is to be done?")), Length(max=120)],
    )
    text = TextAreaField(
        lazy_gettext("What helps to do it"),
        [Length(max=3000)],
        description=lazy_gettext("An example, what to begin with, how long it takes."),
    )
    due_on = DayField(
        lazy_gettext("Until"), [InputRequired(lazy_gettext("Until which day?"))], past=60, ahead=180
    )

    def draft(self) -> HomeworkDraft:
        """Return what was typed."""
        if self.due_on.data is None:
            raise ValueError("Only a form that was found whole makes a draft.")
        return HomeworkDraft(
            self.kind.data or "", self.title.data or "", self.text.data or "", self.due_on.data
        )


class TextForm(SharedForm):
    """Homework that is a text."""

    read_as = "hand_in"
    guarded = ("text",)

    text = TextAreaField(
        lazy_gettext("Your text"),
        [DataRequired(lazy_gettext("Write a few words first.")), Length(max=6000)],
    )


class LinesForm(SharedForm):
    """Homework that is a list."""

    read_as = "hand_in"
    guarded = ("text",)

    text = TextAreaField(
        lazy_gettext("One on each line"),
        [DataRequired(lazy_gettext("Write one on each line.")), Length(max=6000)],
    )


class PitchForm(SharedForm):
    """Homework that is a hook and a pitch."""

    read_as = "hand_in"
    guarded = ("hook", "text")

    hook = StringField(
        lazy_gettext("Your hook"),
        [
            DataRequired(lazy_gettext("One line that makes people want to hear more.")),
            Length(max=140),
        ],
        description=lazy_gettext("One line that makes people want to hear more."),
    )
    text = TextAreaField(
        lazy_gettext("Your pitch"),
        [DataRequired(lazy_gettext("What do you say after the hook?")), Length(max=1500)],
        description=lazy_gettext(
            "What you can do, for whom, and what you look for: about a minute aloud."
        ),
    )


class OfferLineForm(GuardedForm):
    """A line of an asset list, as it goes on the board."""

    guarded = ("company", "title", "body", "field")

    kind = SelectField(lazy_gettext("Kind"))
    title = StringField(
        lazy_gettext("In one sentence"),
        [DataRequired(lazy_gettext("Say it in one sentence.")), Length(max=160)],
    )
    body = TextAreaField(lazy_gettext("More, if it helps"), [Length(max=2000)])
    company = StringField(lazy_gettext("Company"), [Length(max=LONGEST)])
    field = StringField(lazy_gettext("Field of work"), [Length(max=80)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        """List the kinds of offers."""
        super().__init__(*args, **kwargs)
        self.kind.choices = choices((one.key, one.label) for one in offer_kinds().values())

    def draft(self) -> LineDraft:
        """Return what was typed."""
        return LineDraft(
            title=self.title.data or "",
            kind=self.kind.data or "",
            body=self.body.data or "",
            company=self.company.data or "",
            field=self.field.data or "",
        )


class TargetLineForm(GuardedForm):
    """A line of a list of targets, as it goes on the board."""

    guarded = ("company", "title")

    company = StringField(
        lazy_gettext("Company"),
        [DataRequired(lazy_gettext("Which company is it?")), Length(max=LONGEST)],
    )
    title = StringField(lazy_gettext("Roles you would take there"), [Length(max=200)])

    def draft(self) -> LineDraft:
        """Return what was typed."""
        return LineDraft(title=self.title.data or "", company=self.company.data or "")


class ReviewForm(SharedForm):
    """What the coach thinks of a hand-in."""

    read_as = "review"
    guarded = ("text",)

    text = TextAreaField(
        lazy_gettext("What you want to say"),
        [Length(max=3000)],
        description=lazy_gettext("What is good already, and the one thing to do next."),
    )
    verdict = RadioField(
        lazy_gettext("And then"),
        [InputRequired(lazy_gettext("Is it done, or does it go back?"))],
        choices=choices(
            [
                ("reviewed", lazy_gettext("It is done")),
                ("back", lazy_gettext("Back for another look")),
            ]
        ),
        default="reviewed",
    )


class RemindersForm(Form):
    """Whether a member wants a mail before each huddle."""

    reminders = BooleanField(
        lazy_gettext("Send me a mail the day before each huddle"), default=True
    )


class SettingsForm(Form):
    """What a firm decides when it switches the plugin on."""

    remind_hours = SelectField(
        lazy_gettext("Remind by mail"),
        choices=choices(
            [
                ("48", lazy_gettext("Two days before")),
                ("24", lazy_gettext("The day before")),
                ("3", lazy_gettext("Three hours before")),
                ("0", lazy_gettext("Not at all")),
            ]
        ),
        default="24",
    )

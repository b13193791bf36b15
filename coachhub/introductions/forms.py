"""Forms of the introductions room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.contacts.models import Contact
from coachhub.core.forms import DayField, Form, choices
from coachhub.core.words import gettext, gettext_noop, lazy_gettext
from coachhub.introductions.answers import LONGEST_TEXT, Answer
from coachhub.introductions.calendar import (
    LATER_DAYS,
    LONGEST_LATER_DAYS,
    LONGEST_PROMISE_DAYS,
    PROMISE_DAYS,
    in_days,
    today,
)
from coachhub.introductions.meetings import LENGTHS, LONGEST_PLACE, MeetingDraft
from coachhub.introductions.words import OUTCOMES
from coachhub.moderation.guards import SharedForm

_KNOWN = {
    1: gettext_noop("you hardly know them"),
    2: gettext_noop("you know them somewhat"),
    3: gettext_noop("you know them well"),
}
_WORKED_TOGETHER = gettext_noop("you worked together")
_NO_DAY = lazy_gettext("Please choose a day.")


class PromiseForm(SharedForm):
    """A giver's yes: what they will do, and by when."""

    read_as = "promise"
    guarded = ("promise",)

    promise = TextAreaField(
        lazy_gettext("What will you do?"),
        validators=[
            InputRequired(lazy_gettext("Please say in a few words.")),
            Length(max=LONGEST_TEXT),
        ],
        description=lazy_gettext(
            "In your own words. Small and certain is better than big and vague."
        ),
    )
    due_on = DateField(
        lazy_gettext("By when?"),
        validators=[InputRequired(_NO_DAY)],
        default=lambda: in_days(PROMISE_DAYS),
        description=lazy_gettext("The days are counted from the moment when everybody has agreed."),
    )

    def validate_due_on(self, field: DateField) -> None:
        """Take a day from today to three months on."""
        if field.data and not today() <= field.data <= in_days(LONGEST_PROMISE_DAYS):
            raise ValidationError(
                gettext("Please choose a day between today and three months from now.")
            )

    def answer(self) -> Answer:
        """Return what was said."""
        return Answer("yes", promise=self.promise.data or "", due_on=self.due_on.data)


class DoorForm(PromiseForm):
    """A giver's yes to a door: also to whom, and who writes to them."""

    contact = SelectField(
        lazy_gettext("Whom do you know there?"),
        validators=[InputRequired(lazy_gettext("Please choose."))],
    )
    how = RadioField(
        lazy_gettext("Who asks them?"),
        choices=choices(
            [
                ("write", lazy_gettext("Write to them for me")),
                ("person", lazy_gettext("I ask them myself")),
            ]
        ),
        default="write",
        validators=[InputRequired(lazy_gettext("Please choose."))],
    )
    email = StringField(
        lazy_gettext("Their mail address"),
        validators=[Optional(), Email(lazy_gettext("This does not look like a mail address."))],
        description=lazy_gettext("Leave it empty to use the one from your contacts."),
    )

    def offer(self, contacts: Iterable[Contact]) -> None:
        """Fill in the giver's own contacts."""
        self._contacts = {str(one.id): one for one in contacts}
        self.contact.choices = choices([("", gettext("Please choose"))])
        self.contact.choices += choices((key, _label(one)) for key, one in self._contacts.items())

    def validate_email(self, field: StringField) -> None:
        """Ask for an address where we are to write and know none."""
        chosen = self._contacts.get(self.contact.data or "")
        if self.how.data == "write" and chosen and not (field.data or chosen.email):
            raise ValidationError(
                gettext("We have no address for them. Type one, or choose to ask them yourself.")
            )

    def answer(self) -> Answer:
        """Return what was said."""
        chosen = self._contacts[self.contact.data]
        address = (self.email.data or chosen.email) if self.how.data == "write" else ""
        return Answer(
            "yes",
            promise=self.promise.data or "",
            due_on=self.due_on.data,
            contact_id=chosen.id,
            contact_email=address,
        )


class TargetHelpForm(DoorForm):
    """An "I can help" on a target: a door, or what one knows of the company."""

    asset = RadioField(
        lazy_gettext("How can you help?"),
        choices=choices(
            [
                ("door", lazy_gettext("I know somebody there")),
                ("insider", lazy_gettext("I can tell about it")),
            ]
        ),
        default="insider",
        validators=[InputRequired(lazy_gettext("Please choose."))],
    )

    def offer(self, contacts: Iterable[Contact]) -> None:
        """Fill in the contacts; without any there is no door to open."""
        super().offer(contacts)
        if not self._contacts:
            self.asset.choices = choices([("insider", gettext("I can tell about it"))])

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for a contact only where a door is opened."""
        if self.asset.data != "door":
            self.contact.validators = [Optional()]
            self.contact.validate_choice = False
            self.how.validators = [Optional()]
            self.how.validate_choice = False
            self.email.data, self.email.validators = "", []  # whatever was typed there before
        return bool(super().validate(extra_validators))

    def validate_email(self, field: StringField) -> None:
        """Ask for an address only where a door is opened."""
        if self.asset.data == "door":
            super().validate_email(field)

    def answer(self) -> Answer:
        """Return what was said."""
        return super().answer() if self.asset.data == "door" else PromiseForm.answer(self)


class ReceiverForm(SharedForm):
    """A receiver's yes: what they give in return, and a text about them to pass on."""

    read_as = "blurb"
    guarded = ("gift", "blurb")

    gift = TextAreaField(
        lazy_gettext("What you give in return"),
        validators=[
            DataRequired(lazy_gettext("A few words are enough, and something small is fine.")),
            Length(max=LONGEST_TEXT),
        ],
        description=lazy_gettext(
            "In your own words: what you will learn there, or an hour of your time."
        ),
    )
    blurb = TextAreaField(
        lazy_gettext("A few words about you, to pass on"),
        validators=[
            DataRequired(lazy_gettext("A sentence or two are enough.")),
            Length(max=LONGEST_TEXT),
        ],
        description=lazy_gettext("This goes along with the introduction, as it stands here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say that a gift was drafted only where one was."""
        super().__init__(*args, **kwargs)
        if self.gift.object_data:
            self.gift.description = gettext("Drafted for you. Change it as you like.")

    def answer(self) -> Answer:
        """Return what was said."""
        return Answer("yes", gift=self.gift.data or "", blurb=self.blurb.data or "")


class LaterForm(Form):
    """A "not now", with the day to ask again."""

    until = DateField(
        lazy_gettext("Ask me again on"),
        validators=[InputRequired(_NO_DAY)],
        default=lambda: in_days(LATER_DAYS),
    )

    def validate_until(self, field: DateField) -> None:
        """Take a day from tomorrow to half a year on."""
        if field.data and not today() < field.data <= in_days(LONGEST_LATER_DAYS):
            raise ValidationError(
                gettext("Please choose a day from tomorrow on, within half a year.")
            )


class ReportForm(Form):
    """What the contact told the giver in person."""

    email = StringField(
        lazy_gettext("Their mail address, if they want the introduction by mail"),
        validators=[Optional(), Email(lazy_gettext("This does not look like a mail address."))],
    )


class MoreTimeForm(Form):
    """A new day for a promise."""

    due_on = DateField(
        lazy_gettext("New day"),
        validators=[InputRequired(_NO_DAY)],
        default=lambda: in_days(PROMISE_DAYS),
    )

    def validate_due_on(self, field: DateField) -> None:
        """Take a day from tomorrow to three months on."""
        if field.data and not today() < field.data <= in_days(LONGEST_PROMISE_DAYS):
            raise ValidationError(
                gettext("Please choose a day from tomorrow on, within three months.")
            )


class OutcomeForm(SharedForm):
    """What came of an introduction."""

    read_as = "outcome"
    guarded = ("text",)

    kind = RadioField(
        lazy_gettext("What came of it?"),
        choices=choices((kind, lazy_gettext(words)) for kind, words in OUTCOMES.items()),
        validators=[InputRequired(lazy_gettext("Please choose."))],
    )
    text = TextAreaField(
        lazy_gettext("In your words"), validators=[Optional(), Length(max=LONGEST_TEXT)]
    )


class ThanksForm(SharedForm):
    """A word of thanks."""

    read_as = "thanks"
    guarded = ("text",)

    text = TextAreaField(
        lazy_gettext("Your thanks"),
        validators=[
            InputRequired(lazy_gettext("Please write a word or two.")),
            Length(max=LONGEST_TEXT),
        ],
        description=lazy_gettext("It goes to them by mail and stays on their page."),
    )


class MeetingForm(SharedForm):
    """The day, time and place of a talk, in the reader's own time zone."""

    read_as = "meeting"
    guarded = ("place",)
    details_in = ("place",)

    day = DayField(lazy_gettext("Day"), validators=[InputRequired(_NO_DAY)])
    time = TimeField(
        lazy_gettext("Starts at"), validators=[InputRequired(lazy_gettext("At what time?"))]
    )
    minutes = SelectField(
        lazy_gettext("How long"),
        choices=choices((one, lazy_gettext("%(minutes)s minutes", minutes=one)) for one in LENGTHS),
        default="30",
    )
    place = StringField(
        lazy_gettext("Where"),
        validators=[Optional(), Length(max=LONGEST_PLACE)],
        description=lazy_gettext("A place, a telephone number, or a link to the call."),
    )

    def draft(self, timezone: str) -> MeetingDraft:
        """Return what was typed, the time as meant in that zone."""
        if self.day.data is None or self.time.data is None:
            raise ValueError("Only a form that was found whole makes a draft.")
        starts_at = dt.datetime.combine(self.day.data, self.time.data, ZoneInfo(timezone))
        return MeetingDraft(starts_at, int(self.minutes.data), self.place.data or "")


def _ticks(label: str) -> SelectMultipleField:
    """Return a field of boxes to tick."""
    return SelectMultipleField(
        label,
        validators=[InputRequired(lazy_gettext("Please choose somebody."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class PassOnForm(PromiseForm):
    """Who a lead is passed on to."""

    members = _ticks(lazy_gettext("Whom does it fit?"))


class ShortlistForm(SharedForm):
    """Who goes on a recruiter's shortlist, and where it goes."""

    read_as = "shortlist"
    guarded = ("note",)
    details_in = ("note",)

    people = _ticks(lazy_gettext("Who goes on it?"))
    to_address = StringField(
        lazy_gettext("The recruiter's mail address"),
        validators=[Optional(), Email(lazy_gettext("This does not look like a mail address."))],
        description=lazy_gettext("Leave it empty to get the mail yourself and pass it on."),
    )
    note = TextAreaField(
        lazy_gettext("Your words on top"), validators=[Optional(), Length(max=LONGEST_TEXT)]
    )

    def chosen(self) -> list[UUID]:
        """Return the ids that were ticked."""
        return [UUID(one) for one in self.people.data or []]


def _label(contact: Contact) -> str:
    known = _WORKED_TOGETHER if contact.worked_together else _KNOWN.get(contact.strength or 0, "")
    return ", ".join(
        part for part in (contact.full_name(), contact.position, known and gettext(known)) if part
    )


class AlumniForm(SharedForm):
    """Within which limits somebody who landed opens doors."""

    read_as = "alumni"
    guarded = ("about",)

    asks_a_month = IntegerField(
        lazy_gettext("Asks a month, at most"),
        [
            InputRequired(lazy_gettext("How many a month?")),
            NumberRange(1, 10, lazy_gettext("From 1 to 10.")),
        ],
    )
    about = StringField(
        lazy_gettext("About what"),
        [Optional(), Length(max=200, message=lazy_gettext("A few words will do."))],
        description=lazy_gettext("Companies, roles or fields. Empty means anything."),
    )
    until = DateField(lazy_gettext("Until"), [InputRequired(lazy_gettext("Until which day?"))])

"""Forms of second chances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError

from coachhub.core.forms import DayField, Form

DEFAULT_WEEKS = "2, 6, 13"
MOST_TOUCHES = 8
LONGEST_WEEKS = 52


class NotesForm(Form):
    """What the member noted, while it is fresh."""

    role = StringField("Which role was it?", [Length(max=200)], description="As in “plant manager”")
    went_well = TextAreaField(
        "What went well, or impressed you?",
        [Length(max=400)],
        description="The letter goes on after “What has stayed with me:”.",
    )
    met = StringField(
        "Whom did you meet besides?",
        [Length(max=200)],
        description="As in “Ms Example and the team of shift B”. Nobody but you sees it.",
    )
    learned = TextAreaField(
        "What did you learn?",
        [Length(max=400)],
        description="After “Our conversations have already been of use to me:”.",
    )
    can_offer = TextAreaField(
        "What could you still give them?",
        [Length(max=400)],
        description="After “I am glad to”: as in “send you the overview of suppliers we spoke of”.",
    )
    to_name = StringField("Who is the letter for?", [Length(max=120)])
    to_email = EmailField(
        "Their mail address",
        [Optional(), Length(max=254), Email("This is not a mail address.")],
        description="Only to open your own mail program with it. We send them nothing.",
    )


class LetterForm(Form):
    """The letter, in the member's words."""

    subject = StringField("Subject", [DataRequired("A few words on top."), Length(max=150)])
    text = TextAreaField("Letter", [DataRequired("Write a few words first."), Length(max=5000)])


class TouchForm(Form):
    """A day to be in touch."""

    due_on = DayField("Be in touch on", [InputRequired("Which day suits you?")], ahead=366)


def _weeks(_form: Form, field: StringField) -> None:
    try:
        weeks = [int(part) for part in (field.data or "").split(",")]
    except ValueError:
        raise ValidationError("Numbers of weeks with commas, as in 2, 6, 13.") from None
    if not 1 <= len(weeks) <= MOST_TOUCHES or weeks != sorted(set(weeks)):
        raise ValidationError(f"From one to {MOST_TOUCHES} different numbers, the soonest first.")
    if not 1 <= weeks[0] <= weeks[-1] <= LONGEST_WEEKS:
        raise ValidationError(f"From 1 to {LONGEST_WEEKS} weeks.")


class SettingsForm(Form):
    """What a firm decides when it switches the plugin on."""

    weeks = StringField(
        "Weeks until the next touches",
        [_weeks],
        default=DEFAULT_WEEKS,
        description="Counted from the day a member begins; each member can change their own.",
    )
    lead = StringField(
        "Sentence on top of the page",
        [Length(max=200)],
        default="A no is about one day and one role. You know them now, and they know you.",
    )


def weeks_of(settings: Mapping[str, Any]) -> list[int]:
    """Return after how many weeks the touches are, as the firm decided."""
    return [int(part) for part in str(settings.get("weeks") or DEFAULT_WEEKS).split(",")]

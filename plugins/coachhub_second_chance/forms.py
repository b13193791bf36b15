"""Forms of second chances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError

from coachhub.core.forms import DayField, Form
from coachhub.core.words import gettext, gettext_noop, lazy_gettext

DEFAULT_WEEKS = "2, 6, 13"
MOST_TOUCHES = 8
LONGEST_WEEKS = 52


class NotesForm(Form):
    """What the member noted, while it is fresh."""

    role = StringField(
        lazy_gettext("Which role was it?"),
        [Length(max=200)],
        description=lazy_gettext("As in “plant manager”"),
    )
    went_well = TextAreaField(
        lazy_gettext("What went well, or impressed you?"),
        [Length(max=400)],
        description=lazy_gettext("The letter goes on after “What has stayed with me:”."),
    )
    met = StringField(
        lazy_gettext("Whom did you meet besides?"),
        [Length(max=200)],
        description=lazy_gettext(
            "As in “Ms Example and the team of shift B”. Nobody but you sees it."
        ),
    )
    learned = TextAreaField(
        lazy_gettext("What did you learn?"),
        [Length(max=400)],
        description=lazy_gettext("After “Our conversations have already been of use to me:”."),
    )
    can_offer = TextAreaField(
        lazy_gettext("What could you still give them?"),
        [Length(max=400)],
        description=lazy_gettext(
            "After “I am glad to”: as in “send you the overview of suppliers we spoke of”."
        ),
    )
    to_name = StringField(lazy_gettext("Who is the letter for?"), [Length(max=120)])
    to_email = EmailField(
        lazy_gettext("Their mail address"),
        [Optional(), Length(max=254), Email(lazy_gettext("This is not a mail address."))],
        description=lazy_gettext(
            "Only to open your own mail program with it. We send them nothing."
        ),
    )


class LetterForm(Form):
    """The letter, in the member's words."""

    subject = StringField(
        lazy_gettext("Subject"),
        [DataRequired(lazy_gettext("A few words on top.")), Length(max=150)],
    )
    text = TextAreaField(
        lazy_gettext("Letter"),
        [DataRequired(lazy_gettext("Write a few words first.")), Length(max=5000)],
    )


class TouchForm(Form):
    """A day to be in touch."""

    due_on = DayField(
        lazy_gettext("Be in touch on"),
        [InputRequired(lazy_gettext("Which day suits you?"))],
        ahead=366,
    )


def _weeks(_form: Form, field: StringField) -> None:
    try:
        weeks = [int(part) for part in (field.data or "").split(",")]
    except ValueError:
        raise ValidationError(gettext("Numbers of weeks with commas, as in 2, 6, 13.")) from None
    if not 1 <= len(weeks) <= MOST_TOUCHES or weeks != sorted(set(weeks)):
        raise ValidationError(
            gettext(
                "From one to %(MOST_TOUCHES)s different numbers, the soonest first.",
                MOST_TOUCHES=MOST_TOUCHES,
            )
        )
    if not 1 <= weeks[0] <= weeks[-1] <= LONGEST_WEEKS:
        raise ValidationError(
            gettext("From 1 to %(LONGEST_WEEKS)s weeks.", LONGEST_WEEKS=LONGEST_WEEKS)
        )


class SettingsForm(Form):
    """What a firm decides when it switches the plugin on."""

    weeks = StringField(
        lazy_gettext("Weeks until the next touches"),
        [_weeks],
        default=DEFAULT_WEEKS,
        description=lazy_gettext(
            "Counted from the day a member begins; each member can change their own."
        ),
    )
    lead = StringField(
        lazy_gettext("Sentence on top of the page"),
        [Length(max=200)],
        default=gettext_noop(
            "A no is about one day and one role. You know them now, and they know you."
        ),
    )


def weeks_of(settings: Mapping[str, Any]) -> list[int]:
    """Return after how many weeks the touches are, as the firm decided."""
    return [int(part) for part in str(settings.get("weeks") or DEFAULT_WEEKS).split(",")]

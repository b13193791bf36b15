"""Forms of gifts and thanks."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from coachhub.core.forms import DayField, Form, choices
from coachhub.core.words import lazy_gettext
from coachhub.moderation.guards import GuardedForm
from coachhub_gifts.catalogue import OCCASIONS
from coachhub_gifts.rule import CURRENCIES

LIMIT = 15
_PAST = 730  # days that a log reaches back


class NoteForm(GuardedForm):
    """A thank-you note."""

    guarded = ("words", "gift")

    name = StringField(
        lazy_gettext("Who it is for"),
        [DataRequired(lazy_gettext("Who is it for?")), Length(max=120)],
    )
    words = TextAreaField(
        lazy_gettext("Your words"),
        [DataRequired(lazy_gettext("Write a few words first.")), Length(max=1500)],
        description=lazy_gettext(
            "What they did, and what it changed for you. Two sentences are plenty."
        ),
    )
    gift = StringField(
        lazy_gettext("What comes with it"),
        [Length(max=160)],
        description=lazy_gettext(
            "If something does: half a loaf, a link, a map. It goes into your log."
        ),
    )
    occasion = SelectField(
        lazy_gettext("The moment"),
        choices=choices(
            [
                ("", lazy_gettext("No special one")),
                *((key, lazy_gettext(label)) for key, label in OCCASIONS.items()),
            ]
        ),
        default="",
    )


class RuleForm(Form):
    """A gift to hold against the rule."""

    gift = StringField(
        lazy_gettext("What would you give?"),
        [DataRequired(lazy_gettext("Name the gift first.")), Length(max=200)],
        description=lazy_gettext("As in: a bottle of wine; half a walnut loaf."),
    )


class GivenForm(Form):
    """Something that was given, for one's own log."""

    name = StringField(
        lazy_gettext("To whom"), [DataRequired(lazy_gettext("To whom?")), Length(max=120)]
    )
    what = StringField(
        lazy_gettext("What"), [DataRequired(lazy_gettext("What was it?")), Length(max=200)]
    )
    given_on = DayField(
        lazy_gettext("When"), [InputRequired(lazy_gettext("On which day?"))], past=_PAST, ahead=0
    )


class BackForm(Form):
    """What came back."""

    back = StringField(
        lazy_gettext("What came back"),
        [DataRequired(lazy_gettext("A few words are enough.")), Length(max=300)],
        description=lazy_gettext("A name, an answer, a smile: whatever you want to remember."),
    )
    back_on = DayField(lazy_gettext("When"), [Optional()], past=_PAST, ahead=0)


class SettingsForm(Form):
    """What a firm decides about gifts."""

    limit = IntegerField(
        lazy_gettext("A gift may be worth up to"),
        [InputRequired(), NumberRange(1, 500, lazy_gettext("Between 1 and 500, please."))],
        default=LIMIT,
        description=lazy_gettext(
            "Above it, a gift asks for one back. Homemade things rarely reach it."
        ),
    )
    currency = SelectField(lazy_gettext("In"), choices=choices(CURRENCIES.items()), default="EUR")
    outside = IntegerField(
        lazy_gettext("Notes by mail to people outside, per member and day"),
        [InputRequired(), NumberRange(0, 50, lazy_gettext("Between 0 and 50, please."))],
        default=5,
        description=lazy_gettext("0 switches them off; cards can still be printed."),
    )

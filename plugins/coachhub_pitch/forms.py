"""Forms of the pitch workshop."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from coachhub.core.forms import Form
from coachhub.core.words import lazy_gettext
from coachhub.moderation.guards import GuardedForm
from coachhub_pitch.reading import PACE

LONGEST = {"hook": 300, "pitch": 3000}


class PitchForm(GuardedForm):
    """A hook or a pitch."""

    guarded = ("text", "occasion")

    text = TextAreaField(
        lazy_gettext("Your words"), [DataRequired(lazy_gettext("Write a few words first."))]
    )
    occasion = StringField(
        lazy_gettext("For whom, or for which moment"),
        [Length(max=120)],
        description=lazy_gettext(
            "As in: plant managers; a stranger in the lift; the round at the huddle."
        ),
    )
    note = StringField(
        lazy_gettext("What you changed"),
        [Length(max=120)],
        description=lazy_gettext("A word for yourself, shown beside the version."),
    )
    cohort = SelectField(
        lazy_gettext("Your group"), description=lazy_gettext("Its coach looks at it when you ask.")
    )


class HookForm(PitchForm):
    """A hook: shorter, and in one sentence."""

    text = TextAreaField(
        lazy_gettext("Your hook"),
        [
            DataRequired(lazy_gettext("Write a few words first.")),
            Length(
                max=LONGEST["hook"],
                message=lazy_gettext("One sentence is enough: up to 300 characters."),
            ),
        ],
        description=lazy_gettext(
            "One sentence that makes people want to hear the next one: what you do, for"
            " whom, and what is better afterwards."
        ),
    )


class LongForm(PitchForm):
    """An elevator pitch."""

    text = TextAreaField(
        lazy_gettext("Your pitch"),
        [
            DataRequired(lazy_gettext("Write a few words first.")),
            Length(max=LONGEST["pitch"], message=lazy_gettext("Up to 3,000 characters, please.")),
        ],
        description=lazy_gettext(
            "Who you are, one thing that you made better, what you look for, and one"
            " small thing that your listener can do."
        ),
    )


FORMS: dict[str, type[PitchForm]] = {"hook": HookForm, "pitch": LongForm}


class AloudForm(Form):
    """How long it took to say it."""

    seconds = IntegerField(
        lazy_gettext("Seconds it took"),
        [
            InputRequired(lazy_gettext("How many seconds did it take?")),
            NumberRange(1, 1800, lazy_gettext("Between 1 second and half an hour, please.")),
        ],
        description=lazy_gettext(
            "The clock fills this in. With a watch of your own, write it down here."
        ),
    )


class CommentForm(GuardedForm):
    """What a coach says about a passage."""

    guarded = ("text",)

    sentence = SelectField(
        lazy_gettext("About which passage"),
        description=lazy_gettext("Or mark the words in the text."),
    )
    quote = HiddenField()
    start = HiddenField(default="0")
    text = TextAreaField(
        lazy_gettext("What you think"),
        [DataRequired(lazy_gettext("Write a few words first.")), Length(max=1000)],
        description=lazy_gettext("What works, and one thing to try."),
    )


class AskForm(Form):
    """A blunt ask, and what is needed to frame it."""

    words = StringField(
        lazy_gettext("What would you ask, bluntly?"),
        [
            DataRequired(lazy_gettext("Write it as you would say it, however blunt.")),
            Length(max=200),
        ],
        description=lazy_gettext("As in: I need a job. Can you get me into Shell?"),
    )
    target = SelectField(lazy_gettext("Is it about one of your targets?"), validate_choice=False)
    learn = StringField(
        lazy_gettext("What would you most like to know?"),
        [Length(max=90)],
        description=lazy_gettext(
            "One question that somebody inside could answer, as in: how long it takes"
            " them to decide."
        ),
    )
    offer = SelectField(
        lazy_gettext("What do you give?"),
        validate_choice=False,
        description=lazy_gettext("An offer of yours travels with the ask."),
    )


class SettingsForm(Form):
    """What a firm decides about the workshop."""

    pace = IntegerField(
        lazy_gettext("Words a minute when speaking"),
        [InputRequired(), NumberRange(80, 220, lazy_gettext("Between 80 and 220, please."))],
        default=PACE,
        description=lazy_gettext(
            "What the speaking time is counted with. 130 is a calm pace that leaves room"
            " to breathe; 160 is brisk."
        ),
    )
    hook_seconds = IntegerField(
        lazy_gettext("Goal for a hook, in seconds"),
        [InputRequired(), NumberRange(5, 60, lazy_gettext("Between 5 and 60, please."))],
        default=12,
    )
    pitch_seconds = IntegerField(
        lazy_gettext("Goal for a pitch, in seconds"),
        [InputRequired(), NumberRange(15, 300, lazy_gettext("Between 15 and 300, please."))],
        default=60,
    )
    tell_coaches = BooleanField(
        lazy_gettext("Coaches get a mail when somebody asks for a look"),
        default=True,
        description=lazy_gettext("They see it on their dashboard in any case."),
    )

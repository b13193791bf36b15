"""Forms of progress updates."""

from __future__ import annotations

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from coachhub.core.forms import Form
from coachhub.core.words import lazy_gettext
from coachhub.moderation.guards import SharedForm

LONGEST = 2000


class UpdateForm(SharedForm):
    """An update in the member's words."""

    read_as = "update"
    guarded = ("subject", "met", "looking", "helps")
    details_in = ("subject", "met", "looking", "helps")

    subject = StringField(
        lazy_gettext("Subject"),
        [DataRequired(lazy_gettext("A mail needs a subject.")), Length(max=120)],
    )
    met = TextAreaField(
        lazy_gettext("Who I met, what happened"),
        [Length(max=LONGEST)],
        description=lazy_gettext("The good and the slow. Name people only if they would not mind."),
    )
    looking = TextAreaField(
        lazy_gettext("What I look for now"),
        [Length(max=LONGEST)],
        description=lazy_gettext(
            "Roles, fields, two or three companies: so that a reader can think of a name."
        ),
    )
    helps = TextAreaField(
        lazy_gettext("What may help you"),
        [Length(max=LONGEST)],
        description=lazy_gettext(
            "Something you learnt or can give. It makes the mail worth opening."
        ),
    )


class GroupForm(Form):
    """A name for the chosen contacts."""

    name = StringField(
        lazy_gettext("Remember these people as"),
        [DataRequired(lazy_gettext("Give the group a name first.")), Length(max=60)],
        description=lazy_gettext("As in: former colleagues. Only you see it."),
    )


class SettingsForm(Form):
    """What a firm decides about updates."""

    days_between = IntegerField(
        lazy_gettext("Days between two updates to the same contact, at least"),
        [InputRequired(), NumberRange(7, 180, lazy_gettext("Between 7 and 180, please."))],
        default=30,
    )
    most = IntegerField(
        lazy_gettext("People one update may go to"),
        [InputRequired(), NumberRange(1, 300, lazy_gettext("Between 1 and 300, please."))],
        default=100,
    )
    nudge_weeks = IntegerField(
        lazy_gettext("Weeks after which a member is reminded"),
        [InputRequired(), NumberRange(0, 52, lazy_gettext("Between 0 and 52, please."))],
        default=6,
        description=lazy_gettext("0 for never."),
    )

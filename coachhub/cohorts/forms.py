"""Forms of the cohorts room."""

from __future__ import annotations

from uuid import UUID

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext_noop, lazy_gettext
from coachhub.moderation.guards import SharedForm

RIVAL_NOTES = {
    "tell": gettext_noop(
        "Both learn that the other is after it too, and settle it between themselves."
    ),
    "share": gettext_noop("What they know is shared; the vacancy itself is not."),
    "first": gettext_noop("Whoever posted it first goes first; the other is introduced later."),
}


class CohortForm(SharedForm):
    """A cohort's name and what it is about."""

    read_as = "cohort"
    guarded = ("name", "about")
    details_in = ("about",)

    name = StringField(
        lazy_gettext("Name"),
        [InputRequired(lazy_gettext("Please give the cohort a name.")), Length(max=80)],
        description=lazy_gettext("As its members would say it, as in “Spring, Rotterdam”."),
    )
    about = TextAreaField(
        lazy_gettext("About"),
        [Length(max=600)],
        description=lazy_gettext("When you meet, and what the group has in common."),
    )


class RulesForm(Form):
    """The coach's rules for rounds and mails."""

    rivals = RadioField(
        lazy_gettext("When two members are after the same role at one company"),
        choices=choices(
            [
                ("share", lazy_gettext("Share knowledge")),
                ("tell", lazy_gettext("Tell both")),
                ("first", lazy_gettext("One goes first")),
            ]
        ),
    )
    max_ring = SelectField(
        lazy_gettext("Longest ring"),
        coerce=int,
        choices=choices(
            [
                (2, lazy_gettext("2: swaps only")),
                (3, lazy_gettext("3 members")),
                (4, lazy_gettext("4 members")),
            ]
        ),
        description=lazy_gettext(
            "Longer rings help more members; shorter ones are easier to keep."
        ),
    )
    max_chain = SelectField(
        lazy_gettext("Longest chain"),
        coerce=int,
        choices=choices(
            [
                (0, lazy_gettext("No chains")),
                (2, lazy_gettext("2 steps")),
                (3, lazy_gettext("3 steps")),
                (4, lazy_gettext("4 steps")),
            ]
        ),
        description=lazy_gettext("A chain starts with somebody who gives without getting back."),
    )
    give_cap = IntegerField(
        lazy_gettext("Introductions that a member gives in a round, at most"),
        [
            InputRequired(lazy_gettext("Please write a number.")),
            NumberRange(1, 5, lazy_gettext("Between 1 and 5.")),
        ],
    )
    receive_cap = IntegerField(
        lazy_gettext("Introductions that a member receives in a round, at most"),
        [
            InputRequired(lazy_gettext("Please write a number.")),
            NumberRange(1, 5, lazy_gettext("Between 1 and 5.")),
        ],
    )
    cadence = SelectField(
        lazy_gettext("Digest by mail"),
        choices=choices(
            [
                ("off", lazy_gettext("No digests")),
                ("daily", lazy_gettext("Every day")),
                ("weekly", lazy_gettext("Every week")),
                ("fortnightly", lazy_gettext("Every two weeks")),
            ]
        ),
        description=lazy_gettext(
            "Members can choose fewer. With nothing to say, no mail goes out."
        ),
    )


def _id(value: str | UUID) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


class EnrolForm(Form):
    """Who joins a cohort, and as what."""

    membership = SelectField(lazy_gettext("Who"), coerce=_id)
    role = SelectField(
        lazy_gettext("As"),
        choices=choices(
            [("member", lazy_gettext("Member")), ("coach", lazy_gettext("Coach who leads it"))]
        ),
    )


class NoteForm(SharedForm):
    """A few lines from a coach to a member."""

    read_as = "coach_note"
    guarded = ("text",)
    details_in = ("text",)

    text = TextAreaField(
        lazy_gettext("Your note"),
        [InputRequired(lazy_gettext("Please write a few words.")), Length(max=3000)],
        description=lazy_gettext("It goes out by mail in your name. Answers come to you."),
    )

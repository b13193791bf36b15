"""Forms of the firms room."""

from __future__ import annotations

from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from coachhub.core.forms import Form, WebLink, WordsField


class JoinForm(Form):
    """Somebody new says who they are and chooses a password."""

    name = StringField(
        "Your name",
        [DataRequired("Please tell us your name."), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        "Choose a password",
        [DataRequired("Please choose a password.")],
        description="15 characters or more. Four or five random words work well.",
        render_kw={"autocomplete": "new-password"},
    )


class ProfileForm(Form):
    """What a member tells the group."""

    headline = StringField(
        "Who you are, in one line",
        [Length(max=120)],
        description="For example: Reservoir engineer who makes old fields pay.",
    )
    titles = WordsField(
        "Job titles you look for", description="With commas: Operations manager, Plant manager."
    )
    fields = WordsField("Fields", description="With commas: energy, logistics.")
    places = WordsField("Places", description="With commas: Houston, remote.")
    profile_url = StringField(
        "Link to your profile",
        [
            Optional(),
            Length(max=500),
            WebLink(),
        ],
    )
    resume_url = StringField(
        "Link to your résumé",
        [
            Optional(),
            Length(max=500),
            WebLink(),
        ],
    )
    interests = TextAreaField(
        "What you enjoy besides work",
        [Length(max=400)],
        description="It helps others find a small gift that fits you.",
    )
    keep_from = WordsField(
        "Keep my search from",
        description="Companies whose people must not hear of it, with commas.",
    )

"""Forms of the firms room."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from coachhub.core.forms import Form, WebLink, WordsField
from coachhub.core.words import lazy_gettext


class JoinForm(Form):
    """Somebody new says who they are and chooses a password."""

    name = StringField(
        lazy_gettext("Your name"),
        [DataRequired(lazy_gettext("Please tell us your name.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        lazy_gettext("Choose a password"),
        [DataRequired(lazy_gettext("Please choose a password."))],
        description=lazy_gettext("15 characters or more. Four or five random words work well."),
        render_kw={"autocomplete": "new-password"},
    )
    zone = HiddenField()  # the browser's own time zone, where it says so


class ProfileForm(Form):
    """What a member tells the group."""

    headline = StringField(
        lazy_gettext("Who you are, in one line"),
        [Length(max=120)],
        description=lazy_gettext("For example: Reservoir engineer who makes old fields pay."),
    )
    titles = WordsField(
        lazy_gettext("Job titles you look for"),
        description=lazy_gettext("With commas: Operations manager, Plant manager."),
    )
    fields = WordsField(
        lazy_gettext("Fields"), description=lazy_gettext("With commas: energy, logistics.")
    )
    places = WordsField(
        lazy_gettext("Places"), description=lazy_gettext("With commas: Houston, remote.")
    )
    profile_url = StringField(
        lazy_gettext("Link to your profile"),
        [
            Optional(),
            Length(max=500),
            WebLink(),
        ],
    )
    resume_url = StringField(
        lazy_gettext("Link to your résumé"),
        [
            Optional(),
            Length(max=500),
            WebLink(),
        ],
    )
    interests = TextAreaField(
        lazy_gettext("What you enjoy besides work"),
        [Length(max=400)],
        description=lazy_gettext("It helps others find a small gift that fits you."),
    )
    keep_from = WordsField(
        lazy_gettext("Keep my search from"),
        description=lazy_gettext("Companies whose people must not hear of it, with commas."),
    )

"""Forms of Outcomes."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from coachhub.core.forms import Form


class NoteForm(Form):
    """A new note."""

    text = TextAreaField(
        "What do you want to remember?",
        [DataRequired("Write a few words first."), Length(max=500)],
    )


class SettingsForm(Form):
    """What a firm decides when it switches the plugin on."""

    lead = StringField(
        "Sentence above the notes",
        [Length(max=140)],
        default="Only you see what stands here.",
    )

"""Forms of the mail room."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from coachhub.core.forms import Form
from coachhub.core.words import lazy_gettext


class ReplyForm(Form):
    """An answer to a mail in the trial's mailbox."""

    text = TextAreaField(
        lazy_gettext("Your reply"),
        validators=[
            InputRequired(lazy_gettext("Please write what you want to answer.")),
            Length(max=4000, message=lazy_gettext("Please keep it under 4,000 characters.")),
        ],
    )

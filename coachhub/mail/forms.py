"""Forms of the mail room."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from coachhub.core.forms import Form


class ReplyForm(Form):
    """An answer to a mail in the trial's mailbox."""

    text = TextAreaField(
        "Your reply",
        validators=[
            InputRequired("Please write what you want to answer."),
            Length(max=4000, message="Please keep it under 4,000 characters."),
        ],
    )

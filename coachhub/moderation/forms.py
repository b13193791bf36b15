"""Forms of moderation."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext, lazy_gettext
from coachhub.moderation import house


class ReportForm(Form):
    """A member says what is wrong with something."""

    reason = RadioField(
        lazy_gettext("What is wrong?"),
        [InputRequired(lazy_gettext("Please choose what is wrong."))],
    )
    note = TextAreaField(
        lazy_gettext("Anything the moderator should know"),
        [Length(max=1000)],
        description=lazy_gettext("The author never learns who reported it."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        """Offer the rules that hold in this firm."""
        super().__init__(*args, **kw)
        self.reason.choices = choices((rule.code, gettext(rule.title)) for rule in house.rules())


class AppealForm(Form):
    """An author asks for a second look."""

    text = TextAreaField(
        lazy_gettext("What should we look at again?"),
        [DataRequired(lazy_gettext("Please say what we should look at again.")), Length(max=4000)],
        description=lazy_gettext("Somebody else than the first time reads it and answers you."),
    )

"""Forms of moderation."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from coachhub.core.forms import Form, choices
from coachhub.moderation import house
from coachhub.moderation.operations import Answer, Ruling


class ReportForm(Form):
    """A member says what is wrong with something."""

    reason = RadioField(
        "What is wrong?",
        [InputRequired("Please choose what is wrong.")],
    )
    note = TextAreaField(
        "Anything the moderator should know",
        [Length(max=1000)],
        description="The author never learns who reported it.",
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        """Offer the rules that hold in this firm."""
        super().__init__(*args, **kw)
        self.reason.choices = choices((rule.code, rule.title) for rule in house.rules())


class AppealForm(Form):
    """An author asks for a second look."""

    text = TextAreaField(
        "What should we look at again?",
        [DataRequired("Please say what we should look at again."), Length(max=4000)],
        description="Somebody else than the first time reads it and answers you.",
    )


class AnswerForm(Form):
    """A second person answers an appeal."""

    version = HiddenField(validators=[DataRequired()])
    outcome = RadioField(
        "What do you decide?",
        [InputRequired("Please choose what you decide.")],
        choices=choices(
            (
                ("overturned", "Taken back: no rule is broken, all that followed is undone"),
                ("upheld", "It stays as it was decided"),
                ("amended", "It changes: something else follows"),
            )
        ),
    )
    text = TextAreaField(
        "Why? The author reads this",
        [DataRequired("Please tell the author why."), Length(max=4000)],
        description="They read it as from a firm moderator, without your name.",
    )
    rule = RadioField("If it changes: under which rule?", [Optional()])
    effect = RadioField(
        "If it changes: what follows?",
        [Optional()],
        choices=choices(
            (
                ("message", "A word to the author, the text stays"),
                ("returned", "Back to the author, who can mend it"),
                ("redacted", "The passage is masked"),
                ("removed", "Removed"),
            )
        ),
    )
    passage = TextAreaField("If it changes: which passage?", [Length(max=2000)])

    def __init__(self, *args: Any, **kw: Any) -> None:
        """Offer the rules that hold in this firm."""
        super().__init__(*args, **kw)
        self.rule.choices = choices((rule.code, rule.title) for rule in house.rules())

    def answer(self) -> Answer:
        """Return what was typed."""
        text = self.text.data or ""
        if self.outcome.data != "amended":
            return Answer(self.outcome.data, text)
        passage = (self.passage.data or "").replace("\r\n", "\n")
        ruling = Ruling("upheld", self.rule.data or "", self.effect.data or "", passage, text)
        return Answer("amended", text, ruling)


class DecisionForm(Form):
    """A moderator decides."""

    version = HiddenField(validators=[DataRequired()])
    rule = RadioField(
        "Under which rule?",
        [InputRequired("Please choose the rule.")],
    )
    verdict = RadioField(
        "What follows?",
        [InputRequired("Please choose what follows.")],
        choices=choices(
            (
                ("none", "Nothing: no rule is broken, it stays"),
                ("returned", "Back to the author, who can mend it"),
                ("removed", "Removed from the board"),
            )
        ),
    )
    passage = TextAreaField(
        "Which passage?", [Length(max=2000)], description="Copied from the text, as it stands."
    )
    message = TextAreaField(
        "A kind word to the author",
        [Length(max=2000)],
        description="What is wrong and how to mend it. They read it as from “the moderators”.",
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        """Offer the rules that hold in this firm."""
        super().__init__(*args, **kw)
        self.rule.choices = choices((rule.code, rule.title) for rule in house.rules())

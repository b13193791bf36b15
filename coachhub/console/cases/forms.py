"""Forms of the moderators' pages."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from coachhub.console.saved import LONGEST
from coachhub.core.forms import Form, choices
from coachhub.core.words import gettext, gettext_noop, lazy_gettext
from coachhub.moderation import house
from coachhub.moderation.operations import PenaltyDraft, Ruling

# What can follow, in the order of how much it is: words, and what they mean.
VERDICTS: tuple[tuple[str, str, str], ...] = (
    (
        "none",
        gettext_noop("It is fine"),
        gettext_noop("It stays. Nobody reports it again until it changes."),
    ),
    (
        "message",
        gettext_noop("A word to the author"),
        gettext_noop("It stays. They read your words in private."),
    ),
    (
        "returned",
        gettext_noop("Back to the author"),
        gettext_noop("Hidden until they have mended it."),
    ),
    (
        "redacted",
        gettext_noop("Mask the passage"),
        gettext_noop("The rest stays."),
    ),
    (
        "removed",
        gettext_noop("Remove the text"),
        gettext_noop("Hidden for good. They can ask for a second look."),
    ),
)
# The same, once it has been decided.
FOLLOWED = {
    "none": gettext_noop("It stays: no rule is broken"),
    "message": gettext_noop("A word to the author"),
    "returned": gettext_noop("Back to the author"),
    "redacted": gettext_noop("The passage is masked"),
    "removed": gettext_noop("Removed"),
}
LIKE_ANOTHER = ("duplicate", lazy_gettext("Like another case"))
LIKE_ANOTHER_MEANS = gettext_noop("What followed there follows here, without a second strike.")
# A word and a mask need a look at each text; these say the same of all.
FOR_MANY = frozenset({"none", "returned", "removed"})
VERDICT_KEYS = {"none": "f", "message": "m", "returned": "r", "redacted": "p", "removed": "x"}
PENALTIES = (
    ("", lazy_gettext("Nothing else")),
    ("held", lazy_gettext("What they publish waits for a look first")),
    ("paused", lazy_gettext("They publish nothing")),
    ("suspended", lazy_gettext("The firm is closed to them")),
)
_SENTENCE = re.compile(r"[^\n.!?]*[.!?]+(?=\s|$)|[^\n.!?]+(?:[.!?](?=\S)[^\n.!?]*)*[.!?]*")
MOST_SENTENCES = 120


def sentences_by_line(text: str) -> list[list[tuple[int, str]]]:
    """Return a text's lines, each as its sentences with their numbers; whole lines if it is long.

    A line without words is an empty list.
    """
    lines = [[part.strip() for part in _SENTENCE.findall(line)] for line in text.splitlines()]
    if sum(map(len, lines)) > MOST_SENTENCES:
        lines = [[line.strip()] for line in text.splitlines()]
    numbers = itertools.count()
    return [[(next(numbers), part) for part in line if part] for line in lines]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text as they stand in it, in order."""
    return [part for line in sentences_by_line(text) for _number, part in line]


def passage_of(text: str, picked: Sequence[int]) -> str:
    """Return the passage from the first to the last of the sentences picked, as it stands."""
    parts = sentences(text)
    picked = [number for number in picked if 0 <= number < len(parts)]
    if not picked:
        return ""
    position, begins, ends = 0, 0, 0
    for number, part in enumerate(parts[: max(picked) + 1]):
        position = text.index(part, position)
        if number == min(picked):
            begins = position
        position += len(part)
        ends = position
    return text[begins:ends]


class RulingForm(Form):
    """What follows, under which rule, and what the author reads: for one case or for many."""

    verdict = RadioField(
        lazy_gettext("What follows?"),
        [InputRequired(lazy_gettext("Please choose what follows."))],
        choices=choices((value, lazy_gettext(words)) for value, words, _ in VERDICTS),
    )
    rule = SelectField(lazy_gettext("Under which rule?"))
    message = TextAreaField(
        lazy_gettext("Your words to the author"),
        [Length(max=2000)],
        description=lazy_gettext(
            "What is wrong and how to mend it. Left empty, they read the usual words of the rule."
        ),
    )
    strike = BooleanField(
        lazy_gettext("Remember it for 90 days"),
        description=lazy_gettext("A strike. It ends by itself, or with an appeal."),
    )
    # What it can be is checked where it is written; left out, nothing follows.
    penalty = SelectField(
        lazy_gettext("And for a while"), choices=choices(PENALTIES), validate_choice=False
    )
    days = IntegerField(
        lazy_gettext("For how many days"), [Optional(), NumberRange(1, 365)], default=7
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        """Offer the rules that hold in this firm."""
        super().__init__(*args, **kw)
        self.rule.choices = choices((rule.code, gettext(rule.title)) for rule in house.rules())

    def ruling(self, passage: str) -> Ruling:
        """Return what was chosen, with the usual words where none were written."""
        effect = self.verdict.data
        if effect == "none":
            return Ruling("not_upheld", rule="", message="")
        given = (self.message.data or "").replace("\r\n", "\n")
        heavy = effect not in {"none", "message"}
        drafts = (PenaltyDraft(self.penalty.data, self.days.data or 7),)
        return Ruling(
            outcome="upheld",
            rule=self.rule.data,
            effect=effect,
            passage=passage,
            message=given or house.by_code()[self.rule.data].advice,
            strike=heavy and self.strike.data,
            penalties=drafts if heavy and self.penalty.data else (),
        )


class TogetherForm(RulingForm):
    """A moderator decides many cases at once: what can be said of all of them."""

    verdict = RadioField(
        lazy_gettext("What follows?"),
        [InputRequired(lazy_gettext("Please choose what follows."))],
        choices=choices(
            (value, lazy_gettext(words)) for value, words, _ in VERDICTS if value in FOR_MANY
        ),
    )


class DecisionForm(RulingForm):
    """A moderator decides one case; `picked` numbers the sentences of its evidence."""

    version = HiddenField(validators=[DataRequired()])
    picked = SelectMultipleField(
        lazy_gettext("Which passage?"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=lazy_gettext("The author sees what it is about. None chosen means all of it."),
    )

    # Only asked for, and only checked, where a case is decided like another one.
    twin = SelectField(lazy_gettext("Like which case?"), validate_choice=False)

    def __init__(
        self, evidence: str, *args: Any, twins: Sequence[tuple[str, str]] = (), **kw: Any
    ) -> None:
        """Offer the sentences of the evidence, and `twins`: decided cases by their ids."""
        super().__init__(*args, **kw)
        self.evidence = evidence
        self.picked.choices = choices(enumerate(sentences(evidence)))
        self.offered = {case_id for case_id, _label in twins}
        self.twin.choices = choices(twins)
        if twins:
            self.verdict.choices = [*(self.verdict.choices or ()), *choices([LIKE_ANOTHER])]

    def validate_twin(self, field: SelectField) -> None:
        """Refuse a case that was not offered."""
        if self.verdict.data == LIKE_ANOTHER[0] and field.data not in self.offered:
            raise ValidationError(gettext("Please choose the other case."))

    def ruling(self, passage: str) -> Ruling:
        """Return what was chosen; like another case, that case says the rest."""
        if self.verdict.data != LIKE_ANOTHER[0]:
            return super().ruling(passage)
        picked = self.passage()
        return Ruling(
            outcome="duplicate", effect="message", passage=picked, duplicate_of=UUID(self.twin.data)
        )

    def passage(self) -> str:
        """Return the passage that was picked, as it stands in the evidence."""
        return passage_of(self.evidence, self.picked.data or ())

    def seen_version(self) -> int:
        """Return the version that the moderator saw; one that cannot be is none at all."""
        given = self.version.data or ""
        return int(given[:9]) if given.isascii() and given.isdigit() else -1


class AppealForm(Form):
    """A second person looks at a decision."""

    version = HiddenField(validators=[DataRequired()])
    outcome = RadioField(
        lazy_gettext("What now?"),
        [InputRequired(lazy_gettext("Please choose."))],
        choices=choices(
            (
                ("upheld", lazy_gettext("The decision stays")),
                ("overturned", lazy_gettext("It is taken back")),
                ("returned", lazy_gettext("Less: back to the author, who can mend it")),
                ("message", lazy_gettext("Less: a word to the author, and it stays")),
            )
        ),
    )
    text = TextAreaField(
        lazy_gettext("Why?"),
        [DataRequired(lazy_gettext("Please tell the author why.")), Length(max=4000)],
        description=lazy_gettext("The author reads it, as from “the moderators”."),
    )

    def seen_version(self) -> int:
        """Return the version that the moderator saw."""
        given = self.version.data or ""
        return int(given[:9]) if given.isascii() and given.isdigit() else -1


class ViewForm(Form):
    """A name for what the queue shows."""

    name = StringField(lazy_gettext("Keep this view as"), [Length(max=LONGEST)])
    shared = BooleanField(lazy_gettext("For all moderators of the firm"))


class NoteForm(Form):
    """Something that other moderators should know about a member."""

    text = TextAreaField(
        lazy_gettext("A note for the other moderators"),
        [DataRequired(lazy_gettext("What should they know?")), Length(max=2000)],
        description=lazy_gettext("It goes with what the member takes away, without your name."),
    )

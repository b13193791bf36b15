"""Forms of the board: what is typed becomes a draft."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from coachhub.board.hooks import Post
from coachhub.board.kinds import offer_kinds
from coachhub.board.landing import LONGEST_AGO, Landing
from coachhub.board.operations import AskDraft, LeadDraft, OfferDraft, TargetDraft
from coachhub.companies.identities import LONGEST
from coachhub.core.forms import DayField, Form, WordsField, choices
from coachhub.core.words import gettext, gettext_noop, lazy_gettext
from coachhub.moderation.guards import GuardedForm

STAGE_LABELS = [
    ("wish", gettext_noop("Wish")),
    ("reaching_out", gettext_noop("Reaching out")),
    ("talking", gettext_noop("Talking")),
    ("interviewing", gettext_noop("Interviewing")),
    ("offer", gettext_noop("Job offer")),
    ("no", gettext_noop("A no, still alive")),
    ("landed", gettext_noop("Landed")),
]
_MOST_TOPICS = 6
_TOUCHED_DAYS = 365  # a day that has passed may stand there while something else is changed


def _few_topics(_form: Form, field: WordsField) -> None:
    if len(field.data or []) > _MOST_TOPICS:
        raise ValidationError(
            gettext("Please keep to %(MOST_TOPICS)s topics.", MOST_TOPICS=_MOST_TOPICS)
        )


class PostForm(GuardedForm):
    """What every form of a post has: the revision that it was opened with."""

    guarded = ("kind", "company", "roles", "learn", "title", "body", "field", "place", "topics")

    revision = HiddenField(default="1")

    def opened_with(self) -> int:
        """Return the revision that the form was opened with; 0 for nonsense."""
        text = str(self.revision.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004

    def draft(self) -> Any:
        """Return what was typed, as the draft of its kind."""
        raise NotImplementedError

    def show(self, post: Post, company: str) -> None:
        """Fill the form with a post as it stands."""
        for name, field in self._fields.items():
            if name == "company":
                field.data = company
            elif name == "until":
                field.data = post.expires_on
            elif hasattr(post, name):
                field.data = getattr(post, name)


class LandingForm(Form):
    """A member says that they found work."""

    landed_on = DayField(
        lazy_gettext("The day it was settled"),
        [InputRequired(lazy_gettext("Which day was it?"))],
        past=LONGEST_AGO,
        ahead=0,
        description=lazy_gettext(
            "The day you said yes to each other; your first day of work may be later."
        ),
    )
    target = SelectField(
        lazy_gettext("Was it one of your targets?"),
        description=lazy_gettext("Only your coach and you see how far a target is."),
    )
    close = RadioField(
        lazy_gettext("What about your targets?"),
        choices=choices(
            [
                ("close", lazy_gettext("Take them all off the board")),
                ("keep", lazy_gettext("Keep them, I still look around")),
            ]
        ),
        default="close",
    )

    def landing(self) -> Landing:
        """Return what was typed."""
        chosen = self.target.data
        return Landing(
            landed_on=self.landed_on.data or dt.datetime.now(dt.UTC).date(),
            target_id=UUID(chosen) if chosen else None,
            close_targets=self.close.data == "close",
        )


class TargetForm(PostForm):
    """A company that a member wants to reach."""

    company = StringField(
        lazy_gettext("Company"),
        [
            InputRequired(lazy_gettext("Which company would you like to reach?")),
            Length(max=LONGEST),
        ],
        description=lazy_gettext(
            "As its people would say it. We find the many ways of writing it."
        ),
    )
    roles = StringField(
        lazy_gettext("Roles you would take there"),
        [Length(max=200)],
        description=lazy_gettext("One or two titles, as in “Plant engineer, maintenance lead”."),
    )
    learn = TextAreaField(
        lazy_gettext("What you need to learn"),
        [Length(max=1000)],
        description=lazy_gettext(
            "What would somebody inside be able to tell you in fifteen minutes?"
        ),
    )
    stage = SelectField(
        lazy_gettext("How far you are"),
        choices=choices((key, lazy_gettext(label)) for key, label in STAGE_LABELS),
    )
    weight = RadioField(
        lazy_gettext("How much it matters"),
        coerce=int,
        choices=choices(
            [
                (3, lazy_gettext("Very much")),
                (2, lazy_gettext("Much")),
                (1, lazy_gettext("It would be nice")),
            ]
        ),
        default=2,
    )
    next_touch_on = DayField(
        lazy_gettext("Next touch"),
        [Optional()],
        past=_TOUCHED_DAYS,
        description=lazy_gettext(
            "When you want to be in touch again. It stands on your home page that day."
        ),
    )

    def draft(self) -> TargetDraft:
        """Return what was typed."""
        return TargetDraft(
            company=self.company.data or "",
            roles=self.roles.data or "",
            learn=self.learn.data or "",
            stage=self.stage.data or "wish",
            weight=self.weight.data or 2,
            next_touch_on=self.next_touch_on.data,
        )


class _GiveForm(PostForm):
    """What offers and asks have in common."""

    kind = SelectField(lazy_gettext("Kind"))
    title = StringField(
        lazy_gettext("In one sentence"),
        [InputRequired(lazy_gettext("Please say it in one sentence.")), Length(max=160)],
    )
    body = TextAreaField(lazy_gettext("More, if it helps"), [Length(max=2000)])
    company = StringField(lazy_gettext("Company"), [Length(max=LONGEST)])
    field = StringField(
        lazy_gettext("Field"),
        [Length(max=80)],
        description=lazy_gettext("As in finance, food, shipping, software."),
    )
    topics = WordsField(
        lazy_gettext("Topics"),
        [_few_topics],
        description=lazy_gettext("With commas between, as in: SAP, month-end, IFRS."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.key, kind.label) for kind in offer_kinds().values()]
        if self.kind.object_data and self.kind.object_data not in offer_kinds():
            kinds.append((self.kind.object_data, self.kind.object_data))
        self.kind.choices = choices(kinds)

    def _given(self) -> dict[str, Any]:
        return {
            "kind": self.kind.data or "",
            "title": self.title.data or "",
            "body": self.body.data or "",
            "company": self.company.data or "",
            "field": self.field.data or "",
            "topics": tuple(self.topics.data or ()),
        }


class OfferForm(_GiveForm):
    """What a member gives."""

    def draft(self) -> OfferDraft:
        """Return what was typed."""
        return OfferDraft(**self._given())


class AskForm(_GiveForm):
    """What a member asks for."""

    kind = SelectField(
        lazy_gettext("What would help"),
        description=lazy_gettext("The kind of offer that would answer it."),
    )
    title = StringField(
        lazy_gettext("The first step, in one sentence"),
        [InputRequired(lazy_gettext("Please say it in one sentence.")), Length(max=160)],
        description=lazy_gettext(
            "Small enough that somebody can say yes today: a question, a name, an hour."
        ),
    )
    body = TextAreaField(
        lazy_gettext("What makes it easy to say yes"),
        [Length(max=2000)],
        description=lazy_gettext(
            "Why it matters to you, how little it takes, what you have done already."
        ),
    )

    def draft(self) -> AskDraft:
        """Return what was typed."""
        return AskDraft(**self._given())


class LeadForm(PostForm):
    """An opening or a recruiter's search that fits somebody else."""

    kind = RadioField(
        lazy_gettext("What it is"),
        choices=choices(
            [
                ("opening", lazy_gettext("An opening")),
                ("recruiter", lazy_gettext("A recruiter's search")),
            ]
        ),
        default="opening",
    )
    title = StringField(
        lazy_gettext("Role"), [InputRequired(lazy_gettext("Which role is it?")), Length(max=160)]
    )
    company = StringField(
        lazy_gettext("Company"),
        [Length(max=LONGEST)],
        description=lazy_gettext("Leave it empty if it may not be named."),
    )
    field = StringField(lazy_gettext("Field"), [Length(max=80)])
    place = StringField(
        lazy_gettext("Place"),
        [Length(max=80)],
        description=lazy_gettext("A town, a region, or remote."),
    )
    body = TextAreaField(
        lazy_gettext("What the group may know"),
        [Length(max=2000)],
        description=lazy_gettext("Only what is public or what you were asked to pass on."),
    )
    source = StringField(
        lazy_gettext("Where you have it from"),
        [Length(max=200)],
        description=lazy_gettext("Stays with you: nobody else ever sees it."),
    )
    until = DayField(lazy_gettext("Open until"), [Optional()])

    def draft(self) -> LeadDraft:
        """Return what was typed."""
        return LeadDraft(
            kind=self.kind.data or "",
            title=self.title.data or "",
            body=self.body.data or "",
            company=self.company.data or "",
            field=self.field.data or "",
            place=self.place.data or "",
            source=self.source.data or "",
            until=self.until.data,
        )


class StageForm(Form):
    """How far a target is."""

    stage = SelectField(
        lazy_gettext("How far you are"),
        choices=choices((key, lazy_gettext(label)) for key, label in STAGE_LABELS),
    )


class TouchForm(Form):
    """When to be in touch with a target next."""

    next_touch_on = DayField(lazy_gettext("Next touch"), [Optional()], past=_TOUCHED_DAYS)


class CompanyNoteForm(Form):
    """A note on a company, for one's own eyes."""

    text = TextAreaField(
        lazy_gettext("A note to yourself"),
        [DataRequired(lazy_gettext("Please write a few words.")), Length(max=2000)],
    )


FORMS: dict[str, type[PostForm]] = {
    "target": TargetForm,
    "offer": OfferForm,
    "ask": AskForm,
    "lead": LeadForm,
}

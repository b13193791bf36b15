"""What the living page of components shows: a form of every kind of field, and sample pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget


class LivingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """One field of every kind that the `field` macro draws."""

    company = StringField(
        "Company",
        [DataRequired("Which company is it?"), Length(max=120)],
    )
    mail = EmailField(
        "Mail address",
        [DataRequired("We need an address to write to.")],
    )
    why = TextAreaField(
        "What do you need to learn?",
        [DataRequired("One sentence is enough."), Length(max=280)],
        description="One thing that somebody inside could tell you in ten minutes.",
    )
    stage = SelectField(
        "Stage",
        choices=[
            SelectChoice("wish", "Wish"),
            SelectChoice("talking", "Talking"),
            SelectChoice("no", "A no, still alive"),
        ],
    )
    next_touch = DateField("Next touch")
    load = IntegerField("Introductions a round", description="Most people take on two.")
    kind = RadioField(
        "What can you give?",
        [DataRequired("Please pick one.")],
        choices=[
            SelectChoice("door", "A door"),
            SelectChoice("insider", "Inside knowledge"),
            SelectChoice("time", "An hour of time"),
        ],
    )
    rule = RadioField(
        "When two want the same role",
        [DataRequired("Please pick one.")],
        choices=[SelectChoice("told", "Both are told"), SelectChoice("first", "One goes first")],
    )
    days = SelectMultipleField(
        "Days that suit you",
        choices=[
            SelectChoice("mon", "Monday"),
            SelectChoice("wed", "Wednesday"),
            SelectChoice("fri", "Friday"),
        ],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    agree = BooleanField(
        "Remind me two days before",
        description="By mail, at eight in the morning.",
    )
    cv = FileField("Résumé", description="PDF or Word, up to 10 MB.")


LOOKS = 10


@dataclass(frozen=True)
class SamplePages:
    """A list's pages, in the shape of Flask-SQLAlchemy's pagination: page `page` of twelve."""

    page: int = 4
    pages: int = 12
    total: int = 236
    first: int = 61
    last: int = 80

    def iter_pages(self, **edges: int) -> Iterator[int | None]:
        """Page numbers to show; None stands for a gap. `edges` as Flask-SQLAlchemy takes it."""
        around = edges.get("left_current", 1)
        before = 0
        for number in range(1, self.pages + 1):
            if number in {1, self.pages} or abs(number - self.page) <= around:
                if number - before > 1:
                    yield None
                yield number
                before = number


def living_context(looked: int = 0) -> dict[str, object]:
    """Give what templates/console/components.html needs: a fresh form, one with errors, pages.

    `looked` says how often the page has looked at the work that it follows, which begins anew
    after ten times.
    """
    fresh = LivingForm(formdata=None, prefix="fresh-", kind="door", load=2, stage="talking")
    broken = LivingForm(
        formdata=None, prefix="broken-", why="Everything. " * 25, stage="wish", meta={"csrf": False}
    )
    broken.validate()
    return {
        "fresh": fresh,
        "broken": broken,
        "pages": SamplePages(),
        "looked": looked % (LOOKS + 1),
        "looks": LOOKS,
    }

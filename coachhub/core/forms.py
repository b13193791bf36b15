"""Forms: WTForms with CSRF, plain words in its messages, and lists typed with commas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import CSRFProtect, FlaskForm
from wtforms import Field, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.widgets import TextInput

LONGEST_LIST = 2000

# Only the one-click POST of mail programs is exempt (RFC 8058): it comes with its own token.
csrf = CSRFProtect()


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Trim what is typed into text fields."""

        def bind_field(
            self,
            form: FlaskForm,
            unbound_field: Any,
            options: dict[str, Any],
        ) -> Field:
            """Strip white space around every typed text, except passwords."""
            filters = list(unbound_field.kwargs.get("filters", ()))
            if issubclass(unbound_field.field_class, StringField):
                filters.append(_strip)
            bound: Field = unbound_field.bind(form=form, filters=filters, **options)
            return bound


def choices(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """Return (value, words) pairs as what a select or radio field takes."""
    return [SelectChoice(str(value), words) for value, words in pairs]


def _strip(value: str | None) -> str | None:
    return value.strip() if isinstance(value, str) else value


class WordsField(Field):
    """A short list of words or phrases, typed with commas or one per line."""

    widget = TextInput()

    def _value(self) -> str:
        return ", ".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Split what was typed; drop blanks and repeats, keep the order."""
        if valuelist:
            if len(valuelist[0]) > LONGEST_LIST:
                self.data = [valuelist[0][:LONGEST_LIST]]
                raise ValueError("That is too long: a few words each, with commas, are enough.")
            words = (word.strip() for word in valuelist[0].replace("\n", ",").split(","))
            self.data = list(dict.fromkeys(word for word in words if word))

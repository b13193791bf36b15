"""Forms: WTForms with CSRF, taken once, plain words in its messages, days within reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import Flask, request
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import DateField, Field, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.form import BaseForm
from wtforms.validators import URL, ValidationError
from wtforms.widgets import TextInput

from coachhub.core import once
from coachhub.core.words import day, gettext, lazy_gettext

LONGEST_LIST = 2000

LARGEST_FORM = 512 * 1024  # bytes

# Only the one-click POST of mail programs is exempt (RFC 8058): it comes with its own token.
csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Give the app its measure of forms, and the check of who made one."""
    app.before_request(_measure)  # first of all: the check reads the form
    csrf.init_app(app)


def _measure() -> None:
    """Take forms and JSON of LARGEST_FORM at most: only files, which are streamed, may be larger.

    Ten megabytes of one-letter fields keep a process busy for ten seconds.
    """
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LARGEST_FORM


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

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Say whether a form was sent and can be taken; the same one is taken once, see `once`."""
        if not super().validate_on_submit(extra_validators):
            return False
        once.take()
        return True


class WebLink:
    """The address of a page on the web: WTForms takes ``javascript://…`` for one, too."""

    message = lazy_gettext("This does not look like a link: begin with https://")

    def __call__(self, form: BaseForm, field: StringField) -> None:
        """Refuse whatever is no ``http://`` or ``https://``; raises ValidationError."""
        if not str(field.data or "").lower().startswith(("https://", "http://")):
            raise ValidationError(str(self.message))
        URL(message=self.message)(form, field)


def choices(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """Return (value, words) pairs as what a select or radio field takes."""
    return [SelectChoice(str(value), words) for value, words in pairs]


def _strip(value: str | None) -> str | None:
    return value.strip() if isinstance(value, str) else value


class DayField(DateField):
    """A day within reason: from `past` days before today to `ahead` days after it."""

    def __init__(self, label: str, *args: Any, past: int = 0, ahead: int = 365, **kw: Any) -> None:
        """Take days, and what any field takes."""
        super().__init__(label, *args, **kw)
        self.past, self.ahead = past, ahead

    def first(self) -> dt.date:
        """Return the first day that can be chosen."""
        return _today() - dt.timedelta(days=self.past)

    def last(self) -> dt.date:
        """Return the last day that can be chosen."""
        return _today() + dt.timedelta(days=self.ahead)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed, and say how to write a day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Please write the day as in 2026-03-04.")) from error

    def pre_validate(self, form: BaseForm) -> None:
        """Say kindly from when to when a day can be chosen."""
        super().pre_validate(form)
        # A day either way: where the reader is, it may be yesterday or tomorrow.
        slack = dt.timedelta(days=1)
        if self.data and not self.first() - slack <= self.data <= self.last() + slack:
            raise ValidationError(
                gettext(
                    "Please choose a day between %(first)s and %(last)s.",
                    first=day(self.first()),
                    last=day(self.last()),
                )
            )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


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
                raise ValueError(
                    gettext("That is too long: a few words each, with commas, are enough.")
                )
            words = (word.strip() for word in valuelist[0].replace("\n", ",").split(","))
            self.data = list(dict.fromkeys(word for word in words if word))

"""The languages people read, and how texts, dates and numbers are said in them.

Texts are written in English where they are used, wrapped so that they can be collected:
`gettext("…")` where somebody is being answered, `lazy_gettext("…")` where a module is read long
before (labels of forms), `gettext_noop("…")` for what stands in a table and is said later with
`gettext(text)` or, in a template, with the filter ``|said``. Their translations stand in
``translations/<room>/<language>/LC_MESSAGES/messages.po``, a plugin's in its own folder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale, get_domain, get_locale
from flask_babel import lazy_gettext as _lazy_gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from coachhub.core import paths

LANGUAGES = {"en": "English", "es": "Español", "fr": "Français"}
ENGLISH = "en"
COOKIE = "language"
_CATALOGUES = "coachhub.catalogues"
_NOW = "language_of_now"

# How dates and numbers are written; the English of our pages is British.
_PLACES = {"en": "en_GB", "es": "es_ES", "fr": "fr_FR"}


def init_app(app: Flask, plugins: Iterable[Path] = (), own: Callable[[], str] = lambda: "") -> None:
    """Let pages speak.

    `plugins` are folders that may hold translations of their own; `own` returns the language that
    whoever is signed in has chosen, if any.
    """
    rooms = sorted(one for one in paths.translations().glob("*") if one.is_dir())
    folders = [*rooms, *(one / "translations" for one in plugins)]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(
        str(one) for one in folders if one.is_dir()
    )
    Babel(app, default_locale=ENGLISH, locale_selector=lambda: _chosen(own))
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES, gettext_noop=gettext_noop, language=language, direction=direction
    )
    # In place of Flask-Babel's, which look for the catalogue anew for each of a page's hundreds.
    app.jinja_env.globals.update(gettext=_in_template, _=_in_template, ngettext=_many_in_template)
    app.add_template_filter(gettext, "said")
    app.add_template_filter(listed)
    app.add_template_filter(number)
    app.add_template_filter(day)


def gettext(text: str, **values: object) -> str:
    """Return `text` in the reader's language, with ``%(name)s`` filled in from `values`."""
    if not text:
        return ""  # gettext's own word for the head of a catalogue
    said = _catalogue().ugettext(str(text)) if has_app_context() else str(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return `one` or `many` for the number `num`, in the reader's language."""
    if has_app_context():
        said = _catalogue().ungettext(one, many, num)
    else:
        said = one if num == 1 else many
    return said % {"num": num, **values}


def lazy_gettext(text: str, **values: object) -> str:
    """Return a text that is said when it is shown, in the language of whoever sees it then.

    It stands for a string but is none until it is written out: use it for labels of forms.
    """
    return cast("str", _lazy_gettext(text, **values))


def gettext_noop(text: str) -> str:
    """Return `text` as it is: it is only collected here, and said elsewhere."""
    return text


def language() -> str:
    """Return the language of the page or letter being written: a key of `LANGUAGES`."""
    if not has_app_context():
        return ENGLISH
    # A page asks hundreds of times, and Flask-Babel takes as long as a blank does to fill.
    known: str | None = g.get(_NOW)
    if known is None:
        found = get_locale()
        known = found.language if found else ENGLISH
        setattr(g, _NOW, known)
    return known


def direction() -> str:
    """Return ``ltr`` or ``rtl``, as the language is written."""
    return Locale.parse(language()).text_direction


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Write what follows in a language; in English if it is none of ours."""
    chosen = code if code in LANGUAGES else ENGLISH
    if not has_app_context():
        yield
        return
    before: str | None = g.get(_NOW)
    with force_locale(chosen):
        setattr(g, _NOW, chosen)
        try:
            yield
        finally:
            setattr(g, _NOW, before)


def preferred() -> str:
    """Return the language that the visitor's browser likes best among ours."""
    return request.accept_languages.best_match(list(LANGUAGES), ENGLISH)


def day(value: dt.date | None, style: str = "long") -> str:
    """Write a date for people, as in 4 March 2026; nothing for None.

    `style` is one of Babel's: ``long``, ``medium`` as in 4 Mar 2026, ``full`` with the weekday, or
    a pattern as ``MMMM y``.
    """
    return format_date(value, style, locale=_place()) if value else ""


def clock(value: dt.datetime | dt.time) -> str:
    """Write a time of day, as in 14:05; never rebased."""
    return format_time(value, "HH:mm", locale=_place())


def number(value: float) -> str:
    """Write a number with the language's marks, as in 1,234.5."""
    return format_decimal(value, locale=_place())


def money(amount: float, currency: str) -> str:
    """Write an amount of a currency (ISO 4217), as in €15 or £7.50: no noughts for whole ones."""
    place = _place()
    if amount % 1:
        return format_currency(amount, currency, locale=place)
    whole = str(place.currency_formats["standard"].pattern).replace(".00", "")
    return format_currency(amount, currency, whole, locale=place, currency_digits=False)


def listed(names: Iterable[object], style: Literal["standard", "or"] = "standard") -> str:
    """Write names beside each other, as in Ada, Ben and Cem; with ``or`` as in Ada or Ben."""
    return format_list([str(name) for name in names], style=style, locale=_place())


def _place() -> Locale:
    return _locale(_PLACES[language()])


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def _catalogue() -> NullTranslations:
    """Return what is said in the language of now: one for each language and app."""
    known: dict[str, NullTranslations] = current_app.extensions.setdefault(_CATALOGUES, {})
    code = language()
    if code not in known:
        known[code] = get_domain().get_translations()
    return known[code]


@pass_eval_context
def _in_template(where: EvalContext, text: str, /, **values: object) -> str:
    # As Jinja's own does it: always a format, and what is filled in is escaped.
    if not values:
        return _whole(_catalogue(), text, where.autoescape)
    said = _catalogue().ugettext(text)
    return (Markup(said) if where.autoescape else said) % values  # noqa: S704 - ours


@lru_cache(8192)
def _whole(catalogue: NullTranslations, text: str, markup: bool) -> str:
    said = catalogue.ugettext(text)
    return (Markup(said) if markup else said) % ()  # noqa: S704 - ours


@pass_eval_context
def _many_in_template(
    where: EvalContext, one: str, many: str, num: int, /, **values: object
) -> str:
    said = _catalogue().ungettext(one, many, num)
    return (Markup(said) if where.autoescape else said) % {"num": num, **values}  # noqa: S704 - ours


def _chosen(own: Callable[[], str]) -> str:
    """Return the language of the answer: the person's choice, else the browser's."""
    if not has_request_context() or request.path.startswith("/api/"):
        return ENGLISH
    chosen = own() or request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred()

"""Parts that many letters share, made once: the macros of ``templates/letters/parts.*``."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup


@dataclass(frozen=True)
class Part:
    """One part of a letter, in both of its forms."""

    html: Markup
    text: str


def part_of(folder: str, name: str, **context: object) -> Part:
    """Return what the templates called `name` in a letter's folder make of a context."""
    templates = current_app.jinja_env
    html, text = (
        templates.get_template(f"letters/{folder}/{name}.{form}").render(context)
        for form in ("html", "txt")
    )
    return Part(Markup(html), text)  # noqa: S704 - made by a template that escapes


def part(name: str, *values: object) -> Part:
    """Return what the macro called `name` makes of some values."""
    templates = current_app.jinja_env
    html, text = (
        getattr(templates.get_template(f"letters/parts.{form}").module, name)(*values)
        for form in ("html", "txt")
    )
    return Part(Markup(html), str(text))  # noqa: S704 - made by a template that escapes

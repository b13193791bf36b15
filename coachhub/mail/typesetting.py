"""What letters' templates are compiled with: the style sheet in their tags, lines that are filled.

Mail programs drop style sheets, so each tag carries its own `style`. Doing that mail by mail means
to parse and to write each mail's HTML; here it is done to the templates, and a mail is filled in.
"""

from __future__ import annotations

import re
from functools import cached_property

import css_inline
from flask import Flask
from jinja2 import Environment, TemplateSyntaxError
from jinja2.ext import Extension

SHEET = "letters/letter.css"
_LETTERS = re.compile(r"(letters|security/email)/.*\.html")
_TAG = re.compile(r'<[a-z][^<>]*?\sclass="([^"]*)"[^<>]*')
_CLASS = re.compile(r"^\.([\w-]+) \{", re.MULTILINE)


class Letters(Extension):
    """Gives each tag of a letter's template the style of its class; and the filter ``|filled``."""

    def __init__(self, environment: Environment) -> None:
        """Bring the filter; the sheet is read when the first letter is compiled."""
        super().__init__(environment)
        environment.filters["filled"] = filled

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Write the styles into a letter's template; leave all others alone."""
        if name is None or not _LETTERS.fullmatch(name):
            return source
        lines = source.count

        def styled(tag: re.Match[str]) -> str:
            style = self.styles.get(tag[1])
            if style is None:
                line = lines("\n", 0, tag.start()) + 1
                raise TemplateSyntaxError(f"{SHEET} has no class “{tag[1]}”.", line, name, filename)
            return f'{tag[0]} style="{style}"'

        return _TAG.sub(styled, source)

    @cached_property
    def styles(self) -> dict[str, str]:
        """The style of each class, as css-inline writes it into a tag."""
        sheet = _source(self.environment, SHEET)
        names = _CLASS.findall(sheet)
        tags = "".join(f'<i class="{name}"></i>' for name in names)
        inlined = css_inline.inline_fragment(tags, sheet)
        return dict(re.findall(r'class="([\w-]+)" style="([^"]*)"', inlined))


def init_app(app: Flask) -> None:
    """Let the app's letters be set in type; before the first of them is compiled."""
    app.jinja_env.add_extension(Letters)


def _source(templates: Environment, name: str) -> str:
    if templates.loader is None:
        raise TypeError("Letters are found by a loader.")
    return templates.loader.get_source(templates, name)[0]


def filled(text: object, width: int, between: str) -> str:
    """Return a text's words in lines of at most `width`, if no word is longer, put together."""
    lines: list[str] = []
    left = 0
    for word in str(text).split():
        if len(word) < left:
            lines[-1] += f" {word}"
            left -= len(word) + 1
        else:
            lines.append(word)
            left = width - len(word)
    return between.join(lines)

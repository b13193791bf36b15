"""What templates of letters are compiled with gives what the slow ways would, mail by mail."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import css_inline
import pytest
from bs4 import BeautifulSoup
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, TemplateSyntaxError

from coachhub.core.paths import templates
from coachhub.mail.typesetting import SHEET, Letters, filled
from design.bare_pages import bare_app
from design.test_letters import write


def test_the_styles_in_the_tags_are_those_that_an_inliner_puts_there() -> None:
    html = write("html")
    sheet = (templates() / SHEET).read_text()
    head, body = html.split("</head>")
    bare = re.sub(r' style="[^"]*"', "", body)
    assert bare != body
    inlined = css_inline.inline(f"{head}<style>{sheet}</style></head>{bare}")
    assert _tags(inlined.split("</head>")[1]) == _tags(body)


def _tags(html: str) -> list[tuple[str, dict[str, Any], str]]:
    page = BeautifulSoup(html, "html.parser")
    return [(one.name, one.attrs, one.get_text().strip()) for one in page.find_all()]


def test_a_class_that_the_sheet_does_not_have_is_an_error() -> None:
    pages = {SHEET: ".one {\n  margin: 0;\n}\n", "letters/a.html": '\n<p class="two">Hi</p>'}
    bare = Environment(loader=DictLoader(pages), extensions=[Letters], autoescape=True)
    with pytest.raises(TemplateSyntaxError, match="has no class “two”"):
        bare.get_template("letters/a.html")
    pages["letters/a.html"] = '<p class="one" id="x">{{ "<" }}</p>'
    made = bare.get_template("letters/a.html").render()
    assert made == '<p class="one" id="x" style="margin: 0;">&lt;</p>'


def test_other_pages_stay_as_they_are() -> None:
    with bare_app().test_request_context("/living"):
        assert render_template_string('<p class="title">Hi</p>') == '<p class="title">Hi</p>'


@given(st.text(alphabet="ab -\n\u00a0", max_size=60), st.integers(8, 20))
def test_lines_are_filled_as_textwrap_does(text: str, width: int) -> None:
    words = " ".join(text.split())
    plain = textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False)
    assert filled(text, width, "\n> ") == "\n> ".join(plain)

"""The letters' layout and parts: text and HTML say the same, and hold what mail programs need."""

import re
from types import SimpleNamespace as Thing

import pytest
from bs4 import BeautifulSoup
from flask import render_template_string

from design.bare_pages import bare_app

SOURCE = """
{% extends "letters/layout.KIND" %}
{% from "letters/parts.KIND" import address, bullets, button, divider, heading, item, link %}
{% from "letters/parts.KIND" import paragraph, quote %}
{% block title %}Three things you can do in ten minutes{% endblock %}
{% block lead %}A promise is due on Thursday.{% endblock %}
{% block content %}
  {{ paragraph(words) }}
  {{ heading("Due first") }}
  {{ item("Write to your contact at Royal Vopak for Ben, who would like to know how it is there",
          "You said you would by Thursday.", "Tell us", "https://hub.example.org/i/1") }}
  {{ bullets([words, "One landed."]) }}
  {{ quote(words) }}
  {{ divider() }}
  {% call paragraph() %}Not your week? {{ link("Pause", "https://hub.example.org/p") }}{% endcall %}
{% endblock %}
{% block actions %}
  {{ button("Open your week", "https://hub.example.org/w") }}
  {{ address("https://hub.example.org/w") }}
{% endblock %}
"""
WORDS = (
    "People want to help, and can once they know what you look for, where, and how it goes. " * 3
)
GIVEN = {
    "words": WORDS,
    "firm": Thing(name="Harbour Careers", colour=None),
    "cohort": Thing(name="Spring"),
    "why": "you are in the spring cohort and chose a mail every Tuesday at eight in the morning.",
    "unsubscribe_url": "https://hub.example.org/u/Qm2",
    "preferences_url": "https://hub.example.org/m/Qm2",
}


def write(kind: str, **changes: object) -> str:
    app = bare_app()
    # Flask escapes in strings as in .html files; a text letter is a .txt file and is not escaped.
    app.jinja_env.autoescape = kind == "html"
    with app.test_request_context("/living"):
        return render_template_string(SOURCE.strip().replace("KIND", kind), **GIVEN | changes)


def test_text_fits_78_columns_and_keeps_single_empty_lines() -> None:
    text = write("txt")
    assert max(len(line) for line in text.splitlines()) <= 78
    assert "\n\n\n" not in text
    assert text.startswith(
        "Harbour Careers · Spring\n\nThree things you can do in ten minutes\n==="
    )
    assert text.rstrip().endswith("https://hub.example.org/u/Qm2")


def test_text_and_html_say_the_same() -> None:
    text = " ".join(write("txt").split())
    page = BeautifulSoup(write("html"), "html.parser")
    body = page.select_one(".sheet-cell")
    foot = page.select_one(".footer")
    assert body is not None
    assert foot is not None
    quoted = re.sub(r" > ", " ", text)
    for line in [*body.stripped_strings, *foot.stripped_strings]:
        said = " ".join(line.split()).rstrip(":")
        if said.startswith(("Or open this address", "Harbour Careers")):
            continue
        assert said in text or said in quoted, said


def test_every_address_is_in_both() -> None:
    addresses = r"https://[^\s\"<>]+"
    assert set(re.findall(addresses, write("txt"))) == set(re.findall(addresses, write("html")))


def test_what_people_typed_stays_text() -> None:
    page = write("html", words='<img src="https://evil.example.org/x.png">')
    assert "<img" not in page
    assert "&lt;img" in page
    assert "<img" in write("txt", words="<img>")


@pytest.fixture(scope="module")
def inlined() -> str:
    return write("html")


def test_styles_are_inlined_and_the_dark_ones_stay(inlined: str) -> None:
    page = BeautifulSoup(inlined, "html.parser")
    button = page.select_one("a.button")
    assert button is not None
    assert "background-color: #7a2f5f" in str(button["style"])
    styles = page.select("style")
    assert len(styles) == 1
    assert "prefers-color-scheme: dark" in styles[0].text
    assert len(inlined.encode()) <= 80_000


def test_nothing_is_loaded_from_anywhere(inlined: str) -> None:
    page = BeautifulSoup(inlined, "html.parser")
    assert page.select("img, link, script, iframe, object, video") == []
    assert "url(" not in inlined


def test_without_reasons_there_is_no_footer() -> None:
    text = write("txt", why=None, unsubscribe_url=None, preferences_url=None)
    assert "-- " not in text
    assert text.rstrip().endswith("https://hub.example.org/w")


def test_every_part_is_there_for_both_kinds() -> None:
    env = bare_app().jinja_env
    names = {
        kind: {
            name
            for name in dir(env.get_template(f"letters/parts.{kind}").module)
            if not name.startswith("_")
        }
        for kind in ("html", "txt")
    }
    assert names["html"] | {"wrapped"} == names["txt"]

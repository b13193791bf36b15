"""No page says a word that cannot be said in another language.

Every page is asked for in a language in which each text that was collected stands between marks.
What is left outside of them, and was not typed by anybody, would stay English for ever. A pick of
pages here; all of them by `make soak-pages`, those of some rooms by UNSAID='^board'.
"""

from __future__ import annotations

import calendar
import os
import re
from collections.abc import Iterator
from typing import Any

import flask_babel
import pytest
from babel.support import NullTranslations
from bs4 import BeautifulSoup, NavigableString
from flask import Flask
from sqlalchemy import column, select, table, text
from sqlalchemy.orm import Session

from coachhub.core import words
from coachhub.core.words import LANGUAGES
from walls.test_routes import address, rules
from walls.world import make_world

ONLY = os.environ.get("UNSAID", "")
LONG = bool(os.environ.get("LONG"))
EVERY = 12  # of the pages one is asked for, where not all are
READ_ALOUD = ("aria-label", "placeholder", "title", "alt", "data-text")
_MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DATE = re.compile(
    r"\b\d{0,2} ?(January|February|March|April|May|June|July|August|September|October|November|"
    r"December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Oct|Nov|Dec)\b( \d{4})?"
)
_ZONE = re.compile(r"\b[A-Z][A-Za-z]+/[\w/+ -]+")
# Names, codes and what programs read; the same in every language.
SAME = {
    "CoachHub", *LANGUAGES.values(), "UTC", "CSV", "PDF", "JSON", "DKIM", "SPF", "DMARC", "SCIM",
    "OpenID", "API", "URL", "IP", "Slack", "Teams", "Discord", "LinkedIn", "vCard", "Ctrl", "Esc",
    "Enter", "Shift", "Alt", "Markdown", "iCal", "ICS", "Outlook", "Google", "Europe", "America",
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Subject", "example", "hooks", "org",
}  # fmt: skip
WEEKDAYS = list(calendar.day_name)  # said by Babel, which the marks cannot show
# Typed too, but kept where it cannot be read: enciphered, behind a dot, in the words of its day.
TYPED = ["Mem", "News", "Secret", "Thank you.", "The ask", "Treat", "a.csv", "…desk", "…lled"]

SAMPLES = {"staff.components"}  # a page of samples, for those who build pages


class Marked(NullTranslations):
    """Says everything between marks."""

    def ugettext(self, message: str) -> str:  # type: ignore[override]
        return f"⟦{message}⟧"

    def ungettext(self, one: str, many: str, num: int) -> str:  # type: ignore[override]
        return f"⟦{one if num == 1 else many}⟧"


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    says = Marked()
    # Lazy texts ask Flask-Babel, all others us.
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda _self: says)
    monkeypatch.setattr(words, "_catalogue", lambda: says)


def typed(session: Session) -> list[str]:
    """Return whatever anybody typed: all text in the database, the longest first."""
    columns = session.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type IN ('text','character varying',"
            " 'jsonb', 'ARRAY')"
        )
    ).all()
    found: set[str] = set()
    for whole, name in columns:
        for (value,) in session.execute(select(column(name)).distinct().select_from(table(whole))):
            found |= set(_strings(value))
    return sorted((one for one in found if _WORD.search(one)), key=len, reverse=True)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def unsaid(page: str, known: list[str]) -> list[str]:
    """Return what a page says outside of the marks, without what is `known`."""
    soup = BeautifulSoup(page, "html.parser")
    for gone in soup.select("script, style, code, pre, svg, textarea, .face"):
        gone.decompose()
    for gone in soup.find_all(translate="no"):
        gone.decompose()
    pieces = [str(node) for node in soup.find_all(string=True) if type(node) is NavigableString]
    pieces += [str(tag[name]) for tag in soup.find_all() for name in READ_ALOUD if tag.get(name)]
    # A sentence with links in it spans several nodes: read whole, its marks close.
    whole = " ".join(soup.get_text(" ").split())
    open_spans = [
        " ".join(one.split()) for one in re.findall(r"⟦[^⟦⟧]*(?:⟦[^⟦⟧]*⟧[^⟦⟧]*)*⟧", whole)
    ]
    left = []
    for piece in pieces:
        rest = " ".join(piece.split())
        if rest in WEEKDAYS or any(rest in span for span in open_spans):
            continue
        while _MARKED.search(rest):
            rest = _MARKED.sub(" ", rest)
        rest = _ZONE.sub(" ", _DATE.sub(" ", rest))
        for value in known:
            if value in rest:
                rest = rest.replace(value, " ")
        words = [word for word in _WORD.findall(rest) if word not in SAME]
        if words and "⟦" not in rest and "⟧" not in rest:
            left.append(" ".join(piece.split()))
    return left


@pytest.mark.usefixtures("marked")
def test_every_page_says_only_what_can_be_said_in_other_languages(
    app: Flask, session: Session
) -> None:
    world = make_world(app, session)
    visitors = {
        "member": world.own.member, "coach": world.own.coach, "admin": world.own.admin,
        "staff": world.staff, "anonymous": None,
    }  # fmt: skip
    asked = [
        rule
        for rule, method in rules(app)
        if method == "GET" and re.search(ONLY, rule.endpoint) and rule.endpoint not in SAMPLES
    ]
    asked = asked if LONG or ONLY else asked[::EVERY]
    addresses = [(rule, address(world, rule, "own", None)) for rule in asked]
    session.flush()
    known = [*TYPED, *typed(session)]
    left: dict[str, set[str]] = {}
    seen = 0
    for rule, url in addresses:
        for who in visitors.values():
            answer = world.visitor(who).get(url)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            seen += 1
            for piece in unsaid(answer.get_data(as_text=True), known):
                left.setdefault(piece, set()).add(rule.endpoint)
    listed = [f"{', '.join(sorted(where)[:3])}: {piece}" for piece, where in sorted(left.items())]
    assert seen
    assert listed == [], f"{seen} pages\n" + "\n".join(listed)

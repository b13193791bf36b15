"""S11: what people type is text, wherever it is shown: pages of everybody, and mails.

All texts of a world hold the vectors; every page is looked at as each who sees others. In the
suite every shape is tried once, `make soak-xss` tries all of them, each on its own page of text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import Text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from coachhub.core.db import Base
from coachhub.core.secrets import Encrypted
from coachhub.core.tenancy import TENANT, scope
from security.pages import pages, people, whole_world
from security.vectors import RUNS, SHAPES, VECTORS

# Columns of free text, by name; the others hold our own words, keys and marks.
TYPED = {
    "about", "answer", "back", "blurb", "body", "can_offer", "company", "company_name", "evidence",
    "field", "first_name", "filename", "gift", "headline", "helps", "hook", "interests", "label",
    "last_name", "learn", "learned", "line", "looking", "looking_for", "message", "met", "name",
    "need", "note", "occasion", "passage", "place", "position", "problem", "promise", "quote",
    "reason", "sender_name", "source", "subject", "text", "thanks", "title", "told", "went_well",
    "what", "words", "written", "phone", "outcome", "contact_name", "word", "said",
}  # fmt: skip
# These names are also those of words of ours, in these tables.
OURS = {"moderation_case.outcome", "moderation_decision.outcome", "console_together.outcome"}
SCHEMES = re.compile(
    r"(https?:|mailto:|tel:|data:image/(png|svg\+xml)[;,]|[/?#.]|[\w-]+$|$)", re.IGNORECASE
)
LINKS = ("href", "src", "action", "formaction", "data", "xlink:href", "poster", "background")
BATCH = int(os.environ.get("XSS_BATCH", "0"))


def batches() -> list[tuple[str, ...]]:
    """Return what is typed at once: each shape with one way of running, or all, few at a time."""
    if BATCH:
        return [VECTORS[at : at + BATCH] for at in range(0, len(VECTORS), BATCH)]
    return [tuple(VECTORS[at * len(RUNS) + at % len(RUNS)] for at in range(len(SHAPES)))]


def fill(session: Session, firm_id: Any, text: str) -> set[str]:
    """Write `text` into every column of free text of a firm; return which took it."""
    filled = set()
    for table in Base.metadata.tables.values():
        if not table.info.get(TENANT) and table.name not in {"accounts_person", "firms_firm"}:
            continue
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if column.name not in TYPED or name in OURS:
                continue
            if not isinstance(column.type, Text | Encrypted):
                continue
            try:
                with scope(firm_id), session.begin_nested():
                    session.execute(update(table).values({column.name: text}))
            except DatabaseError:
                continue
            filled.add(name)
    session.commit()
    return filled


def runs(html: str) -> Iterator[str]:
    """Yield whatever on a page is not ours and could run, load or send something."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(name=bool):
        if tag.name == "script" and (tag.string or not str(tag.get("src", "")).startswith("/")):
            yield str(tag)[:120]
        if tag.name in {"iframe", "object", "embed", "base", "math", "template", "frame"}:
            yield str(tag)[:120]
        for name, value in tag.attrs.items():
            if name.lower().startswith("on") or name.lower() == "srcdoc":
                yield f"{name}={value}"[:120]
            if name.lower() in LINKS and not SCHEMES.match(str(value).strip()):
                yield f"{name}={value}"[:120]
            if "evil.example" in str(value) and name.lower() in LINKS and str(value)[:2] == "//":
                yield f"{name}={value}"[:120]


# What only runs in a page of another make than ours, or is no tag for this reader of pages.
NO_TAG = ("{", "'", '"', "`")
SHOWN = 12  # letters that no page cuts off
ELSEWHERE = ("noscript", "http-equiv", "rel=stylesheet", "scr<")


def test_the_look_finds_what_it_looks_for() -> None:
    for vector in VECTORS:
        if not vector.startswith(NO_TAG) and not any(one in vector for one in ELSEWHERE):
            assert list(runs(f"<p>{vector}</p>")) != [], vector
    assert len(VECTORS) >= 300


@pytest.mark.parametrize("batch", batches(), ids=lambda batch: batch[0][:20])
def test_no_page_runs_what_people_typed(
    app: Flask, session: Session, batch: tuple[str, ...]
) -> None:
    world = whole_world(app, session)
    filled = fill(session, world.own.firm.id, " ".join(batch))
    first = str(escape(batch[0][:SHOWN]))
    assert len(filled) >= 60, sorted(filled)
    wrong: list[str] = []
    shown = 0
    for who, whom in people(world).items():
        client = world.visitor(whom)
        for rule, url in pages(world):
            answer = client.get(url)
            session.close()
            # A name too long for paper is refused by its form.
            if answer.mimetype != "text/html" or rule.rule.endswith(".pdf"):
                continue
            text = answer.text
            # What holds none of them has nothing to be looked at.
            if "alert" not in text and "evil" not in text and answer.status_code < 500:
                continue
            shown += first in text
            wrong += [f"{rule} as {who}: {one}" for one in runs(text)]
            if answer.status_code >= 500:
                wrong.append(f"{rule} as {who}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong[:20])
    assert shown > 30


BAD_LINKS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "vbscript:x",
    "\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "file:///etc/passwd",
    "//evil.example", "javascript://example.org/%0aalert(1)",
)  # fmt: skip


@pytest.mark.parametrize("link", BAD_LINKS)
def test_no_link_runs_what_people_typed(app: Flask, session: Session, link: str) -> None:
    """The forms that take an address of a page refuse any that is none."""
    world = whole_world(app, session)
    client: FlaskClient = world.visitor(world.own.member)
    firm = world.own.firm.slug
    for page, form in (
        (f"/f/{firm}/me", {"profile_url": link, "resume_url": link}),
        (f"/f/{firm}/contact_card/", {"name": "Mia", "link": link}),
        (f"/f/{firm}/contacts/new", {"first_name": "Zoe", "url": link}),
    ):
        answer = client.post(page, data=form)
        assert answer.status_code == 422, page
        assert list(runs(answer.text)) == []

"""Every letter of the room: plain words, why it comes, links that lead home."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from coachhub.core.paths import templates
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle
from fixtures_one_of_each import every_step

KINDS = {
    "giver-asked",
    "receiver-asked",
    "outsider-asked",
    "ask-in-person",
    "introduced",
    "introduced-contact",
    "expired-reminder",
    "promise-reminder",
    "promise-kept",
    "thanked",
    "outcome",
    "contact-wrote",
    "meeting",
    "shortlist",
}


@pytest.fixture
def letters(here: Circle, post: Callable[..., Any]) -> list[tuple[str, EmailMessage]]:
    """Every kind of letter, as it stands in the outbox after real steps."""
    every_step(here, post)
    found = []
    for row in here.mails():
        message = message_from_bytes(row.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append((row.kind, message))
    return found


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_there_is_a_letter_of_every_kind(letters: list[tuple[str, EmailMessage]]) -> None:
    assert {kind for kind, _message in letters} == KINDS
    folder = Path(templates()) / "letters"
    for kind in KINDS:
        assert {one.name for one in (folder / kind).iterdir()} == {
            "subject.txt",
            "body.txt",
            "body.html",
        }


def test_text_is_short_lined_and_says_why_it_comes(
    letters: list[tuple[str, EmailMessage]],
) -> None:
    for kind, message in letters:
        text = text_of(message)
        long = [line for line in text.splitlines() if len(line) > 78 and "http" not in line]
        assert not long, (kind, long)
        assert "Why you got this:" in text, kind
        assert "Why you got this:" in html_of(message), kind
        assert not re.search(r"\{\{|\{%|None|Undefined|  ,|!", f"{message['Subject']}{text}"), kind


def test_text_and_html_lead_to_the_same_places_at_home(
    letters: list[tuple[str, EmailMessage]],
) -> None:
    for kind, message in letters:
        in_text = set(re.findall(r"https?://[^\s<>\"]+", text_of(message)))
        in_html = set(re.findall(r'href="(https?://[^"]+)"', html_of(message)))
        assert in_text == in_html, kind
        for link in in_text:
            assert link.startswith("http://hub.example.org/f/"), kind
            assert "@" not in link
            assert not re.search("giverson|receiverton|contactworth", link, re.IGNORECASE)
        assert "<img" not in html_of(message)
        assert len(html_of(message)) < 80_000


def test_words_of_members_are_escaped(letters: list[tuple[str, EmailMessage]]) -> None:
    (thanked,) = [message for kind, message in letters if kind == "thanked"]
    assert "a lighthouse & a friend" in text_of(thanked)
    assert "a lighthouse &amp; a friend" in html_of(thanked)


def test_outside_contact_reads_who_why_and_whats_in_it(
    letters: list[tuple[str, EmailMessage]],
) -> None:
    message = next(message for kind, message in letters if kind == "outsider-asked")
    text = " ".join(text_of(message).split())
    assert str(message["From"]).startswith(f"{GIVER} through ")
    assert message["To"].addresses[0].addr_spec == CONTACT_MAIL
    for words in (
        RECEIVER,
        "Shellfish Works",
        "Two hours with your spreadsheet",
        "we do not write",
    ):
        assert words in text


def test_introduction_mails_carry_the_addresses(letters: list[tuple[str, EmailMessage]]) -> None:
    made = [message for kind, message in letters if kind == "introduced"]
    texts = [" ".join(text_of(message).split()) for message in made]
    assert any(CONTACT_MAIL in text and GIVER in text for text in texts)
    assert all("spreadsheet" in text for text in texts)
    assert all(message["Reply-To"] for message in made)

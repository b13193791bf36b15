"""A mail is in the language of whoever gets it, to the letter as it was last looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core.tenancy import scope
from coachhub.introductions.replies import read_reply
from coachhub.introductions.reply_days import day_in
from coachhub.mail.replies import parsed
from fixtures_circle import Circle

GOLDEN = Path(__file__).parent / "golden_in_languages"
WORDS = {
    "es": ("sí", "ahora no", "no", "hecho", "más tiempo"),
    "fr": ("oui", "pas maintenant", "non", "fait", "plus de temps"),
}


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_giver_is_asked_in_their_language(
    circle: Circle, session: Session, language: str
) -> None:
    session.get_one(Person, circle.giver.person_id).language = language
    circle.firm.name = "Harbour Coaching"
    with scope(circle.firm.id):
        introduction = circle.asked()
        (mail,) = circle.mails("giver-asked")
        message = parsed(mail.raw)
        body = message.get_body(("plain",))
        assert body is not None
        text = f"Subject: {message['Subject']}\n\n{body.get_content()}".replace("\r\n", "\n")
        text = text.replace(str(introduction.id), "an-introduction")
        text = text.replace(f"/{circle.firm.slug}/", "/harbour/")
    path = GOLDEN / f"giver-asked.{language}.txt"
    if os.environ.get("RENEW_MAILS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", sorted(WORDS))
def test_the_words_that_mails_name_are_understood(circle: Circle, language: str) -> None:
    today = circle.cohort.created_at.date()
    found = [read_reply(word, today).meaning for word in WORDS[language]]
    assert found == ["yes", "not_now", "no", "done", "more_time"]
    assert day_in({"es": "en dos semanas", "fr": "dans deux semaines"}[language], today)

"""What is kept in English is found again and said in the reader's language."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from coachhub.core.words import in_language
from coachhub.introductions.matching import company_sources, post_sources
from coachhub.introductions.retold import PATTERNS, retold
from coachhub.introductions.rounds import explain
from coachhub.introductions.rounds.unlocks import Idea


def thing(**given: Any) -> Any:
    nothing: dict[str, Any] = {
        name: frozenset() for name in ("topics", "about", "title", "titles", "field")
    }
    nothing |= {name: frozenset() for name in ("fields", "place", "places")}
    return SimpleNamespace(
        **(nothing | {"company_id": None, "company": "Acme", "text": "", "kind": ""} | given)
    )


def sentences() -> list[str]:
    role = frozenset({"logistic"})
    lead, person = thing(title=role, field=role, place=role), thing(titles=role)
    every = thing(titles=role, fields=role, places=role)
    recruiter = thing(title=role, field=role, place=role, kind="recruiter")
    somebody = uuid4()
    ask = thing(topics=frozenset({"tax", "law"}), text="Tax and law")
    return [
        *(
            company_sources._door_reason("Acme", strength, fit, tell_strength=tell)
            for tell in (False, True)
            for strength in (0.1, 1.0)
            for fit in (1.0, 0.95, 0.8)
        ),
        *(company_sources._offered_reason(kind, "Acme") for kind in ("insider", "door", "x")),
        *(company_sources._buddy_reason("Acme", rule) for rule in ("tell", "share", "")),
        post_sources._answer_reason(thing(company_id=1), thing(company_id=1)),
        post_sources._answer_reason(ask, thing(topics=frozenset({"tax", "law"}))),
        *(
            post_sources._lead_reason(one, who, is_target=is_target)
            for one in (lead, recruiter)
            for who in (person, every)
            for is_target in (False, True)
        ),
        *(
            said
            for why in ("cap", "left out", "ring length")
            for said in explain.explained(why, somebody, thing(), [], 3).values()
        ),
        *explain._UNDER_WAY,
        *explain._no_match(somebody, [], []),
        *explain._no_match(somebody, [thing(company="Acme"), thing(company="Zest")], []),
        *explain._no_match(somebody, [thing(company="")], []),
        *explain._no_match(somebody, [], [thing(receiver_id=somebody, giver_id=uuid4())]),
        *explain._no_match(somebody, [], [thing(receiver_id=somebody, giver_id=somebody)]),
        *(Idea(kind, "Acme", None).name for kind in ("door", "insider", "recruiter")),
    ]


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_kept_sentence_is_said_in_other_languages(app: Flask, language: str) -> None:
    with app.app_context(), in_language(language):
        for sentence in sentences():
            said = retold(sentence)
            assert said != sentence
            assert ("Acme" in said) == ("Acme" in sentence)


def test_names_and_parts_are_put_in_their_places(app: Flask) -> None:
    with app.app_context(), in_language("fr"):
        found = retold("An opening at Fish and Ships, Ltd, which is wanted, that fits the role and"
                       " the place looked for.")  # fmt: skip
        assert "Fish and Ships, Ltd" in found
        assert "le poste et le lieu" in found
        assert retold("Typed by a person.") == "Typed by a person."


def test_english_stays_as_it_was_kept(app: Flask) -> None:
    with app.app_context(), in_language("en"):
        assert [retold(one) for one in sentences()] == sentences()
    assert len(set(PATTERNS)) == len(PATTERNS)

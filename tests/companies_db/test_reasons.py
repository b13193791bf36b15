"""Why two names may be one company is said in the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask

from coachhub.companies.names import parse
from coachhub.companies.reasons import said
from coachhub.companies.scoring import reason
from coachhub.core.words import in_language

PAIRS = [
    ("Shell", ""),
    ("Shell", "…"),
    ("Shell plc", "Royal Dutch Shell"),
    ("Nordlicht Energy", "Nordlicht Energy"),
    ("Nordlicht Energy", "NordlichtEnergy"),
    ("Nordlicht Energy", "Energy Nordlicht"),
    ("Nordlicht Energy", "Nordlicht Energy Solar"),
    ("Nordlicht Energy", "Nordlichts Energy Solar"),
    ("Nordlicht Energie", "Nordlicht Energy"),
    ("Nordlicht Food", "Nordlicht Steel"),
    ("Nordlicht Wasser Werke", "NWW"),
    ("Nordlicht", "Nordlocht"),
    ("Nordlicht", "Zebra"),
]
KEPT = [
    "more than one known company is written like this",
    "name in our catalogue",
    "a known name of Shell",
    "same words; but another known company is as near",
]


@pytest.mark.parametrize("reason_kept", [*(reason(parse(a), parse(b)) for a, b in PAIRS), *KEPT])
def test_every_reason_of_the_scorer_is_said_in_french(app: Flask, reason_kept: str) -> None:
    with app.app_context():
        english = said(reason_kept)
        with in_language("fr"):
            french = said(reason_kept)
    assert english == reason_kept[:1].upper() + reason_kept[1:]
    assert french != english


def test_the_names_in_a_reason_stay(app: Flask) -> None:
    with app.app_context(), in_language("es"):
        assert said("both may stand for Foo & Söhne") == "Los dos pueden ser Foo & Söhne"


def test_a_reason_of_another_shape_is_shown_as_it_is(app: Flask) -> None:
    with app.app_context(), in_language("fr"):
        assert said("decided in 2024") == "Decided in 2024"

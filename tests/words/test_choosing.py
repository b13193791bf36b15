"""Whose language a page and a mail speak."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core import words
from coachhub.firms.models import Membership

FRENCH = {"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}
LOGIN = "/account/login"


def spoken(client: FlaskClient, path: str, **headers: str) -> str:
    page = client.get(path, headers=headers).get_data(as_text=True)
    return page.split('<html lang="', 1)[1][:2]


@pytest.mark.parametrize(
    ("likes", "spoken_to"),
    [("fr-CA,fr;q=0.9", "fr"), ("de,es;q=0.4", "es"), ("de", "en"), ("", "en"), ("x;q=y", "en")],
)
def test_a_visitor_is_spoken_to_as_the_browser_likes(
    client: FlaskClient, likes: str, spoken_to: str
) -> None:
    assert spoken(client, LOGIN, **{"Accept-Language": likes}) == spoken_to


def test_a_visitor_chooses(client: FlaskClient) -> None:
    answer = client.post(
        "/account/language",
        data={"language": "es"},
        headers={"Referer": "http://localhost" + LOGIN},
    )
    assert (answer.status_code, answer.location) == (303, LOGIN)
    assert spoken(client, LOGIN, **FRENCH) == "es"


@pytest.mark.parametrize("chosen", ["de", "", "../en", "fr\r\nSet-Cookie: a=b"])
def test_what_is_no_language_of_ours_changes_nothing(client: FlaskClient, chosen: str) -> None:
    answer = client.post(
        "/account/language",
        data={"language": chosen},
        headers={"Referer": "https://evil.example/account/login"},
    )
    assert (answer.status_code, answer.location) == (303, "/")
    assert spoken(client, LOGIN) == "en"


def test_a_member_chooses_and_the_browser_no_longer_counts(
    client: FlaskClient,
    session: Session,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., Any],
) -> None:
    member = make_member()
    sign_in(client, member)
    person = session.get_one(Person, member.person_id)
    form = {"name": "Ana Ruiz", "timezone": "Europe/Madrid", "language": "es"}
    assert spoken(client, "/account/", **FRENCH) == "en"
    assert client.post("/account/", data=form).status_code == 303
    assert (person.language, spoken(client, "/account/", **FRENCH)) == ("es", "es")
    refused = client.post("/account/", data={**form, "language": "tlh"})
    assert (refused.status_code, person.language) == (422, "es")


def test_dates_numbers_and_lists(app: Flask) -> None:
    day = dt.date(2026, 3, 4)
    said = {}
    with app.app_context():
        for code in words.LANGUAGES:
            with words.in_language(code):
                said[code] = (
                    words.day(day),
                    words.day(None),
                    words.clock(dt.time(14, 5)),
                    words.number(1234.5),
                    words.listed(["Ada", "Ben", "Cem"]),
                )
    assert said["en"] == ("4 March 2026", "", "14:05", "1,234.5", "Ada, Ben and Cem")
    assert said["es"] == ("4 de marzo de 2026", "", "14:05", "1.234,5", "Ada, Ben y Cem")
    assert said["fr"] == (
        "4 mars 2026", "", "14:05", "1\u202f234,5", "Ada, Ben et Cem",
    )  # fmt: skip


def test_amounts(app: Flask) -> None:
    said = {}
    with app.app_context():
        for code in words.LANGUAGES:
            with words.in_language(code):
                said[code] = (words.money(1500, "EUR"), words.money(7.5, "GBP"))
    assert said == {
        "en": ("€1,500", "£7.50"),
        "es": ("1.500\xa0€", "7,50\xa0GBP"),
        "fr": ("1\u202f500\xa0€", "7,50\xa0£GB"),
    }


def test_a_language_within_another_ends_where_it_began(app: Flask) -> None:
    with app.app_context(), words.in_language("fr"):
        with words.in_language("es"):
            assert words.language() == "es"
        assert (words.language(), words.direction()) == ("fr", "ltr")
    with app.app_context(), words.in_language("tlh"):
        assert words.language() == "en"
    assert words.gettext("Saved %(number)s.", number=3) == "Saved 3."
    assert words.ngettext("%(num)s door", "%(num)s doors", 2) == "2 doors"


def test_what_is_put_into_a_text_is_escaped_in_a_page(app: Flask) -> None:
    pages = app.jinja_env.overlay(autoescape=True)
    page = pages.from_string("{{ _('Hello %(name)s', name=name) }}{{ name|said }}")
    with app.app_context():
        assert page.render(name="<b>%(x)s") == "Hello &lt;b&gt;%(x)s&lt;b&gt;%(x)s"

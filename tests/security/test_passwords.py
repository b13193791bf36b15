"""What a password must be, and that trying one tells nothing about whose it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.handlers import argon2
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.accounts.operations import PasswordError, add_person, set_password
from fixtures_accounts import PASSWORD, SomebodyAtSignIn

Somebody = Callable[..., SomebodyAtSignIn]


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "iloveyouiloveyou1",
        "unbelievable1234",
        "letmeinletmein1!",
        "1qaz2wsx3edc4rfv",
        "qwertyuiopasdfgh",
        "123456789012345",
        "aaaaaaaaaaaaaaaa",
        "mountainview12345",
        "coachhub coachhub coachhub",
        "Ana Bell Coachhub 2026",
        "ana.bell@example.org",
        "sunshineprincess",
    ],
)
def test_what_everybody_would_try_is_refused(app: Flask, password: str) -> None:
    person = Person(name="Ana Bell", email="ana.bell@example.org")
    with app.app_context(), pytest.raises(PasswordError, match="too easy to guess"):
        set_password(person, password)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "lowercaseletterssuchasthese",
        "83920175638201947562",
        "!%&/§$?=)(*+~#'-_.:,;<>|",
        "  blanks before and after too  ",
        "Brücken über sieben Wölfen",
        "ключи от старого причала",
        "x9" * 3 + "jKq!vR" + "7pLmW" * 2 + "z" * 5,
        "many words and then some more of them, as many as fit into a hundred and some letters",
    ],
)
def test_anything_long_and_unheard_of_will_do(app: Flask, password: str) -> None:
    person = Person(name="Ana Bell", email="ana.bell@example.org")
    with app.app_context():
        set_password(person, password)
    assert person.password.startswith("$argon2id$")


@pytest.mark.parametrize(("length", "good"), [(14, False), (15, True), (128, True), (129, False)])
def test_lengths(app: Flask, length: int, good: bool) -> None:
    password = ("Kerb vines hum, oxen jog past, wild fig zones quake. " * 3)[:length]
    with app.app_context():
        problems, _ = app.extensions["security"].password_util.validate(
            password.rjust(length, "q"), is_register=True
        )
    assert (problems is None) is good


def test_a_password_in_any_letters_signs_in_however_it_is_typed(
    somebody: Somebody, app: Flask
) -> None:
    ana = somebody(name="Ana")
    set_password(ana.person, "Br\u00fccken \u00fcber sieben W\u00f6lfen")
    ana.session.commit()
    for typed in (
        "Br\u00fccken \u00fcber sieben W\u00f6lfen",
        "Bru\u0308cken u\u0308ber sieben Wo\u0308lfen",
    ):
        ana.client = app.test_client()
        ana.password(typed)
        assert ana.is_in()
    ana.client = app.test_client()
    ana.password("br\u00fccken \u00fcber sieben w\u00f6lfen")
    assert not ana.is_in()


def test_a_weak_new_password_is_said_at_its_field_and_the_old_one_stays(
    somebody: Somebody,
) -> None:
    ana = somebody(name="Ana")
    ana.password()
    typed = {"password": PASSWORD, "new_password": "passwordpassword"}
    assert "too easy to guess" in ana.client.post("/account/change", data=typed).text
    ana.client.post("/account/logout")
    ana.password()
    assert ana.is_in()


def test_as_much_is_reckoned_for_an_address_that_nobody_has(
    somebody: Somebody, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The costly step, one argon2id, is done once whoever is named: nothing to hear in the time."""
    reckoned: list[str] = []
    for name in ("hash", "verify"):
        real = getattr(argon2.argon2, name)

        def noted(
            *args: object, _real: Callable[..., object] = real, _name: str = name, **kw: object
        ) -> object:
            reckoned.append(_name)
            return _real(*args, **kw)

        monkeypatch.setattr(argon2.argon2, name, noted)
    known, bare, closed = somebody(), somebody(), somebody()
    bare.person.password = None
    closed.person.active = False
    known.session.commit()
    reckoned.clear()
    found = {}
    for who, address in (
        ("known", known.person.email),
        ("without a password", bare.person.email),
        ("closed", closed.person.email),
        ("nobody", "nobody@example.org"),
    ):
        client.post("/account/login", data={"email": address, "password": "not the right one"})
        found[who] = len(reckoned)
        reckoned.clear()
    assert set(found.values()) == {1}, found


def test_nobody_comes_with_the_software(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.usefixtures("session")
def test_an_account_made_without_a_password_has_none_to_guess() -> None:
    assert add_person("new@example.org", "New").password is None

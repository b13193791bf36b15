"""A link that was sealed for one purpose opens nothing else, and no redirect leaves the site."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coachhub.core.once import SentBeforeError, _led_there
from coachhub.core.secrets import seal, unseal
from fixtures_accounts import SomebodyAtSignIn

PURPOSES = ("sign-in code", "new address", "appeal", "forget me", "forget me, asked", "")
PAGES = {
    "sign-in code": "/account/code/{}",
    "new address": "/account/address/{}",
    "forget me": "/forget-me/{}",
}
TEXTS = ("ana@example.org 12345678", "a b c", "appeal/x", "\0", "ana@example.org")


def test_a_seal_is_for_one_purpose(app: Flask) -> None:
    with app.app_context():
        for made in PURPOSES:
            sealed = seal("text", made)
            opened = {one: unseal(sealed, 60, one) for one in PURPOSES}
            assert opened == {one: "text" if one == made else None for one in PURPOSES}


@pytest.mark.parametrize("page", PAGES)
def test_a_link_of_another_kind_is_an_old_link(
    somebody: Callable[..., SomebodyAtSignIn], app: Flask, page: str
) -> None:
    ana = somebody()
    ana.password()
    visitor = app.test_client()
    with app.app_context():
        links = [seal(text, one) for one in PURPOSES for text in TEXTS if one != page]
    for link in links:
        for client in (ana.client, visitor):
            answer = client.get(PAGES[page].format(link))
            assert answer.status_code in {302, 404}
            assert answer.headers.get("Location", "/account/login").startswith("/account/login")


ELSEWHERE = [
    "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example",
    "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "javascript:alert(1)",
    "data:text/html,x", "//evil.example\\@hub.example.org", "https://hub.example.org@evil.example",
    "https://hub.example.org.evil.example/", "//hub.example.org@evil.example", "/%09/evil.example",
    "/%5cevil.example", "/.//evil.example", "http://hub.example.org:x@evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("where", ELSEWHERE)
def test_signing_in_leads_nowhere_else(
    somebody: Callable[..., SomebodyAtSignIn], where: str
) -> None:
    ana = somebody()
    for answer in (
        ana.password(next=where),
        ana.client.post(
            "/account/login",
            query_string={"next": where},
            data={"email": ana.person.email, "password": "clouds over seven bridges"},
        ),
    ):
        there = answer.headers["Location"].replace("\\", "/").replace("\t", "").replace("\n", "")
        # As a browser reads it, standing on the page that was answered.
        led = urlsplit(urljoin("http://hub.example.org/account/login", there))
        assert (led.scheme, led.netloc) == ("http", "hub.example.org")
        ana.client.post("/account/logout")


def test_a_form_sent_twice_leads_nowhere_else(app: Flask, client: FlaskClient) -> None:
    del client
    came = {"Referer": "http://hub.example.org//evil.example/x"}
    with app.test_request_context("/forget-me", method="POST", headers=came):
        answer = _led_there(SentBeforeError("nothing"))
    assert answer.headers["Location"] == "/evil.example/x"

"""Every way in, each with a real session: password, mailed code, app, recovery code."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.app import create_app
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.limits import limiter
from coachhub.mail.models import AccountMail
from fixtures_accounts import PASSWORD, SomebodyAtSignIn
from fixtures_app import config_for
from fixtures_database import DatabaseUrls

Somebody = Callable[..., SomebodyAtSignIn]


@pytest.fixture
def ana(somebody: Somebody) -> SomebodyAtSignIn:
    return somebody()


def test_the_sign_in_page_offers_every_way(client: FlaskClient) -> None:
    page = client.get("/account/login").text
    for words in ("Mail address", "Send me a sign-in code", "Use a passkey", "Forgot your passw"):
        assert words in page


def test_passwords_are_kept_as_strong_hashes_outside_of_tests(
    app: Flask, database_urls: DatabaseUrls
) -> None:
    del app
    made = create_app(config_for(database_urls, mode="trial"))
    with made.app_context():
        kept = hash_password("a password that nobody has")
        # OWASP's floor for Argon2id is 19 MiB and two passes.
        found = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", kept)
        db.engine.dispose()
    limiter.enabled = False  # that of the process, which the app above has switched on
    assert found is not None
    assert int(found[1]) >= 19 * 1024
    assert int(found[2]) >= 2


def test_a_password_signs_in(ana: SomebodyAtSignIn) -> None:
    answer = ana.password()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert ana.is_in()


def test_one_goes_where_one_wanted_to_go(ana: SomebodyAtSignIn) -> None:
    assert ana.password(next="/account/").headers["Location"] == "/account/"


def test_never_to_another_site(ana: SomebodyAtSignIn) -> None:
    answer = ana.password(next="https://evil.example.org/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert ana.is_in()


def test_nobody_is_remembered_beyond_the_session(ana: SomebodyAtSignIn) -> None:
    ana.password(remember="y")
    assert ana.client.get_cookie("remember_token") is None


def test_a_mailed_code_signs_in_once(ana: SomebodyAtSignIn) -> None:
    ana.client.post("/account/us-signin/send-code", data={"identity": ana.person.email})
    typed = {"identity": ana.person.email, "passcode": ana.mailed_code()}
    assert ana.client.post("/account/us-signin", data=typed).status_code == 302
    assert ana.is_in()
    ana.client.post("/account/logout")
    ana.client.post("/account/us-signin", data=typed)
    assert not ana.is_in()


def test_only_the_newest_code_is_good(ana: SomebodyAtSignIn) -> None:
    codes = []
    for _ in range(2):
        ana.client.post("/account/us-signin/send-code", data={"identity": ana.person.email})
        codes.append(ana.mailed_code())
    assert codes[0] != codes[1]
    typed = {"identity": ana.person.email, "passcode": codes[0]}
    assert "do not go together" in ana.client.post("/account/us-signin", data=typed).text


def test_without_asking_there_is_no_code_to_guess(ana: SomebodyAtSignIn) -> None:
    assert ana.person.us_totp_secrets is None


def test_opening_the_mailed_link_signs_nobody_in(ana: SomebodyAtSignIn) -> None:
    ana.client.post("/account/us-signin/send-code", data={"identity": ana.person.email})
    link = ana.mailed_link()
    assert ana.person.email not in link
    for _ in range(3):
        page = ana.client.get(link)
        assert page.status_code == 200
    assert not ana.is_in()
    code = ana.mailed_code()
    assert f'value="{code}"' in page.text
    ana.client.post("/account/us-signin", data={"identity": ana.person.email, "passcode": code})
    assert ana.is_in()


@pytest.mark.parametrize("sealed", ["x", "gAAAAABnothing"])
def test_a_broken_link_leads_to_a_new_code(client: FlaskClient, sealed: str) -> None:
    answer = client.get(f"/account/code/{sealed}")
    assert answer.status_code == 404
    assert "Send me a new code" in answer.text


def test_flask_securitys_own_link_is_closed(ana: SomebodyAtSignIn) -> None:
    asked = {"id": ana.person.fs_uniquifier, "code": "12345678"}
    assert ana.client.get("/account/us-verify-link", query_string=asked).status_code == 404


@pytest.mark.parametrize("page", ["us-setup", "tf-rescue", "tf-select", "verify", "wan-delete"])
def test_what_we_do_not_use_is_closed(ana: SomebodyAtSignIn, page: str) -> None:
    ana.password()
    assert ana.client.get(f"/account/{page}").status_code == 404


def test_an_app_is_asked_for_after_the_password(ana: SomebodyAtSignIn) -> None:
    ana.password()
    secret = ana.add_app()
    ana.client.post("/account/logout")
    assert "/account/tf-validate" in ana.password().headers["Location"]
    assert not ana.is_in()
    wrong = ana.client.post("/account/tf-validate", data={"code": "000000"})
    assert "does not fit" in wrong.text
    ana.client.post("/account/tf-validate", data={"code": ana.app_code(secret)})
    assert ana.is_in()


def test_an_app_is_asked_for_after_a_mailed_code(ana: SomebodyAtSignIn) -> None:
    ana.password()
    secret = ana.add_app()
    ana.client.post("/account/logout")
    ana.client.post("/account/us-signin/send-code", data={"identity": ana.person.email})
    typed = {"identity": ana.person.email, "passcode": ana.mailed_code()}
    ana.client.post("/account/us-signin", data=typed)
    assert not ana.is_in()
    ana.client.post("/account/tf-validate", data={"code": ana.app_code(secret)})
    assert ana.is_in()


def test_no_code_of_the_app_is_good_twice(ana: SomebodyAtSignIn) -> None:
    ana.password()
    secret = ana.add_app()
    code = ana.app_code(secret)
    for expected in (True, False):
        ana.client.post("/account/logout")
        ana.password()
        ana.client.post("/account/tf-validate", data={"code": code})
        assert ana.is_in() is expected


def test_a_recovery_code_works_once(ana: SomebodyAtSignIn) -> None:
    ana.password()
    ana.add_app()
    made = ana.client.post("/account/mf-recovery-codes", data={"generate_new_codes": "yes"}).text
    codes = [part.split("<")[0] for part in made.split("<code>")[1:]]
    assert len(codes) == 8
    assert codes[0] not in ana.client.get("/account/mf-recovery-codes?show_codes=yes").text
    assert codes[0] not in str(ana.person.mf_recovery_codes)
    for expected in (True, False):
        ana.client.post("/account/logout")
        ana.password()
        ana.client.post("/account/mf-recovery", data={"code": f" {codes[0].upper()} "})
        assert ana.is_in() is expected
    ana.session.refresh(ana.person)
    assert len(ana.person.mf_recovery_codes) == 7


def test_an_unknown_address_gets_the_same_answers(
    ana: SomebodyAtSignIn, client: FlaskClient, session: Session
) -> None:
    known, unknown = ana.person.email, "n" + ana.person.email[1:]

    def ask(page: str, **typed: str) -> list[str]:
        texts = []
        for address in (known, unknown):
            form = {name: value.replace("?", address) for name, value in typed.items()}
            answer = client.post(f"/account/{page}", data=form)
            text = re.sub(r'(csrf_token|sent_once)"[^>]*', "", answer.text).replace(address, "?")
            texts.append(f"{answer.status_code} {text}")
            client.post("/account/logout")
        return texts

    for page, typed in (
        ("login", {"email": "?", "password": "not the right password"}),
        ("us-signin", {"identity": "?", "passcode": "12345678"}),
        ("us-signin/send-code", {"identity": "?"}),
        ("reset", {"email": "?"}),
    ):
        first, second = ask(page, **typed)
        assert first == second
    queue().drain()
    sent = select(func.count()).select_from(AccountMail).where(AccountMail.to_address == unknown)
    assert session.scalar(sent) == 0
    assert [mail["Subject"] for mail in ana.mails()] == [
        "Your sign-in code for CoachHub",
        "Choose a new password for CoachHub",
    ]


def test_a_forgotten_password_is_replaced(ana: SomebodyAtSignIn) -> None:
    ana.client.post("/account/reset", data={"email": ana.person.email})
    link = ana.mailed_link()
    assert ana.client.get(link).status_code == 200
    short = ana.client.post(link, data={"password": "short"})
    assert "15 characters or more" in short.text
    new = "rivers under nine hills"
    assert ana.client.post(link, data={"password": new}).headers["Location"] == "/account/login"
    assert not ana.is_in()
    ana.password(PASSWORD)
    assert not ana.is_in()
    ana.password(new)
    assert ana.is_in()
    again = ana.client.get(link, follow_redirects=True)
    assert "does not work any more" in again.text

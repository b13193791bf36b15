"""A cookie that was copied is worth nothing after any of the events that end a sign-in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coachhub.accounts import sign_ins
from coachhub.accounts.models import SignIn
from coachhub.core.tenancy import scope
from coachhub.core.tokens import hashed
from coachhub.firms.models import Firm, Membership
from fixtures_accounts import PASSWORD, SomebodyAtSignIn

Somebody = Callable[..., SomebodyAtSignIn]
NEW = "rivers under nine hills"


@pytest.fixture
def ana(somebody: Somebody) -> SomebodyAtSignIn:
    found = somebody(name="Ana")
    found.password()
    return found


def copied(ana: SomebodyAtSignIn) -> FlaskClient:
    """Return another device with the very cookie, copied."""
    device = ana.app.test_client()
    device.set_cookie("session", ana.client.get_cookie("session").value)
    assert device.get("/account/").status_code == 200
    return device


def changes_the_password(ana: SomebodyAtSignIn) -> None:
    typed = {"password": PASSWORD, "new_password": NEW}
    assert ana.client.post("/account/change", data=typed).status_code == 302


def resets_the_password(ana: SomebodyAtSignIn) -> None:
    visitor = ana.app.test_client()
    visitor.post("/account/reset", data={"email": ana.person.email})
    assert visitor.post(ana.mailed_link(), data={"password": NEW}).status_code == 302


def signs_out(ana: SomebodyAtSignIn) -> None:
    answer = ana.client.post("/account/logout")
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def signs_out_everywhere(ana: SomebodyAtSignIn) -> None:
    assert ana.client.post("/account/sign-out-everywhere").status_code == 303


def shows_once_more(ana: SomebodyAtSignIn) -> None:
    with ana.client.session_transaction() as cookie:
        cookie["fs_paa"] -= 3600
        cookie.pop("fs_gexp", None)
    typed = {"passcode": PASSWORD}
    assert ana.client.post("/account/us-verify", data=typed).status_code == 302
    assert ana.is_in()


def is_closed(ana: SomebodyAtSignIn) -> None:
    ana.person.active = False
    ana.session.commit()


@pytest.mark.parametrize(
    "happens",
    [
        changes_the_password,
        resets_the_password,
        signs_out,
        signs_out_everywhere,
        shows_once_more,
        is_closed,
    ],
)
def test_the_old_cookie_is_worth_nothing(
    ana: SomebodyAtSignIn, happens: Callable[[SomebodyAtSignIn], None]
) -> None:
    old = copied(ana)
    happens(ana)
    assert old.get("/account/").headers["Location"].startswith("/account/login")


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_the_firm_is_shut_to_the_old_cookie(ana: SomebodyAtSignIn, firm: Firm, state: str) -> None:
    old, home = copied(ana), f"/f/{firm.slug}/"
    assert old.get(home).status_code == 200
    with scope(firm.id):
        ana.session.execute(update(Membership).values(state=state))
        ana.session.commit()
    assert old.get(home).status_code == 404


def test_the_key_is_new_at_each_sign_in_and_only_its_hash_is_kept(
    ana: SomebodyAtSignIn, session: Session
) -> None:
    first = ana.session_value(sign_ins.KEY)
    ana.client.post("/account/logout")
    assert ana.session_value(sign_ins.KEY) is None
    ana.password()
    second = ana.session_value(sign_ins.KEY)
    assert first != second
    assert len(second) >= 43
    rows = session.execute(select(SignIn.key_hash, SignIn.ended_at)).all()
    assert {key: ended is None for key, ended in rows} == {
        hashed(first): False,
        hashed(second): True,
    }


def test_a_key_of_somebody_else_signs_nobody_in(ana: SomebodyAtSignIn, somebody: Somebody) -> None:
    ben = somebody(name="Ben")
    ben.password()
    with ben.client.session_transaction() as cookie:
        cookie[sign_ins.KEY] = ana.session_value(sign_ins.KEY)
    assert not ben.is_in()
    assert ana.is_in()


def test_devices_are_shown_and_signed_out_one_by_one(
    ana: SomebodyAtSignIn, app: Flask, session: Session
) -> None:
    phone = app.test_client()
    said = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18 Safari/604.1"}
    typed = {"email": ana.person.email, "password": PASSWORD}
    phone.post("/account/login", data=typed, headers=said)
    page = ana.client.get("/account/").text
    assert "Safari on iPhone" in page
    assert page.count("this device") == 1
    there = session.scalars(select(SignIn.id).where(SignIn.browser == "Safari on iPhone")).one()
    assert ana.client.post(f"/account/sign-ins/{there}/end").status_code == 303
    assert phone.get("/account/").status_code == 302
    assert ana.is_in()
    assert "Safari on iPhone" not in ana.client.get("/account/").text
    assert ana.client.post(f"/account/sign-ins/{there}/end").status_code == 404


def test_nobody_ends_somebody_elses_sign_in(
    ana: SomebodyAtSignIn, somebody: Somebody, session: Session
) -> None:
    ben = somebody(name="Ben")
    ben.password()
    of_ana = session.scalars(select(SignIn.id).where(SignIn.person_id == ana.person.id)).one()
    assert ben.client.post(f"/account/sign-ins/{of_ana}/end").status_code == 404
    assert ana.is_in()


def test_forgetting_keeps_what_is_good(ana: SomebodyAtSignIn, session: Session) -> None:
    sign_ins.FORGET.function()
    assert len(sign_ins.of(ana.person)) == 1
    session.execute(update(SignIn).values(seen_at=SignIn.seen_at - sign_ins.KEPT * 2))
    sign_ins.FORGET.function()
    assert session.scalars(select(SignIn)).all() == []


@pytest.mark.parametrize("where", ["header", "query", "body"])
def test_flask_securitys_token_without_end_signs_nobody_in(
    ana: SomebodyAtSignIn, app: Flask, where: str
) -> None:
    with app.test_request_context("/"):
        token = ana.person.get_auth_token()
    visitor = app.test_client()
    if where == "header":
        answer = visitor.get("/account/", headers={"Authentication-Token": token})
    elif where == "query":
        answer = visitor.get("/account/", query_string={"auth_token": token})
    else:
        answer = visitor.post("/account/sign-out-everywhere", json={"auth_token": token})
    assert answer.status_code == 302
    assert ana.is_in()

"""What ends a sign-in, how long it lasts, and what it may change."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from coachhub.accounts import sessions
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from fixtures_accounts import PASSWORD, SomebodyAtSignIn
from fixtures_app import config_for
from fixtures_database import DatabaseUrls

Somebody = Callable[..., SomebodyAtSignIn]
NEW = "rivers under nine hills"


@pytest.fixture
def ana(somebody: Somebody) -> SomebodyAtSignIn:
    found = somebody()
    found.password()
    return found


@pytest.fixture
def elsewhere(ana: SomebodyAtSignIn, app: Flask) -> FlaskClient:
    """Return another device with the same sign-in: the very cookie, copied."""
    device = app.test_client()
    cookie = ana.client.get_cookie("session")
    device.set_cookie("session", cookie.value)
    assert device.get("/account/").status_code == 200
    return device


def test_a_new_password_ends_the_other_sign_ins(
    ana: SomebodyAtSignIn, elsewhere: FlaskClient
) -> None:
    answer = ana.client.post("/account/change", data={"password": PASSWORD, "new_password": NEW})
    assert answer.headers["Location"] == "/account/"
    assert ana.is_in()
    assert elsewhere.get("/account/").status_code == 302
    assert ana.mails()[-1]["Subject"] == "Your CoachHub password is new"


def test_the_old_password_is_asked_for(ana: SomebodyAtSignIn) -> None:
    wrong = ana.client.post("/account/change", data={"password": NEW, "new_password": NEW})
    assert "not your present password" in wrong.text


def test_signing_out_everywhere_ends_all(ana: SomebodyAtSignIn, elsewhere: FlaskClient) -> None:
    assert ana.client.get("/account/sign-out-everywhere").status_code == 405
    ana.client.post("/account/sign-out-everywhere")
    assert not ana.is_in()
    assert elsewhere.get("/account/").status_code == 302


def test_a_suspended_member_is_out_at_the_next_click(ana: SomebodyAtSignIn, firm: Firm) -> None:
    assert ana.client.get(f"/f/{firm.slug}/").status_code == 200
    with scope(firm.id):
        ana.session.execute(update(Membership).values(state="suspended"))
        ana.session.commit()
    assert ana.client.get(f"/f/{firm.slug}/").status_code == 404


def test_a_closed_person_is_out_at_the_next_click(ana: SomebodyAtSignIn) -> None:
    ana.person.active = False
    ana.session.commit()
    assert not ana.is_in()


def test_nothing_of_the_visitors_cookie_stays_after_sign_in(somebody: Somebody) -> None:
    ben = somebody()
    with ben.client.session_transaction() as cookie:
        cookie["planted"] = "x"
        cookie["csrf_token"] = "known"
    ben.password()
    assert ben.session_value("planted") is None
    assert ben.session_value("csrf_token") != "known"


@pytest.mark.parametrize(
    ("key", "ago", "stays"),
    [
        ("seen", sessions.MEMBERS.idle - 60, True),
        ("seen", sessions.MEMBERS.idle + 60, False),
        ("since", sessions.MEMBERS.whole - 60, True),
        ("since", sessions.MEMBERS.whole + 60, False),
    ],
)
def test_a_sign_in_does_not_last_for_ever(
    ana: SomebodyAtSignIn, key: str, ago: int, stays: bool
) -> None:
    with ana.client.session_transaction() as cookie:
        cookie[key] -= ago
    assert ana.is_in() is stays


@pytest.mark.parametrize(("role", "status"), [("member", 200), ("admin", 302)])
def test_admins_are_signed_out_sooner(
    somebody: Somebody, firm: Firm, role: str, status: int
) -> None:
    cid = somebody(role=role)
    cid.password()
    with cid.client.session_transaction() as cookie:
        cookie["seen"] -= sessions.ADMINS.idle + 60
    assert cid.client.get(f"/f/{firm.slug}/").status_code == status


@pytest.mark.parametrize("role", ["coach", "admin"])
def test_who_looks_after_others_needs_a_second_factor(
    somebody: Somebody, firm: Firm, app: Flask, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setitem(app.config, "REQUIRE_SECOND_FACTOR", value=True)
    home = f"/f/{firm.slug}/"
    cid = somebody(role=role)
    cid.password()
    answer = cid.client.get(home)
    assert answer.headers["Location"] == "/account/second-factor"
    assert "Add an authenticator app" in cid.client.get("/account/second-factor").text
    secret = cid.add_app()
    assert cid.client.get("/account/second-factor").headers["Location"] == home
    assert cid.client.get(home).status_code == 200
    cid.client.post("/account/logout")
    cid.password()
    cid.client.post("/account/tf-validate", data={"code": cid.app_code(secret)})
    assert cid.client.get(home).status_code == 200


def test_members_need_none(
    ana: SomebodyAtSignIn, firm: Firm, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REQUIRE_SECOND_FACTOR", value=True)
    assert ana.client.get(f"/f/{firm.slug}/").status_code == 200


def test_staff_need_one(ana: SomebodyAtSignIn, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "REQUIRE_SECOND_FACTOR", value=True)
    ana.person.is_staff = True
    ana.session.commit()
    assert ana.client.get("/staff/").headers["Location"] == "/account/second-factor"


def test_an_old_sign_in_shows_once_more_that_it_is_you(ana: SomebodyAtSignIn) -> None:
    with ana.client.session_transaction() as cookie:
        cookie["fs_paa"] -= 3600
        cookie.pop("fs_gexp", None)
    answer = ana.client.get("/account/tf-setup")
    assert "/account/us-verify" in answer.headers["Location"]
    ana.client.post("/account/us-verify/send-code")
    onward = ana.client.post(
        "/account/us-verify?next=/account/tf-setup", data={"passcode": ana.mailed_code()}
    )
    assert onward.headers["Location"] == "/account/tf-setup"
    assert ana.client.get("/account/tf-setup").status_code == 200


def test_the_app_is_taken_off_with_its_recovery_codes(ana: SomebodyAtSignIn) -> None:
    ana.add_app()
    ana.client.post("/account/mf-recovery-codes", data={"generate_new_codes": "yes"})
    assert ana.client.post("/account/remove-app").status_code == 303
    ana.session.refresh(ana.person)
    assert (ana.person.tf_totp_secret, ana.person.mf_recovery_codes) == (None, None)
    assert "was taken off" in ana.last_text()
    ana.client.post("/account/logout")
    ana.password()
    assert ana.is_in()


def test_name_and_time_zone(ana: SomebodyAtSignIn, firm: Firm) -> None:
    page = ana.client.get("/account/").text
    assert f"Back to {firm.name}" in page
    typed = {"name": "  Ana   Bell ", "timezone": "Europe/Madrid", "language": "es"}
    assert ana.client.post("/account/", data=typed).status_code == 303
    assert (ana.person.name, ana.person.timezone) == ("Ana Bell", "Europe/Madrid")
    wrong = ana.client.post("/account/", data={"name": "", "timezone": "Mars/Base"})
    assert wrong.status_code == 422


def test_the_cookie_is_for_this_site_alone(database_urls: DatabaseUrls) -> None:
    settings = config_for(database_urls, base_url="https://hub.example.org").flask()
    assert settings["SESSION_COOKIE_NAME"] == "__Host-session"
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"


@pytest.mark.parametrize(
    ("mode", "said", "required"),
    [
        ("production", "", True),
        ("production", "no", False),
        ("trial", "", False),
        ("test", "yes", True),
    ],
)
def test_where_a_second_factor_is_required(
    database_urls: DatabaseUrls, mode: str, said: str, required: object
) -> None:
    config = config_for(database_urls, mode=mode, require_second_factor=said)
    assert config.flask()["REQUIRE_SECOND_FACTOR"] is required

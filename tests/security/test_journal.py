"""Every try at a door leaves a line, and no line holds anything that was typed."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from fixtures_accounts import PASSWORD, SomebodyAtSignIn

NAME = "coachhub.security"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == NAME]


def test_signing_in_and_failing_to_leave_a_line_each(
    somebody: Callable[..., SomebodyAtSignIn], caplog: pytest.LogCaptureFixture
) -> None:
    ana = somebody()
    caplog.set_level(logging.INFO, NAME)
    ana.password("not the right password")
    ana.password()
    ana.client.post("/account/logout")
    ana.client.post("/account/reset", data={"email": ana.person.email})
    found = lines(caplog)
    assert [one.split(",")[0] for one in found] == [
        "failed: security.login 200",
        "signed in: security.login 302",
        "signed out: security.logout 302",
        "failed: security.forgot_password 200",
    ]
    accounts = {one.split("account ")[1].split(",")[0] for one in found} - {"-"}
    assert len(accounts) == 1
    told = " ".join(found)
    assert ana.person.email not in told
    assert PASSWORD not in told
    assert "127.0.0.1" not in told
    assert str(ana.person.id) in told


def test_what_is_typed_writes_no_line(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, NAME)
    forged = "ana@example.org\r\nsigned in: security.login 302, person root"
    client.post("/account/login", data={"email": forged, "password": forged})
    client.post("/nowhere%0d%0asigned in")
    client.get("/account/login", headers={"Host": "evil.example"})
    found = lines(caplog)
    assert len(found) == 3
    assert [one for one in found if "\n" in one or "\r" in one or "root" in one] == []


def test_a_refused_change_leaves_a_line(
    somebody: Callable[..., SomebodyAtSignIn], caplog: pytest.LogCaptureFixture
) -> None:
    ana = somebody()
    ana.password()
    caplog.set_level(logging.INFO, NAME)
    caplog.clear()
    ana.client.get("/f/no-such-firm/")
    ana.client.post("/f/no-such-firm/me")
    assert [one.split(",")[0] for one in lines(caplog)] == ["refused: firms.me 404"]

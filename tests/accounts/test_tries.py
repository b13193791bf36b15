"""Twenty tries at what is not one's own raise an alert, however many processes answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.accounts import tries
from coachhub.accounts.models import Alert, Person, Try
from coachhub.core.audit import DeskEntry
from coachhub.core.db import now
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import AccountMail

SignIn = Callable[[FlaskClient, Membership], None]


@pytest.fixture
def somebody(make_member: Callable[..., Membership], session: Session) -> Membership:
    session.add(
        Person(email="stella@example.org", name="Stella", fs_uniquifier="stella", is_staff=True)
    )
    made: Membership = make_member("Mia Member", role="admin")
    session.commit()
    return made


def knock(client: FlaskClient, firm: Firm, times: int) -> None:
    for _ in range(times):
        assert client.get(f"/f/{firm.slug}/console/people/{uuid7()}").status_code == 404


def alerts(session: Session) -> list[Alert]:
    session.expire_all()
    return list(session.scalars(select(Alert).order_by(Alert.created_at)))


def test_twenty_in_ten_minutes_raise_one_alert_and_one_mail(
    client: FlaskClient, app: Flask, firm: Firm, somebody: Membership, session: Session,
    sign_in: SignIn,
) -> None:  # fmt: skip
    # Two processes: each has its own client, and nothing in memory that both could share.
    other = app.test_client()
    sign_in(client, somebody)
    sign_in(other, somebody)
    knock(client, firm, 10)
    knock(other, firm, 9)
    assert alerts(session) == []
    client.get("/f/some-other-firm/")
    [alert] = alerts(session)
    assert (alert.person_id, alert.tries) == (somebody.person_id, 20)
    knock(other, firm, 5)
    [alert] = alerts(session)
    assert alert.tries == 25
    [mail] = session.scalars(select(AccountMail).where(AccountMail.kind == "many-tries"))
    assert mail.to_address == "stella@example.org"
    assert b"Mia Member" in mail.raw
    pages = [one.page for one in tries.tries_of(somebody.person_id)]
    assert "GET /f/some-other-firm/" in pages
    assert len(pages) == 25


def test_slowly_is_no_alert(
    client: FlaskClient, firm: Firm, somebody: Membership, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, somebody)
    knock(client, firm, 15)
    session.execute(update(Try).values(created_at=now() - dt.timedelta(minutes=11)))
    session.commit()
    knock(client, firm, 15)
    assert alerts(session) == []


def test_what_was_looked_at_starts_anew(
    client: FlaskClient, app: Flask, firm: Firm, somebody: Membership, session: Session,
    sign_in: SignIn,
) -> None:  # fmt: skip
    sign_in(client, somebody)
    knock(client, firm, 20)
    staff = app.test_client()
    with staff.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = "stella", True
        cookie["fs_paa"] = 4102444800.0
    page = staff.get("/staff/").text
    assert "Mia Member" in page
    [alert] = alerts(session)
    assert "console/people" in staff.get(f"/staff/alerts/{alert.id}").text
    assert staff.post(f"/staff/alerts/{alert.id}").status_code == 303
    assert staff.get(f"/staff/alerts/{uuid7()}").status_code == 404
    assert staff.post(f"/staff/alerts/{uuid7()}").status_code == 404
    assert "Mia Member" not in staff.get("/staff/").text
    assert session.scalars(select(DeskEntry.action)).all() == ["tries.looked_at"]
    knock(client, firm, 19)
    assert len(alerts(session)) == 1
    knock(client, firm, 1)
    assert len(alerts(session)) == 2


@pytest.mark.parametrize("path", ["/nowhere", "/static/nothing.css", "/account/nothing"])
def test_other_missing_pages_do_not_count(
    path: str, client: FlaskClient, somebody: Membership, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, somebody)
    assert client.get(path).status_code == 404
    assert session.scalars(select(Try)).all() == []


def test_visitors_are_not_counted(client: FlaskClient, firm: Firm, session: Session) -> None:
    client.get(f"/f/{firm.slug}/join/nothing")
    assert session.scalars(select(Try)).all() == []

"""The door of a firm: which firms are open, for whom, and where addresses lead from inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import active_firm_ids
from coachhub.firms.models import Firm, Membership

SignIn = Callable[[FlaskClient, Membership], None]


def test_a_closed_firm_has_no_work_and_no_door(
    client: FlaskClient, session: Session, make_firm: Callable[..., Firm],
    make_member: Callable[..., Membership], sign_in: SignIn,
) -> None:  # fmt: skip
    kept, closed = make_firm(), make_firm()
    sign_in(client, make_member("Ada", firm=closed))
    slug, ids = closed.slug, {kept.id, closed.id}
    assert ids <= set(active_firm_ids())
    assert client.get(f"/f/{slug}/").status_code == 200
    session.execute(update(Firm).where(Firm.id == closed.id).values(active=False))
    session.commit()
    found = active_firm_ids()
    assert ids & set(found) == {kept.id}
    assert found == sorted(found)
    assert client.get(f"/f/{slug}/").status_code == 404


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_a_membership_that_does_not_count_opens_nothing(
    client: FlaskClient, session: Session, firm: Firm, make_member: Callable[..., Membership],
    sign_in: SignIn, state: str,
) -> None:  # fmt: skip
    ada = make_member("Ada")
    sign_in(client, ada)
    assert client.get(f"/f/{firm.slug}/").status_code == 200
    with scope(firm.id):
        session.execute(update(Membership).where(Membership.id == ada.id).values(state=state))
        session.commit()
    assert client.get(f"/f/{firm.slug}/").status_code == 404


def test_addresses_name_the_firm_where_there_is_one_to_name(
    app: Flask, session: Session, firm: Firm
) -> None:
    del session
    with app.test_request_context("/"):
        with scope(firm.id):
            assert url_for("introductions.mine") == f"/f/{firm.slug}/introductions"
            assert url_for("security.login") == "/account/login"
            assert url_for("introductions.mine", firm="other") == "/f/other/introductions"
        assert url_for("security.login") == "/account/login"


def test_staff_show_a_second_factor_at_their_desk_and_not_where_they_set_one_up(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "REQUIRE_SECOND_FACTOR", value=True)
    session.add(Person(email="s@example.org", name="S", fs_uniquifier="stella", is_staff=True))
    session.commit()
    staff = app.test_client()
    with staff.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["fs_paa"] = "stella", True, 4102444800.0
    desk = staff.get("/staff/")
    assert desk.status_code == 303
    assert "second-factor" in desk.headers["Location"]
    assert staff.get("/account/").status_code == 200

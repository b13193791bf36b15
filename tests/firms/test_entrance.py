"""The door of a firm: which firms are open, for whom, and where addresses lead from inside."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask, Response, g, request_finished, url_for
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError

from coachhub.accounts.models import Person
from coachhub.core.access import ANONYMOUS, Actor
from coachhub.core.errors import NotAllowedError, NotFoundError
from coachhub.core.tenancy import open_firm_id, scope
from coachhub.firms import visits
from coachhub.firms.entrance import acting, active_firm_ids
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.firms.operations import SECOND_FACTOR
from coachhub.firms.sso.views import leave
from coachhub.permissions import Standing
from fixtures_provider import SignOn

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
        with pytest.raises(BuildError):
            url_for("introductions.mine")


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


def test_what_a_firms_provider_says_opens_no_desk(app: Flask, session: Session, firm: Firm) -> None:
    session.add(Person(email="s@example.org", name="S", fs_uniquifier="stella", is_staff=True))
    session.commit()
    for only, status in ((None, 200), (str(firm.id), 303)):
        staff = app.test_client()
        with staff.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"], cookie["fs_paa"] = "stella", True, 4102444800.0
            if only:
                cookie["only_firm"], cookie["by_firm"] = only, {only: True}
        answer = staff.get("/staff/")
        assert answer.status_code == status, answer.location
        assert only is None or answer.location.startswith("/account/own-means")


def test_a_firm_may_ask_its_own_people_for_a_second_factor(
    app: Flask, session: Session, firm: Firm, make_member: Callable[..., Membership],
    sign_in: SignIn,
) -> None:  # fmt: skip
    base, member, client = f"/f/{firm.slug}", make_member("Ada"), app.test_client()
    sign_in(client, member)
    assert client.get(f"{base}/").status_code == 200
    firm.house = {**firm.house, SECOND_FACTOR: True}
    session.commit()
    asked = client.get(f"{base}/")
    assert asked.status_code == 303
    assert "second-factor" in asked.headers["Location"]
    # A visitor is none of its people, and who only has a link is not asked who they are.
    assert app.test_client().get(f"{base}/join/none").status_code == 404
    assert client.get(f"{base}/join/none").status_code == 404


def test_where_its_own_sign_in_is_required_it_is_asked_for_once(
    sign_on: Callable[..., SignOn], make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    house = sign_on(state="required")
    mia, elsewhere = make_member("Mia", firm=house.firm), make_member("Eli", firm=house.firm)
    address = house.gives(mia, "mia")
    house.far.knows("mia-1", email=address)
    base, page = f"/f/{house.firm.slug}", f"/f/{house.firm.slug}/introductions"

    def browser(whose: Membership) -> FlaskClient:
        made = house.app.test_client()
        sign_in(made, whose)
        return made

    own_means = browser(mia)
    asked = own_means.get(f"{page}?show=open")
    assert (asked.status_code, asked.location) == (
        303, f"{base}/sign-in/?next={page}?show%3Dopen",
    )  # fmt: skip
    # What was typed cannot be sent again from there.
    assert own_means.post(f"{base}/contacts/new").location == f"{base}/sign-in/"
    by_firm = house.app.test_client()
    assert house.comes(by_firm, address, "mia-1").status_code == 303
    assert by_firm.get(page).status_code == 200
    # Whose address the firm does not vouch for comes as before, and so does who must mend it.
    assert browser(elsewhere).get(page).status_code == 200
    assert browser(house.admin).get(page).status_code == 200


def test_a_sign_in_of_one_firm_is_asked_for_more_at_another(
    app: Flask, client: FlaskClient, session: Session, make_firm: Callable[..., Firm],
    make_member: Callable[..., Membership], sign_in: SignIn,
) -> None:  # fmt: skip
    one, other = make_firm(), make_firm()
    ada = make_member("Ada", firm=one)
    with scope(other.id):
        session.add(Seat(firm_id=other.id, person_id=ada.person_id))
        session.flush()
        session.add(Membership(person_id=ada.person_id, name="Ada"))
    one.single_sign_on = "offered"
    session.commit()
    sign_in(client, ada)
    with client.session_transaction() as cookie:
        cookie["only_firm"], cookie["by_firm"] = str(one.id), {str(one.id): True}
    assert client.get(f"/f/{one.slug}/").status_code == 200
    for path in (f"/f/{other.slug}/", "/f/nowhere/"):
        assert client.get(path).location.startswith("/account/own-means")
    assert client.get(f"/f/{one.slug}/").status_code == 200
    # A link is for whoever has it, so there they are nobody.
    seen: list[tuple[int, bool]] = []

    def look(_app: Flask, response: Response) -> None:
        seen.append((response.status_code, g.actor is ANONYMOUS))

    with request_finished.connected_to(look, app):
        for firm in (other, one):
            client.get(f"/f/{firm.slug}/join/none")
    assert seen == [(404, True), (404, False)]


def test_staff_who_look_in_need_not_come_by_the_firms_sign_in_nor_keep_its_rules(
    sign_on: Callable[..., SignOn], session: Session
) -> None:
    house = sign_on(state="required")
    house.firm.house = {**house.firm.house, SECOND_FACTOR: True}
    session.add(
        Person(email=f"stella@{house.domain}", name="Stella", fs_uniquifier="stella", is_staff=True)
    )
    session.commit()
    staff, page = house.app.test_client(), f"/f/{house.firm.slug}/console/people"
    with staff.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["fs_paa"] = "stella", True, 4102444800.0
    given = {"reason": "Their imports hang since noon.", "minutes": "30"}
    looked = staff.post(f"/staff/firms/{house.firm.id}/look-in", data=given)
    assert looked.status_code == 303
    assert staff.get(page).status_code == 200
    by_firm, only = house.app.test_client(), str(house.firm.id)
    with by_firm.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["fs_paa"] = "stella", True, 4102444800.0
        cookie["only_firm"], cookie["by_firm"] = only, {only: True}
    assert by_firm.get(page).status_code == 404
    session.execute(update(Person).where(Person.name == "Stella").values(is_staff=False))
    session.commit()
    assert staff.get(page).status_code == 404


def test_who_is_not_of_staff_cannot_look_in(
    firm: Firm, make_firm: Callable[..., Firm], make_member: Callable[..., Membership]
) -> None:
    ada, other = acting(make_member("Ada", role="admin")), make_firm()
    del firm
    nobody = Actor("A program", standings=frozenset({Standing.STAFF}))
    for who in (ada, nobody):
        with scope(other.id), pytest.raises(NotAllowedError):
            visits.look_in(who, "I would like to know.", 15)


def test_a_sign_in_that_is_not_there_leads_nowhere(firm: Firm) -> None:
    with pytest.raises(NotFoundError):
        leave(firm, None)


def test_a_request_leaves_no_scope_behind(
    app: Flask, firm: Firm, make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    client, slug = app.test_client(), firm.slug
    sign_in(client, make_member("Ada"))

    def ask() -> tuple[int, UUID | None]:
        return client.get(f"/f/{slug}/").status_code, open_firm_id()

    assert contextvars.copy_context().run(ask) == (200, None)

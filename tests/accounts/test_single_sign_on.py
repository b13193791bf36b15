"""A firm's own sign-in, there and back, with a real provider in a process of its own."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.tenancy import scope
from coachhub.firms import invitations
from coachhub.firms.models import Firm, Invitation, Membership
from fixtures_provider import FarSide, SignOn, Texts, led_to

Make = Callable[..., Membership]


def test_an_admin_sets_it_up_tries_it_and_switches_it_on(
    app: Flask,
    session: Session,
    texts: Texts,
    far_side: FarSide,
    firm: Firm,
    make_member: Make,
    sign_in: Callable[[FlaskClient, Membership], None],
) -> None:
    admin = make_member(role="admin")
    session.get_one(Person, admin.person_id).email = "ada@quay.example.com"
    client, base = app.test_client(), f"/f/{firm.slug}/console/sign-on"
    sign_in(client, admin)
    assert "No sign-in of your own yet" in client.get(f"{base}/").text
    assert client.post(f"{base}/try").status_code == 404
    form = {"issuer": far_side.issuer, "client_id": "hub", "client_secret": "s3cret-shown-never"}
    form |= {"second_factor": "ours"}
    assert client.post(f"{base}/provider", data=form).status_code == 303
    assert "s3cret-shown-never" not in client.get(f"{base}/provider").text
    assert client.post(f"{base}/try").status_code == 409
    assert client.post(f"{base}/switch", data={"state": "offered"}).status_code == 422
    assert client.post(f"{base}/domains", data={"domain": "quay.example.com"}).status_code == 303
    page = client.get(f"{base}/").text
    text = page.split("coachhub-domain=")[1].split('"')[0]
    domain_id = page.split(f"{base}/domains/")[1].split("/")[0]
    client.post(f"{base}/domains/{domain_id}/prove")
    assert "is not at _coachhub.quay.example.com yet" in client.get(f"{base}/").text
    texts.records["_coachhub.quay.example.com"] = ["other", f"coachhub-domain={text}"]
    client.post(f"{base}/domains/{domain_id}/prove")
    assert "is proven to be yours" in client.get(f"{base}/").text
    assert client.post(f"{base}/switch", data={"state": "offered"}).status_code == 422
    far_side.knows("ada-1", email="Ada@Quay.example.com", amr=["pwd", "otp"], acr="silver")
    back = client.get(far_side.agrees(led_to(client.post(f"{base}/try")), "ada-1"))
    assert (back.status_code, back.location) == (303, f"{base}/")
    page = client.get(f"{base}/").text
    assert "your provider knows you" in page
    assert "pwd, otp" in page
    assert "silver" in page
    assert client.post(f"{base}/switch", data={"state": "offered"}).status_code == 303
    # Whoever tried it by their own means is still here by them.
    assert client.get("/account/").status_code == 200


def test_a_try_that_comes_back_as_somebody_else_counts_for_nothing(
    sign_on: Callable[..., SignOn],
    make_member: Make,
    sign_in: Callable[[FlaskClient, Membership], None],
) -> None:
    house = sign_on(state="off")
    house.gives(house.admin, "boss")
    other = make_member(firm=house.firm)
    address = house.gives(other, "other")
    client = house.app.test_client()
    sign_in(client, house.admin)
    house.change(tried_at=None)
    base = f"/f/{house.firm.slug}/console/sign-on"
    house.far.knows("other-1", email=address)
    back = client.get(house.far.agrees(led_to(client.post(f"{base}/try")), "other-1"))
    assert back.status_code == 403
    assert "somebody else" in back.text
    assert client.post(f"{base}/switch", data={"state": "offered"}).status_code == 422


def test_a_member_comes_in(sign_on: Callable[..., SignOn], make_member: Make) -> None:
    house = sign_on()
    address = house.gives(make_member("Mia Moor", firm=house.firm), "mia")
    house.far.knows("mia-1", email=address, name="Another Name")
    client = house.app.test_client()
    asked = parse_qs(urlsplit(house.leaves(client, address)).query)
    assert asked["redirect_uri"] == [f"http://hub.example.org/f/{house.firm.slug}/sign-in/back"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) == len(asked["state"][0]) == 43
    assert asked["scope"] == ["openid email profile"]
    back = house.comes(client, address, "mia-1")
    assert (back.status_code, back.location) == (303, f"/f/{house.firm.slug}/")
    page = client.get(back.location)
    assert page.status_code == 200
    assert "Mia Moor" in page.text
    again = house.app.test_client()
    assert house.comes(again, address, "mia-1").status_code == 303


def test_they_go_on_to_where_they_were_going_on_this_site_alone(
    sign_on: Callable[..., SignOn], make_member: Make
) -> None:
    house = sign_on()
    address = house.gives(make_member(firm=house.firm), "mia")
    house.far.knows("mia-1", email=address)
    me = f"/f/{house.firm.slug}/me"
    for asked, led in [(me, me), ("https://elsewhere.example.com/", f"/f/{house.firm.slug}/")]:
        client = house.app.test_client()
        page = client.post(f"/account/firm?next={asked}", data={"address": address})
        assert client.get(house.far.agrees(led_to(page), "mia-1")).location == led


def test_who_was_invited_is_let_in_and_into_the_cohort(
    sign_on: Callable[..., SignOn], make_cohort: Callable[..., Cohort]
) -> None:
    house = sign_on()
    cohort = make_cohort(firm=house.firm)
    address = f"new@{house.domain}"
    with scope(house.firm.id):
        invitee = invitations.Invitee(address, "Nele New", "member", cohort.id)
        invitations.invite(house.actor(), invitee, cohort.name)
        house.session.commit()
    house.far.knows("new-1", email=address, name="Nele Newman")
    client = house.app.test_client()
    assert house.comes(client, address, "new-1").status_code == 303
    with scope(house.firm.id):
        membership = house.session.scalars(
            select(Membership).where(Membership.name == "Nele Newman")
        ).one()
        assert membership.role == "member"
        enrolled = select(Enrolment.cohort_id).where(Enrolment.membership_id == membership.id)
        assert house.session.scalars(enrolled).all() == [cohort.id]
        assert not house.session.scalars(select(Invitation)).one().is_open()
    assert house.session.get_one(Person, membership.person_id).password is None


def test_who_was_not_invited_is_told_so_and_let_in_only_where_the_firm_wants_it(
    sign_on: Callable[..., SignOn],
) -> None:
    house = sign_on()
    address = f"someone@{house.domain}"
    house.far.knows("someone-1", email=address, name="Some One")
    client = house.app.test_client()
    back = house.comes(client, address, "someone-1")
    assert back.status_code == 403
    assert "has not invited this address" in back.text
    people = select(Person).where(Person.email == address)
    assert house.session.scalars(people).all() == []
    house.set("offered", lets_in=True)
    assert house.comes(client, address, "someone-1").status_code == 303
    with scope(house.firm.id):
        joined = select(Membership).where(Membership.name == "Some One")
        assert house.session.scalars(joined).one().role == "member"


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_who_is_suspended_or_has_left_stays_out(
    state: str, sign_on: Callable[..., SignOn], make_member: Make
) -> None:
    house = sign_on(lets_in=True)
    member = make_member(firm=house.firm, state=state)
    address = house.gives(member, "gone")
    house.far.knows("gone-1", email=address)
    client = house.app.test_client()
    assert house.comes(client, address, "gone-1").status_code == 403
    assert client.get(f"/f/{house.firm.slug}/").status_code == 302


def test_the_page_says_the_same_of_every_address_at_a_domain(
    sign_on: Callable[..., SignOn], make_member: Make
) -> None:
    house = sign_on()
    known = house.gives(make_member(firm=house.firm), "known")
    client = house.app.test_client()
    pages = [
        client.post("/account/firm", data={"address": one})
        for one in (known, f"nobody@{house.domain}")
    ]
    assert {page.status_code for page in pages} == {200}
    strangers = [
        client.post("/account/firm", data={"address": f"{one}@nobodys.example.com"})
        for one in ("a", "b")
    ]
    assert {page.status_code for page in strangers} == {422}
    assert "another way" in strangers[0].text


def test_a_provider_that_is_away_is_told_and_nobody_else_is_kept_out(
    sign_on: Callable[..., SignOn],
    make_member: Make,
    sign_in: Callable[[FlaskClient, Membership], None],
) -> None:
    house = sign_on()
    member = make_member(firm=house.firm)
    address = house.gives(member, "mia")
    house.change(issuer="http://127.0.0.1:1")
    client = house.app.test_client()
    page = client.post("/account/firm", data={"address": address})
    assert page.status_code == 503
    assert "does not answer at the moment" in page.text
    sign_in(client, member)
    assert client.get(f"/f/{house.firm.slug}/").status_code == 200


def test_required_of_the_domains_people_not_of_others_nor_of_admins(
    sign_on: Callable[..., SignOn],
    make_member: Make,
    sign_in: Callable[[FlaskClient, Membership], None],
) -> None:
    house = sign_on(state="required")
    inside, guest = make_member(firm=house.firm), make_member(firm=house.firm)
    address = house.gives(inside, "inside")
    house.gives(house.admin, "boss")
    home = f"/f/{house.firm.slug}/"
    clients = {}
    for one in (inside, guest, house.admin):
        clients[one.id] = client = house.app.test_client()
        sign_in(client, one)
    assert clients[guest.id].get(home).status_code == 200
    assert clients[house.admin.id].get(home).status_code == 200
    mine = clients[inside.id]
    sent = mine.get(home)
    assert (sent.status_code, sent.location) == (303, f"{home}sign-in/?next=/f/{house.firm.slug}/")
    assert "Sign in with your firm" in mine.get(sent.location).text
    house.far.knows("inside-1", email=address)
    assert mine.get(house.far.agrees(led_to(mine.post(sent.location)), "inside-1")).location == home
    assert mine.get(home).status_code == 200
    # They came by their own means first: their account is still open to them.
    assert mine.get("/account/").status_code == 200

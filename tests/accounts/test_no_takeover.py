"""What a firm's provider says opens that firm, for the firm's own addresses, and nothing else.

One test for each threat in `docs/decisions/single-sign-on.md`.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.core.tokens import hashed
from coachhub.firms import invitations
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.firms.sso import arrivals, domains, operations
from coachhub.firms.sso.flow import SignInError, Told
from coachhub.firms.sso.models import Identity
from fixtures_provider import SignOn

Make = Callable[..., Membership]
SignIn = Callable[[FlaskClient, Membership], None]


@pytest.fixture
def house(sign_on: Callable[..., SignOn]) -> SignOn:
    return sign_on()


@pytest.fixture
def mia(house: SignOn, make_member: Make) -> Membership:
    """A member of the house, at its domain, who has come by its sign-in once."""
    member = make_member("Mia Moor", firm=house.firm)
    address = house.gives(member, "mia")
    house.far.knows("mia-1", email=address)
    assert house.comes(house.app.test_client(), address, "mia-1").status_code == 303
    return member


def also_in(house: SignOn, member: Membership, firm: Firm) -> None:
    with scope(firm.id):
        house.session.add(Seat(firm_id=firm.id, person_id=member.person_id))
        house.session.flush()
        house.session.add(Membership(person_id=member.person_id, name=member.name))
        house.session.commit()


def refused(house: SignOn, subject: str, **claims: Any) -> str:
    """Come back from the provider with these claims; nobody is signed in. Return the words."""
    house.far.knows(subject, **claims)
    client = house.app.test_client()
    back = house.comes(client, f"x@{house.domain}", subject)
    assert back.status_code == 403, back.text
    assert client.get("/account/").status_code == 302
    return back.text


def test_a_provider_does_not_speak_for_addresses_of_other_domains(
    house: SignOn, make_member: Make
) -> None:
    victim = house.session.get_one(Person, make_member(firm=house.firm).person_id)
    assert "none of your firm&#39;s own domains" in refused(house, "v-1", email=victim.email)
    nearly = f"x@evil.{house.domain}"
    assert "none of your firm" in refused(house, "v-2", email=nearly)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_was_not_verified_is_nobodys(
    verified: object, house: SignOn, mia: Membership
) -> None:
    del mia
    said = refused(house, "u-1", email=f"mia@{house.domain}", email_verified=verified)
    assert "was verified" in said


def test_a_subject_given_to_somebody_else_opens_nothing(
    house: SignOn, mia: Membership, make_member: Make
) -> None:
    del mia
    other = house.gives(make_member(firm=house.firm), "other")
    assert "known here by another" in refused(house, "mia-1", email=other)


def test_an_address_given_to_somebody_else_opens_nothing(house: SignOn, mia: Membership) -> None:
    said = refused(house, "mia-2", email=f"mia@{house.domain}")
    assert "Another account of your firm" in said
    with scope(house.firm.id):
        operations.unlink(house.actor(), house.session.merge(mia))
        house.session.commit()
    client = house.app.test_client()
    assert house.comes(client, f"mia@{house.domain}", "mia-2").status_code == 303


def test_a_provider_that_changes_an_address_is_not_followed(house: SignOn, mia: Membership) -> None:
    said = refused(house, "mia-1", email=f"mia.new@{house.domain}")
    assert f"mia.new@{house.domain}" in said
    assert f"mia@{house.domain}" not in said.replace(f"mia.new@{house.domain}", "")
    # Once they have changed it here by their own means, it fits again.
    house.gives(mia, "mia.new")
    client = house.app.test_client()
    assert house.comes(client, f"mia.new@{house.domain}", "mia-1").status_code == 303


def test_two_firms_at_one_provider_have_nothing_of_each_other(
    house: SignOn, mia: Membership, sign_on: Callable[..., SignOn]
) -> None:
    other = sign_on("quay.example.com")
    also_in(house, mia, other.firm)
    client = house.app.test_client()
    assert house.comes(client, f"mia@{house.domain}", "mia-1").status_code == 303
    beyond = client.get(f"/f/{other.firm.slug}/")
    assert (beyond.status_code, urlsplit(beyond.location).path) == (303, "/account/own-means")
    # The same account at the same provider, in the other firm: it may not speak for the address.
    page = client.post(f"/f/{other.firm.slug}/sign-in/")
    address = str(page.headers["Refresh"]).partition("url=")[2]
    back = client.get(house.far.agrees(address, "mia-1"))
    assert back.status_code == 403
    with scope(other.firm.id):
        assert house.session.scalars(select(Identity)).all() == []


def test_an_answer_for_one_firm_is_worth_nothing_at_another(
    house: SignOn, mia: Membership, sign_on: Callable[..., SignOn]
) -> None:
    del mia
    other = sign_on("quay.example.com")
    client = house.app.test_client()
    back = house.far.agrees(house.leaves(client, f"mia@{house.domain}"), "mia-1")
    mixed = back.replace(f"/f/{house.firm.slug}/", f"/f/{other.firm.slug}/")
    assert client.get(mixed).status_code == 403
    assert client.get("/account/").status_code == 302


def test_an_answer_that_names_another_provider_is_refused(house: SignOn, mia: Membership) -> None:
    del mia
    for issuer, status in [("https://evil.example.com", 403), (house.far.issuer, 303)]:
        client = house.app.test_client()
        back = house.far.agrees(house.leaves(client, f"mia@{house.domain}"), "mia-1")
        answer = client.get(f"{back}&{urlencode({'iss': issuer})}")
        assert answer.status_code == status


def test_an_answer_is_taken_in_the_browser_that_asked_and_once(
    house: SignOn, mia: Membership
) -> None:
    del mia
    mine, victims = house.app.test_client(), house.app.test_client()
    back = house.far.agrees(house.leaves(mine, f"mia@{house.domain}"), "mia-1")
    assert victims.get(back).status_code == 403
    assert victims.get("/account/").status_code == 302
    # Somebody else's state in one's own browser is no better.
    house.leaves(victims, f"mia@{house.domain}")
    assert victims.get(back).status_code == 403
    assert mine.get(back).status_code == 303
    assert mine.get(back).status_code == 403


def test_what_was_broken_off_there_is_told_and_signs_nobody_in(house: SignOn) -> None:
    client = house.app.test_client()
    state = parse_qs(urlsplit(house.leaves(client, f"x@{house.domain}")).query)["state"][0]
    where = f"/f/{house.firm.slug}/sign-in/back"
    answer = client.get(f"{where}?error=access_denied&error_description=<b>&state={state}")
    assert answer.status_code == 403
    assert "broken off" in answer.text
    assert client.get(f"{where}?code=x&state={state}").status_code == 403


def test_it_opens_neither_other_firms_nor_the_account(
    house: SignOn, mia: Membership, make_firm: Callable[..., Firm]
) -> None:
    other = make_firm("Other House")
    also_in(house, mia, other)
    client = house.app.test_client()
    house.comes(client, f"mia@{house.domain}", "mia-1")
    assert client.get("/").location == f"/f/{house.firm.slug}/"
    assert "Other House" not in client.get(f"/f/{house.firm.slug}/").text
    closed = [f"/f/{other.slug}/", f"/f/{other.slug}/me", "/f/nowhere/", "/account/"]
    closed += ["/account/change", "/account/wan-register", "/account/tf-setup", "/account/address/"]
    closed += ["/account/login", "/account/us-signin", "/staff/"]
    for page in closed:
        answer = client.get(page)
        where = urlsplit(answer.location or "").path
        assert (answer.status_code, where) == (303, "/account/own-means"), page
    for page in ["/account/sign-out-everywhere", "/account/change", "/account/wan-register"]:
        assert urlsplit(client.post(page).location or "").path == "/account/own-means", page
    shown = client.get("/account/own-means?next=/account/")
    assert "opens your firm alone" in shown.text
    away = client.post("/account/own-means", data={"next": "/account/"})
    assert away.location == "/account/login?next=/account/"
    assert client.get(f"/f/{house.firm.slug}/").status_code == 302


def test_an_invitation_elsewhere_is_not_taken_by_it(
    house: SignOn, mia: Membership, make_firm: Callable[..., Firm], make_member: Make
) -> None:
    other = make_firm()
    admin = make_member(role="admin", firm=other)
    with scope(other.id):
        made = invitations.invite(acting(admin), invitations.Invitee(f"mia@{house.domain}"))
        made.token_hash = hashed("a-token")
        house.session.commit()
    client = house.app.test_client()
    house.comes(client, f"mia@{house.domain}", "mia-1")
    assert client.post(f"/f/{other.slug}/join/a-token").status_code == 200
    with scope(other.id):
        who = select(Membership).where(Membership.person_id == mia.person_id)
        assert house.session.scalars(who).all() == []


def test_staff_do_not_come_by_it(house: SignOn, mia: Membership) -> None:
    person = house.session.get_one(Person, mia.person_id)
    inside = house.app.test_client()
    house.comes(inside, person.email, "mia-1")
    person.is_staff = True
    house.session.commit()
    assert inside.get("/staff/").status_code == 303
    assert "not opened by a firm" in refused(house, "mia-1", email=f"mia@{house.domain}")


def test_a_firms_admin_who_says_anything_gets_into_that_firm_alone(
    house: SignOn, make_firm: Callable[..., Firm], make_member: Make
) -> None:
    """Somebody with an account elsewhere is asserted by a firm that owns their mail domain."""
    elsewhere = make_firm()
    victim = make_member("Vera Private", firm=elsewhere)
    address = house.gives(victim, "vera")
    house.set(lets_in=True)
    house.far.knows("vera-1", email=address, name="As the firm says")
    client = house.app.test_client()
    assert house.comes(client, address, "vera-1").status_code == 303
    with scope(house.firm.id):
        who = select(Membership).where(Membership.person_id == victim.person_id)
        # Nothing of the account is told to the firm, not even the name.
        assert house.session.scalars(who).one().name == "As the firm says"
    assert "Vera Private" not in client.get(f"/f/{house.firm.slug}/").text
    assert urlsplit(client.get(f"/f/{elsewhere.slug}/").location).path == "/account/own-means"


def test_switching_off_suspending_and_unlisting_end_what_came_by_it(
    house: SignOn, mia: Membership
) -> None:
    client, home = house.app.test_client(), f"/f/{house.firm.slug}/"
    house.comes(client, f"mia@{house.domain}", "mia-1")
    assert client.get(home).status_code == 200
    house.set("off")
    assert urlsplit(client.get(home).location).path == "/account/login"
    assert client.get("/account/").status_code == 302
    house.set("offered")
    house.comes(client, f"mia@{house.domain}", "mia-1")
    with scope(house.firm.id):
        domains.drop(house.actor(), domains.domains()[0])
        house.session.commit()
    fresh = house.app.test_client()
    assert fresh.post("/account/firm", data={"address": f"a@{house.domain}"}).status_code == 422
    with scope(house.firm.id):
        told = Told(house.far.issuer, "mia-1", f"mia@{house.domain}", verified=True, name="")
        with pytest.raises(SignInError, match="own domains"):
            arrivals.arrive(house.provider(), told)
        house.session.merge(mia).state = "suspended"
        house.session.commit()
    assert client.get(home).status_code == 404


def test_another_provider_or_secret_is_off_until_it_was_tried(
    house: SignOn, mia: Membership
) -> None:
    del mia
    actor = house.actor()
    with scope(house.firm.id):
        wanted = operations.Settings(house.far.issuer, "another-client")
        provider = operations.set_provider(actor, house.firm, wanted)
        assert (provider.tried_at, house.firm.single_sign_on) == (None, "off")
        with pytest.raises(DomainError, match="try it first"):
            operations.switch(actor, house.firm, "offered")
        assert len(house.session.scalars(select(Identity)).all()) == 1
        moved = operations.Settings(f"{house.far.issuer}/", "c", "s")
        with pytest.raises(DomainError, match="not for this issuer"):
            operations.set_provider(actor, house.firm, moved)
        secretless = operations.Settings("https://login.example.com", "c")
        with pytest.raises(DomainError, match="secret"):
            operations.set_provider(actor, house.firm, secretless)


@pytest.mark.parametrize(
    ("choice", "amr", "asked"),
    [("ours", ["mfa"], True), ("shown", ["pwd"], True), ("shown", ["pwd", "mfa"], False),
     ("always", None, False)],
)  # fmt: skip
def test_a_coach_shows_a_second_factor_there_or_here(
    choice: str,
    amr: list[str] | None,
    asked: bool,
    house: SignOn,
    make_member: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(house.app.config, "REQUIRE_SECOND_FACTOR", value=True)
    address = house.gives(make_member(role="coach", firm=house.firm), "coach")
    house.set(second_factor=choice)
    house.far.knows("coach-1", email=address, amr=amr)
    client = house.app.test_client()
    house.comes(client, address, "coach-1")
    answer = client.get(f"/f/{house.firm.slug}/")
    assert answer.status_code == (303 if asked else 200)
    if asked:
        assert "sign-in alone is not enough" in client.get(answer.location).text
    # However strong it is there, the account itself stays closed.
    assert client.get("/account/").status_code == 303

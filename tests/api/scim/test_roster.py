"""What a firm's directory does with people: always by the ways of the admin's own pages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.accounts.operations import add_person
from coachhub.api.scim.joins import is_expected
from coachhub.api.scim.models import SyncedPerson
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.audit import AuditEntry
from coachhub.core.tenancy import scope
from coachhub.firms import invitations, operations
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Invitation, Membership
from coachhub.mail.models import FirmMail
from fixtures_api import Caller, admin_actor

Make = Callable[..., Membership]


class Directory:
    """A firm's directory with its token."""

    def __init__(self, session: Session, firm: Firm, caller: Caller) -> None:
        self.session, self.firm, self.caller = session, firm, caller

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        return self.caller.ask(
            method, f"/api/scim/v2{path}", json=json, headers=headers, query_string=None
        )

    def find(self, words: str, kind: str = "Users") -> Any:
        path = f"/api/scim/v2/{kind}"
        return self.caller.ask("GET", path, query_string={"filter": words}).json

    def add(self, who: str, **more: Any) -> Any:
        address = f"{who}@harbour.example.com"
        body = {"userName": address, "displayName": who.title(), "emails": [{"value": address}]}
        return self.ask("POST", "/Users", {**body, **more})

    def patch(self, scim_id: str, kind: str = "Users", **operation: Any) -> Any:
        return self.ask("PATCH", f"/{kind}/{scim_id}", {"Operations": [operation]})

    def open_invitations(self) -> list[str]:
        with scope(self.firm.id):
            found = self.session.scalars(select(Invitation)).all()
            return [one.email for one in found if one.is_open()]

    def joins(self, address: str) -> UUID:
        """Accept the open invitation of an address."""
        with scope(self.firm.id):
            query = select(Invitation).where(Invitation.email == address)
            [open_one] = [one for one in self.session.scalars(query) if one.is_open()]
            person = add_person(address, "Own Name")
            membership = invitations.accept(open_one, person)
            made = membership.id
            self.session.commit()
        return made

    def member(self, member_id: UUID) -> Membership:
        """Return a membership; the firm's scope is open."""
        query = select(Membership).where(Membership.id == member_id)
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def cohorts_of(self, member_id: UUID) -> list[UUID]:
        with scope(self.firm.id):
            query = select(Enrolment.cohort_id).where(
                Enrolment.membership_id == member_id, Enrolment.state == "active"
            )
            return list(self.session.scalars(query))


@pytest.fixture
def directory(
    session: Session, firm: Firm, make_caller: Callable[..., Caller], make_member: Make
) -> Directory:
    make_member("Ada", role="admin")
    return Directory(session, firm, make_caller(firm, "scim"))


def test_whom_it_adds_is_invited_and_no_member_before_they_accept(directory: Directory) -> None:
    made = directory.add("mia", externalId="e1")
    assert made.status_code == 201
    assert made.headers["Location"] == made.json["meta"]["location"]
    assert made.headers["ETag"] == made.json["meta"]["version"]
    address = "mia@harbour.example.com"
    assert directory.open_invitations() == [address]
    with scope(directory.firm.id):
        mail = directory.session.scalars(select(FirmMail)).one()
        assert (mail.kind, mail.to_address) == ("invitation", address)
        assert f"{directory.firm.name}'s directory" in mail.raw.decode()
        assert directory.session.scalars(select(Membership.role)).all() == ["admin"]
    member_id = directory.joins(address)
    again = directory.ask("GET", f"/Users/{made.json['id']}").json
    assert (again["id"], again["externalId"]) == (made.json["id"], "e1")
    assert directory.find(f'userName eq "{address.upper()}"')["totalResults"] == 1
    with scope(directory.firm.id):
        row = directory.session.scalars(select(SyncedPerson)).one()
        assert row.membership_id == member_id


def test_the_same_one_is_not_added_twice(directory: Directory, make_member: Make) -> None:
    assert directory.add("mia").status_code == 201
    for twice in (directory.add("mia"), directory.add("other", userName="MIA@harbour.example.com")):
        assert (twice.status_code, twice.json["scimType"]) == (409, "uniqueness")
    member = make_member("Otto")
    address = directory.session.get_one(Person, member.person_id).email
    directory.session.commit()
    known = directory.add("x", emails=[{"value": address}])
    assert (known.status_code, known.json["scimType"]) == (409, "uniqueness")


def test_nothing_is_told_of_people_and_addresses_of_other_firms(
    directory: Directory,
    make_firm: Callable[..., Firm],
    make_member: Make,
    make_cohort: Callable[..., Cohort],
) -> None:
    elsewhere = make_firm()
    other = make_member("Vera Elsewhere", firm=elsewhere)
    other_id, theirs = str(other.id), str(make_cohort(firm=elsewhere).id)
    address = directory.session.get_one(Person, other.person_id).email
    directory.session.commit()
    assert directory.find(f'emails.value eq "{address}"')["totalResults"] == 0
    for method, body in [("GET", None), ("PUT", {}), ("PATCH", {}), ("DELETE", None)]:
        for kind, foreign in [("Users", other_id), ("Groups", theirs)]:
            answers = [
                directory.ask(method, f"/{kind}/{one}", body) for one in (foreign, UUID(int=7))
            ]
            assert {one.status_code for one in answers} == {404}
            assert len({one.text for one in answers}) == 1
    assert directory.ask("GET", "/Users/no-id").status_code == 404
    group = {"displayName": "G", "members": [{"value": other_id}]}
    into = directory.ask("POST", "/Groups", group)
    assert (into.status_code, into.json["detail"]) == (400, "A member's id is nobody's here.")
    made = directory.add("vera", userName=address, emails=[{"value": address}])
    assert made.status_code == 201
    assert "Elsewhere" not in made.text
    assert directory.open_invitations() == [address]


def test_inactive_suspends_and_active_takes_back_whom_it_suspended(directory: Directory) -> None:
    made = directory.add("mia").json["id"]
    member_id = directory.joins("mia@harbour.example.com")
    off = directory.patch(made, op="replace", value={"active": False})
    assert (off.status_code, off.json["active"]) == (200, False)
    with scope(directory.firm.id):
        assert directory.member(member_id).state == "suspended"
    assert directory.find("active eq false")["totalResults"] == 1
    on = directory.patch(made, op="Replace", path="active", value="True")
    assert on.json["active"] is True
    with scope(directory.firm.id):
        assert directory.member(member_id).state == "active"
        acts = directory.session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        told = [(one.action, one.actor_name) for one in acts][-2:]
        whose = f"{directory.firm.name}'s directory"
        assert told == [("member.suspended", whose), ("member.reinstated", whose)]


def test_whom_a_moderator_suspended_stays_so(directory: Directory) -> None:
    made = directory.add("mia").json
    member_id = directory.joins("mia@harbour.example.com")
    with scope(directory.firm.id):
        operations.suspend(admin_actor(), directory.member(member_id), "A case")
        directory.session.commit()
    assert directory.ask("GET", f"/Users/{made['id']}").json["active"] is False
    for one in (
        directory.ask("PUT", f"/Users/{made['id']}", {**made, "active": True}),
        directory.patch(made["id"], op="replace", path="active", value=True),
    ):
        assert (one.status_code, one.json["active"]) == (200, False)
    with scope(directory.firm.id):
        assert directory.member(member_id).state == "suspended"


def test_inactive_takes_an_invitation_back_and_active_sends_another(directory: Directory) -> None:
    made = directory.add("mia").json["id"]
    directory.patch(made, op="replace", path="active", value=False)
    assert directory.open_invitations() == []
    directory.patch(made, op="replace", path="active", value=True)
    assert directory.open_invitations() == ["mia@harbour.example.com"]
    new = [{"value": "maria@harbour.example.com", "primary": True}]
    directory.patch(made, op="replace", path="emails", value=new)
    assert directory.open_invitations() == ["maria@harbour.example.com"]
    silent = directory.add("nora", active=False)
    assert silent.json["active"] is False
    assert directory.open_invitations() == ["maria@harbour.example.com"]


def test_removed_is_left_for_members_and_taken_back_for_the_invited(directory: Directory) -> None:
    stays, goes = directory.add("mia").json["id"], directory.add("nora").json["id"]
    member_id = directory.joins("nora@harbour.example.com")
    for one in (stays, goes):
        assert directory.ask("DELETE", f"/Users/{one}").status_code == 204
        assert directory.ask("GET", f"/Users/{one}").status_code == 404
        assert directory.ask("DELETE", f"/Users/{one}").status_code == 404
    assert directory.open_invitations() == []
    with scope(directory.firm.id):
        assert directory.member(member_id).state == "left"
        assert directory.session.scalars(select(SyncedPerson)).all() == []
    assert directory.add("nora").status_code == 201


def test_coaches_and_admins_are_changed_only_where_the_firm_said_so(
    directory: Directory, make_member: Make, session: Session
) -> None:
    coach_id = make_member("Cora", role="coach").id
    session.commit()
    refused = directory.patch(str(coach_id), op="replace", path="active", value=False)
    assert refused.status_code == 403
    assert "firm's admin" in refused.json["detail"]
    assert directory.ask("DELETE", f"/Users/{coach_id}").status_code == 403
    named = directory.patch(str(coach_id), op="replace", path="displayName", value="Cora C")
    assert named.json["displayName"] == "Cora C"
    directory.firm.house = {"sync_trusted": True}
    session.commit()
    off = directory.patch(str(coach_id), op="replace", path="active", value=False)
    assert off.json["active"] is False
    [admin] = directory.find('displayName eq "Ada"')["Resources"]
    last = directory.ask("DELETE", f"/Users/{admin['id']}")
    assert last.status_code == 409
    assert "at least one admin" in last.json["detail"]


def test_groups_are_cohorts_and_wait_for_those_who_have_not_joined(
    directory: Directory, make_member: Make, make_cohort: Callable[..., Cohort]
) -> None:
    here, coach = make_member("Mona"), make_member("Cora", role="coach")
    led = make_cohort("Led")
    ids = {"here": str(here.id), "coach": str(coach.id), "led": str(led.id)}
    directory.session.commit()
    new = directory.add("nora").json["id"]
    members = [{"value": one} for one in (ids["here"], new, ids["coach"])]
    group = directory.ask(
        "POST", "/Groups", {"displayName": "Spring", "externalId": "g1", "members": members}
    )
    assert group.status_code == 201
    # Who leads is the firm's to say: the coach is passed over.
    assert {one["value"] for one in group.json["members"]} == {ids["here"], new}
    spring = UUID(group.json["id"])
    assert directory.cohorts_of(UUID(ids["here"])) == [spring]
    twice = directory.ask("POST", "/Groups", {"displayName": "Spring"})
    assert (twice.status_code, twice.json["scimType"]) == (409, "uniqueness")
    directory.patch(ids["led"], "Groups", op="add", path="members", value=[{"value": new}])
    assert len(directory.ask("GET", f"/Users/{new}").json["groups"]) == 2
    where = f'members[value eq "{new}"]'
    assert directory.patch(ids["led"], "Groups", op="remove", path=where).status_code == 200
    member_id = directory.joins("nora@harbour.example.com")
    assert directory.cohorts_of(member_id) == [spring]
    out = [{"value": ids["here"]}]
    directory.patch(str(spring), "Groups", op="Remove", path="members", value=out)
    assert directory.cohorts_of(UUID(ids["here"])) == []
    shown = directory.find('displayName eq "spring"', "Groups")["Resources"]
    assert [one["externalId"] for one in shown] == ["g1"]
    for who, number in [(new, 1), (ids["here"], 0), (ids["coach"], 0), ("x", 0)]:
        for words in (f'members eq "{who}"', f'id pr and members[value eq "{who}"]'):
            assert directory.find(words, "Groups")["totalResults"] == number
    assert directory.ask("DELETE", f"/Groups/{spring}").status_code == 204
    assert directory.ask("GET", f"/Groups/{spring}").status_code == 404
    with scope(directory.firm.id):
        assert directory.session.get_one(Cohort, (directory.firm.id, spring)).state == "closed"
    bad = directory.patch(ids["led"], "Groups", op="add", path="members", value=[{"value": "x"}])
    assert (bad.status_code, bad.json["scimType"]) == (400, "invalidValue")


def test_a_firms_own_sign_in_lets_in_whom_the_roster_has(
    directory: Directory, make_member: Make
) -> None:
    """The hooks that single sign-on asks: known until somebody takes the invitation back."""
    directory.add("mia")
    with scope(directory.firm.id):
        assert is_expected("mia@harbour.example.com")
        assert not is_expected("nobody@harbour.example.com")
        for one in directory.session.scalars(select(Invitation)).all():
            invitations.withdraw(acting(make_member(role="admin")), one)
        assert not is_expected("mia@harbour.example.com")


def test_lists_come_in_pages_and_filters_find(directory: Directory) -> None:
    for name in ("anna", "bert", "carl"):
        directory.add(name, externalId=f"x-{name}", name={"familyName": "Of Harbour"})
    for words, number in [
        ('userName eq "ANNA@harbour.example.com"', 1),
        ('externalId eq "x-bert" or externalId eq "X-CARL"', 1),
        ('userName sw "a" and active eq true', 1),
        ('displayName co "r" and not (displayName eq "Bert")', 1),
        ('name.familyName eq "of harbour"', 3),
        ('emails[value ew "harbour.example.com"]', 3),
        ('meta.lastModified gt "2020-01-01T00:00:00Z"', 4),
        ("externalId pr", 3),
        ('userName co "%"', 0),
    ]:
        assert directory.find(words)["totalResults"] == number, words
    for words in ('shoeSize eq "40"', 'active gt "x"', "userName eq 7", "userName eq"):
        answer = directory.caller.ask("GET", "/api/scim/v2/Users", query_string={"filter": words})
        assert (answer.status_code, answer.json["scimType"]) == (400, "invalidFilter")
    page = directory.ask("GET", "/Users?startIndex=2&count=2&attributes=userName").json
    assert (page["totalResults"], page["itemsPerPage"], page["startIndex"]) == (4, 2, 2)
    assert all(set(one) == {"schemas", "id", "userName"} for one in page["Resources"])
    assert directory.ask("GET", "/Users?count=0").json["Resources"] == []
    assert directory.ask("GET", "/Users?count=-1&startIndex=-1").json["startIndex"] == 1


def test_what_has_changed_meanwhile_is_not_written_over(directory: Directory) -> None:
    made = directory.add("mia")
    path, tag = f"/Users/{made.json['id']}", made.headers["ETag"]
    assert directory.ask("GET", path, None, **{"If-None-Match": tag}).status_code == 304
    directory.patch(made.json["id"], op="replace", path="displayName", value="Maria")
    assert directory.ask("GET", path, None, **{"If-None-Match": tag}).status_code == 200
    late = directory.ask("PUT", path, made.json, **{"If-Match": tag})
    assert (late.status_code, late.json["status"]) == (412, "412")
    assert directory.ask("DELETE", path, None, **{"If-Match": tag}).status_code == 412
    assert directory.ask("DELETE", path, None, **{"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize(
    "body",
    [[], "x", {}, {"userName": 7}, {"userName": "mia"}, {"userName": "x" * 300},
     {"userName": "m", "emails": "x"}, {"userName": "m", "emails": [{"value": "no address"}]},
     {"userName": "m@example.com", "active": "maybe"}, {"userName": "m@example.com", "name": "x"},
     {"userName": "m\0@example.com"},
     {"userName": "m", "emails": [{"value": f"{n}@example.com", "primary": True} for n in "ab"]}],
)  # fmt: skip
def test_what_cannot_be_read_is_told(body: Any, directory: Directory) -> None:
    answer = directory.ask("POST", "/Users", body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/scim+json"
    assert answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert directory.open_invitations() == []


def test_only_a_token_for_it_opens_it(
    directory: Directory, make_caller: Callable[..., Caller]
) -> None:
    paths = ["/Users", "/Groups", "/ServiceProviderConfig", "/Users/.search", "/nowhere"]
    for caller, status in [
        (make_caller(None), 401),
        (make_caller(directory.firm, "members:read"), 403),
    ]:
        for path in paths[:3]:
            answer = caller.get(f"/api/scim/v2{path}")
            assert (answer.status_code, answer.mimetype) == (status, "application/scim+json")
    assert directory.ask("GET", "/nowhere").json["status"] == "404"
    assert directory.ask("POST", "/.search", {}).status_code == 501
    found = directory.ask("POST", "/Users/.search", {"filter": 'userName co "@"', "count": 1})
    assert found.json["totalResults"] == 1

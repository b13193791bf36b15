"""Making, ruling and filling cohorts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from coachhub.cohorts import operations, queries
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.cohorts.operations import CohortDraft, CohortRules
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Invitation, Membership
from coachhub.firms.operations import end_membership
from fixtures_group import Group

ADMIN = Actor(label="Ava Admin")


@pytest.fixture
def admin(group: Group, make_member: Callable[..., Membership]) -> FlaskClient:
    group.people["ava"] = make_member("Ava Admin", role="admin")
    return group.client("ava")


def test_cohorts_get_an_address_from_their_name(firm: Firm) -> None:
    with scope(firm.id):
        first = operations.create_cohort(ADMIN, CohortDraft("Frühling 2027", "Tuesdays"))
        second = operations.create_cohort(ADMIN, CohortDraft("Frühling: 2027"))
        assert (first.slug, second.slug) == ("fruhling-2027", "fruhling-2027-2")
        third = operations.create_cohort(ADMIN, CohortDraft("春"))
        assert third.slug == "cohort"
        with pytest.raises(DomainError, match="already"):
            operations.create_cohort(ADMIN, CohortDraft("春"))
        assert [entry.action for entry in audit.entries()] == ["cohort.created"] * 3


def test_rules_are_recorded_with_what_they_were(firm: Firm, make_cohort: Any) -> None:
    cohort = make_cohort()
    with scope(firm.id):
        operations.change_rules(ADMIN, cohort, CohortRules(max_ring=3))
        operations.change_rules(ADMIN, cohort, CohortRules(max_ring=3))
        entries = audit.entries(action="cohort.rules_changed")
        assert [entry.details for entry in entries] == [
            {"before": {"max_ring": 4}, "after": {"max_ring": 3}}
        ]


def test_enrolling_twice_is_one_place_and_ending_can_be_undone(
    firm: Firm, make_cohort: Any, make_member: Any
) -> None:
    cohort, member = make_cohort(), make_member()
    with scope(firm.id):
        first = operations.enrol(ADMIN, cohort, member)
        assert operations.enrol(ADMIN, cohort, member).id == first.id
        operations.end_enrolment(ADMIN, cohort, first)
        assert queries.people_of(cohort) == []
        assert first.ended_at is not None
        assert operations.enrol(ADMIN, cohort, member).id == first.id
        assert first.ended_at is None
        with pytest.raises(DomainError, match="not a coach"):
            operations.enrol(ADMIN, cohort, member, "coach")


def test_an_accepted_invitation_enrols(firm: Firm, make_cohort: Any, make_member: Any) -> None:
    cohort, member, coach = make_cohort(), make_member(), make_member(role="coach")
    with scope(firm.id):
        for one in (member, coach):
            invitation = Invitation(
                email="x@example.org",
                role=one.role,
                cohort_id=cohort.id,
                token_hash=str(one.id),
                expires_at=now(),
            )
            operations.enrol_invited(invitation, one)
        operations.enrol_invited(
            Invitation(email="y@example.org", role="member", token_hash="t", expires_at=now()),
            member,
        )
        roles = {one.membership.id: one.enrolment.role for one in queries.people_of(cohort)}
        assert roles == {member.id: "member", coach.id: "coach"}


def test_who_leaves_the_firm_leaves_its_cohorts(group: Group) -> None:
    with scope(group.firm.id):
        ada = group.session.scalars(select(Membership).where(Membership.name == "Ada Osei")).one()
        end_membership(ADMIN, ada)
        states = group.session.scalars(
            select(Enrolment.state).where(Enrolment.membership_id == ada.id)
        )
        assert list(states) == ["ended"]


def test_an_admin_makes_edits_closes_and_reopens(admin: FlaskClient, group: Group) -> None:
    base = f"/f/{group.firm.slug}"
    assert admin.post(f"{base}/cohorts/new", data={"name": ""}).status_code == 422
    again = admin.post(f"{base}/cohorts/new", data={"name": "Spring", "about": "Kept text"})
    assert again.status_code == 422
    assert "Kept text" in again.text
    made = admin.post(f"{base}/cohorts/new", data={"name": "Autumn", "about": "Fridays"})
    assert made.location.endswith("/c/autumn/people")
    assert "Nobody is here yet" in admin.get(made.location).text
    with scope(group.firm.id):
        cohort_id = group.session.scalars(select(Cohort.id).where(Cohort.slug == "autumn")).one()
        group.session.rollback()
    edit = f"{base}/cohorts/{cohort_id}/edit"
    assert "Fridays" in admin.get(edit).text
    assert admin.post(edit, data={"name": "Late autumn"}).status_code == 303
    assert admin.post(f"{base}/cohorts/{cohort_id}/close").status_code == 303
    assert "Late autumn" in admin.get(f"{base}/cohorts").text
    assert admin.post(f"{base}/cohorts/{cohort_id}/reopen").status_code == 303


def test_only_admins_make_cohorts_and_name_coaches(
    group: Group, make_member: Callable[..., Membership]
) -> None:
    other = make_member("Otto Coach", role="coach")
    with scope(group.firm.id):
        other_id = other.id
    coach, member = group.client("ida"), group.client("ada")
    for client in (coach, member):
        assert client.get(f"/f/{group.firm.slug}/cohorts").status_code == 403
        assert client.get(f"/f/{group.firm.slug}/cohorts/new").status_code == 403
    sent = {"membership": str(other_id), "role": "coach"}
    assert coach.post(f"{group.base}/people", data=sent).status_code == 422
    assert member.post(f"{group.base}/people", data=sent).status_code == 403
    sent["role"] = "member"
    assert coach.post(f"{group.base}/people", data=sent).status_code == 303
    assert "Otto Coach" in coach.get(f"{group.base}/people").text


def test_a_coach_ends_a_members_time_not_a_coachs(group: Group) -> None:
    with scope(group.firm.id):
        places = {one.membership.name: one.enrolment.id for one in queries.people_of(group.cohort)}
        group.session.rollback()
    coach = group.client("ida")
    end = f"{group.base}/people/{places['Ada Osei']}/end"
    assert coach.post(end).status_code == 303
    assert "Ada Osei</a>" not in coach.get(f"{group.base}/people").text
    assert group.client("ada").get(f"{group.base}/people").status_code == 404
    assert coach.post(end.replace("/end", "/resume")).status_code == 303
    assert "Ada Osei</a>" in coach.get(f"{group.base}/people").text
    assert coach.post(f"{group.base}/people/{places['Ida Coach']}/end").status_code == 403
    assert group.client("ben").post(end).status_code == 403


def test_the_coach_sets_the_rules(group: Group) -> None:
    coach = group.client("ida")
    sent = {
        "rivals": "first",
        "cadence": "daily",
        "max_ring": "3",
        "max_chain": "2",
        "give_cap": "1",
        "receive_cap": "5",
    }
    assert coach.post(f"{group.base}/rules", data=sent | {"give_cap": "9"}).status_code == 422
    assert coach.post(f"{group.base}/rules", data=sent | {"rivals": "fight"}).status_code == 422
    assert coach.post(f"{group.base}/rules", data=sent).status_code == 303
    with scope(group.firm.id):
        cohort = group.session.scalars(select(Cohort)).one()
        assert (cohort.rivals, cohort.max_ring, cohort.receive_cap) == ("first", 3, 5)
        group.session.rollback()
    assert group.client("ada").get(f"{group.base}/rules").status_code == 403

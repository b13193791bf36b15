"""Whose place in a cohort may be ended and taken back, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError

from coachhub.cohorts import operations, queries
from coachhub.cohorts.entrance import standings_in
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Membership
from coachhub.permissions import Standing
from fixtures_group import Group


def places(group: Group) -> dict[str, UUID]:
    with scope(group.firm.id):
        found = {one.membership.name: one.enrolment.id for one in queries.people_of(group.cohort)}
        group.session.rollback()
    return found


def test_a_place_belongs_to_one_cohort(group: Group, make_cohort: Callable[..., Cohort]) -> None:
    elsewhere = make_cohort("Autumn")
    place = places(group)["Ada Osei"]
    with scope(group.firm.id):
        assert queries.enrolment_of(group.cohort, place).id == place
        with pytest.raises(NotFoundError):
            queries.enrolment_of(elsewhere, place)


def test_what_somebody_is_in_one_cohort_says_nothing_of_another(
    group: Group, make_cohort: Callable[..., Cohort]
) -> None:
    elsewhere = make_cohort("Autumn")
    with scope(group.firm.id):
        ida, ada = acting(group.people["ida"]), acting(group.people["ada"])
        assert standings_in(ida, group.cohort) == {Standing.COHORT_COACH}
        assert standings_in(ada, group.cohort) == {Standing.COHORT_MEMBER}
        assert standings_in(ida, elsewhere) == standings_in(ada, elsewhere) == frozenset()


def test_a_coachs_place_is_an_admins_matter_to_end_and_to_give_back(
    group: Group, make_member: Callable[..., Membership]
) -> None:
    group.people["ava"] = make_member("Ava Admin", role="admin")
    group.people["otto"] = make_member("Otto Coach", role="coach")
    with scope(group.firm.id):
        operations.enrol(Actor(label="Ava"), group.cohort, group.people["otto"], "coach")
        group.session.commit()
    coach, admin = group.client("otto"), group.client("ava")
    path = f"{group.base}/people/{places(group)['Ida Coach']}"
    assert coach.post(f"{path}/end").status_code == 403
    assert "Ida Coach" in places(group)
    assert admin.post(f"{path}/end").status_code == 303
    assert "Ida Coach" not in places(group)
    assert coach.post(f"{path}/resume").status_code == 403
    assert "Ida Coach" not in places(group)
    assert admin.post(f"{path}/resume").status_code == 303
    assert "Ida Coach" in places(group)


def test_a_cohort_that_is_not_there_is_nowhere_for_an_admin_too(
    group: Group, make_member: Callable[..., Membership]
) -> None:
    group.people["ava"] = make_member("Ava Admin", role="admin")
    assert group.client("ava").get(f"{group.base}/").status_code == 200
    assert group.client("ava").get(f"{group.base}-of-long-ago/").status_code == 404


def test_an_address_in_a_cohort_needs_one(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(BuildError):
        url_for("board.board", firm="harbour")


def test_only_addresses_in_a_cohort_name_it(group: Group) -> None:
    page = group.client("ada").get(f"{group.base}/board").text
    assert f'href="{group.base}/board' in page
    assert "cohort=" not in page

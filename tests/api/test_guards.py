"""What the API's operations refuse by themselves, whichever page or program calls them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.api import operations, queries
from coachhub.api.models import Token
from coachhub.api.webhooks import operations as webhooks
from coachhub.api.webhooks import queries as webhook_queries
from coachhub.api.webhooks.operations import WebhookDraft
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company
from coachhub.core.errors import NotAllowedError, NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from fixtures_api import Caller, Group, admin_actor
from fixtures_board_posts import Board


def test_a_token_is_ended_by_whose_it_is(
    session: Session, firm: Firm, make_member: Callable[..., Membership],
    make_caller: Callable[..., Caller],
) -> None:  # fmt: skip
    ada, ben = make_member("Ada"), make_member("Ben")
    make_caller(ada)
    make_caller(firm)
    with scope(firm.id):
        own = session.scalars(select(Token).where(Token.membership_id.is_not(None))).one()
        house = session.scalars(select(Token).where(Token.membership_id.is_(None))).one()
        for actor in (acting(ben), admin_actor()):
            with pytest.raises(NotFoundError):
                operations.revoke(actor, own)
        with pytest.raises(NotAllowedError):
            operations.revoke(acting(ada), house)
        assert (own.revoked_at, house.revoked_at) == (None, None)
        assert queries.find_token(own.id, ada.id) is own
        for token, whose in ((own, ben.id), (own, None), (house, ada.id)):
            with pytest.raises(NotFoundError):
                queries.find_token(token.id, whose)


def test_a_suspended_members_token_is_no_way_in_even_if_it_was_not_ended(
    group: Group, session: Session
) -> None:
    assert group.member.get("/me").status_code == 200
    with scope(group.firm_id):
        held = update(Membership).where(Membership.id == group.member_id)
        session.execute(held.values(state="suspended"))
        session.commit()
    assert group.member.get("/me").status_code == 401


def test_who_is_trusted_needs_a_second_factor_and_one_is_enough(
    app: Flask, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert group.coach.get("/me").status_code == 200
    monkeypatch.setitem(app.config, "REQUIRE_SECOND_FACTOR", value=True)
    assert group.coach.get("/me").status_code == 403
    monkeypatch.setattr(Person, "has_second_factor", property(lambda _: True))
    assert group.coach.get("/me").status_code == 200


def test_a_cohort_that_one_is_not_in_is_not_there(
    group: Group, session: Session, make_cohort: Callable[..., Cohort]
) -> None:
    elsewhere = make_cohort("Autumn").id
    session.commit()
    for cohort_id in (elsewhere, uuid4()):
        for path in (f"/cohorts/{cohort_id}", f"/cohorts/{cohort_id}/offers"):
            assert group.member.get(path).status_code == 404
    assert group.admin.get(f"/cohorts/{elsewhere}").status_code == 200
    assert group.admin.get(f"/cohorts/{uuid4()}").status_code == 404


def test_a_company_that_a_cohort_knows_nothing_of_is_for_its_coach_alone(
    group: Group, session: Session
) -> None:
    with scope(group.firm_id):
        cohort = session.get_one(Cohort, (group.firm_id, group.cohort_id))
        board = Board(session, cohort)
        strange = board.company("Nordlicht").id
        known = board.company("Harbour Foods")
        board.target(session.get_one(Membership, (group.firm_id, group.other_id)), known)
        known_id = known.id
        session.commit()
    path = f"{group.path}/companies"
    assert group.member.get(f"{path}/{known_id}").status_code == 200
    assert group.member.get(f"{path}/{strange}").status_code == 404
    assert group.coach.get(f"{path}/{strange}").status_code == 200
    with scope(group.firm_id):
        assert session.get(Company, (group.firm_id, strange)) is not None


def test_webhooks_are_an_admins_matter_and_their_deliveries_their_own(
    firm: Firm, make_member: Callable[..., Membership], client: FlaskClient
) -> None:
    del client
    ada = make_member("Ada")
    draft = WebhookDraft("Directory", "https://hooks.example.org/in", ("member.joined",))
    with scope(firm.id):
        with pytest.raises(NotAllowedError):
            webhooks.add(acting(ada), draft)
        made = webhooks.add(admin_actor(), draft)
        with pytest.raises(NotFoundError):
            webhook_queries.find_delivery(made, uuid4())
        with pytest.raises(NotFoundError):
            webhook_queries.find(uuid4())

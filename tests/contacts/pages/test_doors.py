"""Doors: what a cohort sees of its members' contacts, and what it never sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.cohorts.hooks import Door, doors_at, own_doors_at
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.operations import identify
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.suppression import address_hash, suppress

Know = Callable[..., UUID]


@pytest.fixture
def know(session: Session, firm: Firm) -> Know:
    """Let a member know somebody at a company; return the company's id."""

    def write(owner: Membership, company: str, **columns: object) -> UUID:
        with scope(firm.id):
            found = identify(company)
            assert found is not None
            contact = Contact(
                owner_id=owner.id,
                fingerprint=str(columns) + company,
                first_name="Ada",
                company_name=company,
                company_id=found.id,
                **columns,
            )
            session.add(contact)
            session.flush()
            return found.id

    return write


@pytest.fixture
def group(
    make_cohort: Callable[..., Cohort], make_member: Callable[..., Membership]
) -> Callable[[int], tuple[Cohort, list[Membership]]]:
    def make(size: int) -> tuple[Cohort, list[Membership]]:
        cohort = make_cohort()
        return cohort, [make_member(cohorts=(cohort,)) for _ in range(size)]

    return make


def test_five_members_have_a_number_and_four_do_not(
    firm: Firm, know: Know, group: Callable[[int], tuple[Cohort, list[Membership]]]
) -> None:
    for size, expected in ((4, Door(None)), (5, Door(2, 1))):
        cohort, members = group(size)
        reed = know(members[0], "Reed", strength=3)
        know(members[0], "Reed", strength=1)
        know(members[1], "Reed")
        nobody = know(members[2], "Moss", hidden=True)
        with scope(firm.id):
            assert doors_at(cohort, [reed, nobody]) == {reed: expected}
            assert doors_at(cohort, []) == {}


def test_a_number_that_would_tell_whose_it_is_is_not_shown(
    firm: Firm, know: Know, group: Callable[[int], tuple[Cohort, list[Membership]]]
) -> None:
    cohort, members = group(6)
    for one in members[:4]:
        reed = know(one, "Reed")
    with scope(firm.id):
        assert doors_at(cohort, [reed]) == {reed: Door(4, 0)}
    know(members[4], "Reed")
    with scope(firm.id):
        assert doors_at(cohort, [reed]) == {reed: Door(None)}


@pytest.mark.parametrize(
    ("days", "ended", "expected"),
    [(8, False, Door(1)), (6, False, Door(None)), (8, True, Door(1)), (6, True, Door(None))],
)
def test_before_and_after_somebody_came_or_went_cannot_be_compared(
    firm: Firm,
    know: Know,
    session: Session,
    group: Callable[[int], tuple[Cohort, list[Membership]]],
    days: int,
    ended: bool,
    expected: Door,
) -> None:
    cohort, members = group(7)
    reed = know(members[0], "Reed")
    with scope(firm.id):
        enrolments = list(
            session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id))
        )
        for one in enrolments:
            one.created_at = now() - dt.timedelta(days=60)
        last = next(one for one in enrolments if one.membership_id == members[6].id)
        moment = now() - dt.timedelta(days=days)
        if ended:
            last.state, last.ended_at = "ended", moment
        else:
            last.created_at = moment
        session.flush()
        assert doors_at(cohort, [reed]) == {reed: expected}


def test_only_members_who_are_there_now_count(
    firm: Firm,
    know: Know,
    session: Session,
    make_member: Callable[..., Membership],
    group: Callable[[int], tuple[Cohort, list[Membership]]],
) -> None:
    cohort, members = group(6)
    coach = make_member(role="coach", cohorts=(cohort,))
    for one in (members[0], coach, make_member()):
        reed = know(one, "Reed", worked_together=True)
    with scope(firm.id):
        assert doors_at(cohort, [reed]) == {reed: Door(1, 1)}
        session.merge(members[0]).state = "suspended"
        session.flush()
        assert doors_at(cohort, [reed]) == {}
        know(members[1], "Reed")
        assert doors_at(cohort, [reed]) == {reed: Door(1, 0)}
        session.merge(members[2]).state = "left"
        session.flush()
        assert doors_at(cohort, [reed]) == {reed: Door(None)}


@pytest.mark.parametrize(
    ("years", "said", "strong"),
    [
        (1, {"strength": 2}, 1),
        (8, {"strength": 2}, 1),
        (12, {"strength": 2}, 0),
        (None, {"strength": 2}, 1),
        (20, {"strength": 3}, 1),
        (20, {"worked_together": True}, 1),
        (1, {"strength": 1}, 0),
        (1, {"strength": 1, "worked_together": True}, 1),
        (1, {}, 0),
    ],
)
def test_what_makes_a_door_strong(
    firm: Firm,
    know: Know,
    group: Callable[[int], tuple[Cohort, list[Membership]]],
    years: int | None,
    said: dict[str, object],
    strong: int,
) -> None:
    cohort, members = group(5)
    since = None if years is None else (now() - dt.timedelta(days=366 * years)).date()
    reed = know(members[0], "Reed", connected_on=since, **said)
    with scope(firm.id):
        assert doors_at(cohort, [reed]) == {reed: Door(1, strong)}


def test_own_doors_are_told_to_their_owner_alone(
    firm: Firm, know: Know, group: Callable[[int], tuple[Cohort, list[Membership]]]
) -> None:
    _, members = group(2)
    reed = know(members[0], "Reed")
    know(members[0], "Reed", strength=2)
    know(members[0], "Reed", hidden=True)
    with scope(firm.id):
        assert own_doors_at(Actor("Mona", membership_id=members[0].id), [reed]) == {reed: 2}
        assert own_doors_at(Actor("Nia", membership_id=members[1].id), [reed]) == {}
        assert own_doors_at(Actor("Visitor"), [reed]) == {}


def test_a_door_carries_counts_and_nothing_else() -> None:
    assert set(Door.__dataclass_fields__) == {"members", "strong"}


def test_whoever_asked_to_be_left_alone_is_no_door_from_that_moment_on(
    firm: Firm, know: Know, group: Callable[[int], tuple[Cohort, list[Membership]]]
) -> None:
    cohort, members = group(5)
    address = "ada.reed@example.com"
    reed = know(members[0], "Reed", email=address, email_hash=address_hash(address))
    know(members[1], "Reed")
    actor = Actor(label="One", membership_id=members[0].id)
    with scope(firm.id):
        assert doors_at(cohort, [reed]) == {reed: Door(2)}
        suppress(address, "never")
        assert doors_at(cohort, [reed]) == {reed: Door(1)}
        assert own_doors_at(actor, [reed]) == {}

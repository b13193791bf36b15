"""What coaches say of companies: same, different, apart again; each in effect at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.board.models import Target
from coachhub.cohorts.models import Cohort
from coachhub.companies import operations
from coachhub.companies.models import Company, CompanyName, CompanyVerdict
from coachhub.companies.operations import identify
from coachhub.companies.queries import question_count, questions, recent_merges
from coachhub.contacts.models import Contact
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership

COACH = Actor(label="Coach Ida")


@pytest.fixture(autouse=True)
def _inside(firm: Firm) -> Iterator[None]:
    with scope(firm.id):
        yield


@pytest.fixture
def pair(session: Session) -> tuple[Company, Company, UUID]:
    """Make a known company, one that may be it, and the name that is asked about."""
    known, other = identify("Krystal"), identify("Krystal Biotech")
    assert known is not None
    assert other is not None
    name = session.scalars(select(CompanyName).where(CompanyName.maybe_id.is_not(None))).one()
    return known, other, name.id


@pytest.fixture
def target(
    pair: tuple[Company, Company, UUID],
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    session: Session,
) -> Target:
    cohort = make_cohort()
    made = Target(
        cohort_id=cohort.id,
        owner_id=make_member(cohorts=(cohort,)).id,
        company_id=pair[1].id,
        expires_on=dt.date(2099, 1, 1),
    )
    session.add(made)
    session.flush()
    return made


def test_a_yes_moves_everything_at_once(
    pair: tuple[Company, Company, UUID], target: Target, session: Session
) -> None:
    known, other, name_id = pair
    contact = Contact(owner_id=target.owner_id, fingerprint="f", company_id=other.id)
    session.add(contact)
    operations.confirm_same(COACH, name_id)
    assert target.company_id == known.id
    assert contact.company_id == known.id
    assert question_count() == 0
    found = identify("KRYSTAL BIOTECH")
    assert found is not None
    assert found.id == known.id
    assert audit.entries(action="company.merged")[0].actor_name == "Coach Ida"


def test_a_merge_can_be_undone_to_the_row(
    pair: tuple[Company, Company, UUID], target: Target, session: Session
) -> None:
    known, other, name_id = pair
    stays = Target(
        cohort_id=target.cohort_id,
        owner_id=target.owner_id,
        company_id=known.id,
        expires_on=target.expires_on,
    )
    session.add(stays)
    joined = operations.confirm_same(COACH, name_id)
    assert [one.id for one in recent_merges()] == [joined.id]
    operations.undo_merge(COACH, joined.id)
    assert target.company_id == other.id
    assert stays.company_id == known.id
    assert question_count() == 1
    assert session.scalars(select(CompanyVerdict)).all() == []
    assert recent_merges() == []
    with pytest.raises(DomainError, match="already"):
        operations.undo_merge(COACH, joined.id)
    found = identify("Krystal Biotech")
    assert found is not None
    assert found.id == other.id


def test_merges_one_after_the_other_end_at_the_last(
    pair: tuple[Company, Company, UUID], target: Target
) -> None:
    known, other, name_id = pair
    last = identify("Elm Street Press")
    assert last is not None
    first = operations.confirm_same(COACH, name_id)
    operations.merge(COACH, known, last)
    assert target.company_id == last.id
    assert other.merged_into_id == last.id
    operations.undo_merge(COACH, first.id)
    assert target.company_id == other.id
    assert known.merged_into_id == last.id


def test_a_no_lasts_and_can_be_taken_back(pair: tuple[Company, Company, UUID]) -> None:
    known, other, name_id = pair
    operations.reject_same(COACH, name_id)
    assert question_count() == 0
    with pytest.raises(DomainError, match="answered"):
        operations.confirm_same(COACH, name_id)
    operations.ask_again(COACH, name_id, known.id)
    assert [question.maybe_id for question in questions()] == [known.id]
    assert [question.company_id for question in questions()] == [other.id]
    with pytest.raises(DomainError, match="no answer"):
        operations.ask_again(COACH, name_id, known.id)


def test_a_split_gives_names_a_company_of_their_own(session: Session) -> None:
    whole = identify("Harbour")
    assert whole is not None
    identify("Harbour Ltd")
    name = session.scalars(select(CompanyName).where(CompanyName.written == "Harbour Ltd")).one()
    parted = operations.split(COACH, whole, [name.id])
    assert parted.name == "Harbour Ltd"
    found, left = identify("Harbour Ltd"), identify("Harbour")
    assert found is not None
    assert left is not None
    assert (found.id, left.id) == (parted.id, whole.id)
    with pytest.raises(DomainError, match="stays"):
        operations.split(COACH, parted, [name.id])
    with pytest.raises(DomainError, match="choose"):
        operations.split(COACH, parted, [])


def test_a_company_is_never_merged_with_itself(pair: tuple[Company, Company, UUID]) -> None:
    with pytest.raises(DomainError, match="already"):
        operations.merge(COACH, pair[0], pair[0])


def test_what_weighs_most_is_asked_first(
    pair: tuple[Company, Company, UUID], target: Target, session: Session
) -> None:
    identify("Marlow")
    identify("Marlow Biotech")
    assert len(questions()) == 2
    session.add(
        Target(
            cohort_id=target.cohort_id,
            owner_id=target.owner_id,
            company_id=pair[0].id,
            expires_on=target.expires_on,
        )
    )
    session.flush()
    assert questions()[0].written == "Krystal Biotech"


def test_another_firms_question_does_not_exist(
    pair: tuple[Company, Company, UUID],
) -> None:
    del pair
    with pytest.raises(NotFoundError):
        operations.confirm_same(COACH, UUID(int=7))
    with pytest.raises(NotFoundError):
        operations.undo_merge(COACH, UUID(int=7))


def test_a_company_shows_the_name_that_was_chosen(pair: tuple[Company, Company, UUID]) -> None:
    known, other, _ = pair
    operations.rename(COACH, known, "Krystal plc")
    assert known.name == "Krystal plc"
    identify("Krystal Biotech Inc")
    with pytest.raises(DomainError, match="another company"):
        operations.rename(COACH, known, other.name)
    with pytest.raises(DomainError, match="company's name"):
        operations.rename(COACH, known, "n/a")

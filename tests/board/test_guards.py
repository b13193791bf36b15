"""Whose posts are counted and listed, and which companies are shown to whom."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from coachhub.board import queries
from coachhub.board.operations import AskDraft, OfferDraft
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.tenancy import scope
from fixtures_board_posts import Board
from fixtures_group import Group


def test_counts_and_lists_are_of_one_member_in_one_cohort(
    group: Group, session: Session, make_cohort: Callable[..., Cohort]
) -> None:
    elsewhere = make_cohort("Autumn")
    group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    group.posted("ada", AskDraft("skill", "Half an hour on spreadsheets"))
    group.posted("ben", OfferDraft("treat", "Rye bread on Monday mornings"))
    ada, ben, here = group.people["ada"], group.people["ben"], group.cohort
    with scope(group.firm.id):
        session.add(Enrolment(cohort_id=elsewhere.id, membership_id=ada.id))
        session.flush()
        Board(session, elsewhere).offer(ada, "treat", "Plum cake")
        nothing = {"target": 0, "offer": 0, "ask": 0, "lead": 0}
        assert queries.own_counts(here, ada.id) == {**nothing, "offer": 1, "ask": 1}
        assert queries.own_counts(here, ben.id) == {**nothing, "offer": 1}
        assert queries.own_counts(elsewhere, ada.id) == {**nothing, "offer": 1}
        assert queries.own_counts(elsewhere, ben.id) == nothing

        def titles(cohort: Cohort, whose: str) -> list[str]:
            lines = queries.own_posts(cohort, group.people[whose].id, "offer")
            return [line.post.title for line in lines]  # type: ignore[union-attr]

        assert titles(here, "ada") == ["Walnut bread on Monday mornings"]
        assert titles(elsewhere, "ada") == ["Plum cake"]
        assert titles(elsewhere, "ben") == []


def test_a_company_that_a_cohort_knows_nothing_of_is_for_its_coach_alone(
    group: Group, session: Session
) -> None:
    with scope(group.firm.id):
        board = Board(session, group.cohort)
        strange = board.company("Nordlicht").id
        known = board.company("Harbour Foods")
        board.target(group.people["ben"], known)
        known_id = known.id
        session.commit()
    ada, coach = group.client("ada"), group.client("ida")
    path = f"{group.base}/companies"
    assert ada.get(f"{path}/{known_id}").status_code == 200
    assert ada.get(f"{path}/{strange}").status_code == 404
    assert coach.get(f"{path}/{strange}").status_code == 200

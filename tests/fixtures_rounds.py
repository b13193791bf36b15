"""A small cohort whose best round is known, with its coach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.permissions import Standing


@dataclass
class Group:
    """A coach and six members; Ada, Ben and Cy make a ring of three, Di and Ed a swap.

    Flo wants something that Ada has, and has nothing that anybody wants.
    """

    cohort: Cohort
    board: Any
    coach: Membership
    members: dict[str, Membership]
    companies: dict[str, Any]

    def __getattr__(self, name: str) -> Membership:
        return self.members[name]

    def actor(self) -> Actor:
        return Actor(
            label=self.coach.name,
            person_id=self.coach.person_id,
            membership_id=self.coach.id,
            standings=frozenset({Standing.MEMBER, Standing.COHORT_COACH}),
        )


WANTS = {"ada": "Shell", "ben": "BP", "cy": "Total", "di": "Eni", "ed": "Repsol", "flo": "OMV"}
KNOWS = [
    ("ben", "Shell"),
    ("cy", "BP"),
    ("ada", "Total"),
    ("ed", "Eni"),
    ("di", "Repsol"),
    ("ada", "OMV"),
]


@pytest.fixture
def group(
    firm: Any,
    session: Session,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    board_of: Callable[..., Any],
) -> Iterator[Group]:
    """Give the group, inside its firm's scope."""
    cohort = make_cohort()
    coach = make_member("Coach Kim", role="coach", cohorts=(cohort,))
    members = {name: make_member(f"{name.title()} Example", cohorts=(cohort,)) for name in WANTS}
    with scope(firm.id):
        session.add_all([cohort, coach, *members.values()])
        board = board_of(cohort)
        companies = {name: board.company(name) for name in WANTS.values()}
        for name, company in WANTS.items():
            board.target(members[name], companies[company])
        for name, company in KNOWS:
            board.contact(members[name], companies[company], strength=3)
        yield Group(cohort, board, coach, members, companies)

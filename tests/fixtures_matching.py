"""Five people in one cohort, with its board."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.search import find_matches


@dataclass
class Five:
    """Ada, Ben, Cy, Di and Ed, and what could pass between them."""

    cohort: Cohort
    board: Any
    ada: Membership
    ben: Membership
    cy: Membership
    di: Membership
    ed: Membership

    def matches(self, **kw: Any) -> list[Match]:
        return find_matches(self.cohort, **kw)

    def only(self, **kw: Any) -> Match:
        (found,) = self.matches(**kw)
        return found


@pytest.fixture
def five(
    firm: Any,
    session: Session,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    board_of: Callable[..., Any],
) -> Iterator[Five]:
    """Give the five, inside their firm's scope."""
    cohort = make_cohort()
    people = [make_member(name, cohorts=(cohort,)) for name in ("Ada", "Ben", "Cy", "Di", "Ed")]
    with scope(firm.id):
        session.add_all([cohort, *people])
        yield Five(cohort, board_of(cohort), *people)

"""What was posted between two moments: only what the whole cohort may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from coachhub.board.queries import posted_between
from coachhub.cohorts.models import Cohort
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership


def test_only_what_everybody_sees_and_came_in_that_time(
    firm: Firm,
    session: Session,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    board_of: Any,
) -> None:
    cohort = make_cohort()
    ada, left = make_member("Ada", cohorts=(cohort,)), make_member("Left", cohorts=(cohort,))
    then = now() - dt.timedelta(days=3)
    with scope(firm.id):
        board = board_of(cohort)
        for owner, title, more in (
            (ada, "New", {}),
            (ada, "Old", {"created_at": then - dt.timedelta(days=1)}),
            (ada, "Held", {"moderation": "quarantined"}),
            (ada, "Closed", {"closed_at": now()}),
            (left, "Of somebody who left", {}),
        ):
            board.offer(owner, kind="time", title=title, **more)
        board_of(make_cohort()).offer(ada, kind="time", title="Elsewhere")
        session.merge(left).state = "left"
        session.flush()
        found = posted_between(cohort, "offer", then, now())
        assert [(line.post.title, line.owner.name) for line in found] == [("New", "Ada")]
        assert posted_between(cohort, "ask", then, now()) == []

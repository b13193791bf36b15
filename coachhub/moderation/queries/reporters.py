"""How well people report, whose reports rest, and what has been looked at and was fine."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select

from coachhub.core.db import db, now
from coachhub.moderation import house
from coachhub.moderation.hooks import Reportable
from coachhub.moderation.models import OPEN, Case, Decision, Report
from coachhub.moderation.rules import HouseRule

WINDOW = dt.timedelta(days=7)
AT_LEAST = 10  # decided reports
TOO_MANY = 0.25  # of them, not upheld
# A report was right if a decision followed it and no appeal took that back.
WAS_RIGHT = and_(Case.outcome.in_(("upheld", "duplicate")), Case.verdict != "overturned")


@dataclass(frozen=True)
class Accuracy:
    """How many of somebody's reports have been decided, and how many were right."""

    decided: int
    right: int

    @property
    def share(self) -> float | None:
        """Return the share that was right, 0 to 1; None before anything was decided."""
        return self.right / self.decided if self.decided else None


def accuracy(member_ids: Collection[UUID]) -> dict[UUID, Accuracy]:
    """Return how well each of these reports; who has nothing decided yet is left out."""
    rows = db.session.execute(
        select(Report.reporter_id, func.count(), func.count().filter(WAS_RIGHT))
        .join(Case, Case.id == Report.case_id)
        .where(Report.reporter_id.in_(member_ids), Case.state.not_in(OPEN))
        .group_by(Report.reporter_id)
    )
    return {member_id: Accuracy(decided, right) for member_id, decided, right in rows}


def paused_until(member_id: UUID) -> dt.datetime | None:
    """Return until when somebody's reports rest; None if they are welcome.

    They rest while, of at least 10 reports of the last 7 days that have been decided, 25 % or
    more were not upheld. Safety reports neither count nor rest.
    """
    at = now()
    rows = [(made, right) for made, right in db.session.execute(_recent(member_id, at - WINDOW))]
    until = None
    while len(rows) >= AT_LEAST and _wrong(rows) >= TOO_MANY * len(rows):
        until = rows[0][0] + WINDOW
        rows = rows[1:]
    return until


def _wrong(rows: list[tuple[dt.datetime, bool]]) -> int:
    return sum(not right for _made, right in rows)


def _recent(member_id: UUID, since: dt.datetime) -> Select[dt.datetime, bool]:
    safety = [code for code, rule in house.by_code().items() if rule.safety]
    return (
        select(Report.created_at, WAS_RIGHT)
        .join(Case, Case.id == Report.case_id)
        .where(
            Report.reporter_id == member_id,
            Report.created_at > since,
            Report.reason.not_in(safety),
            Case.state.not_in(OPEN),
        )
        .order_by(Report.created_at)
    )


def was_fine(thing: Reportable, rule: HouseRule) -> bool:
    """Say whether a thing's text, as it is now, was looked at and found fine.

    A safety reason that nobody had thought of when it was looked at still gets through.
    """
    fine = or_(Decision.outcome == "not_upheld", Case.verdict == "overturned")
    query = (
        select(Case.id)
        .join(Decision, Decision.case_id == Case.id)
        .where(
            Case.target_kind == thing.kind,
            Case.target_id == thing.id,
            Case.state.not_in(OPEN),
            fine,
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
            Decision.text_mark == hashlib.sha256(thing.text.encode()).hexdigest(),
        )
    )
    if rule.safety:
        thought_of = exists().where(Report.case_id == Case.id, Report.reason == rule.code)
        query = query.where(or_(thought_of, Case.found.contains([{"rule": rule.code}])))
    return db.session.scalar(query.limit(1)) is not None

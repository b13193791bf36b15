"""How the rules are kept, in figures for everybody in the firm: they name nobody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, func, select, true

from coachhub.core.db import db, now
from coachhub.core.words import gettext_noop
from coachhub.moderation.models import OPEN, Appeal, Case, Decision, Penalty, Report, Strike

PERIODS = {
    "30": gettext_noop("30 days"),
    "90": gettext_noop("90 days"),
    "365": gettext_noop("A year"),
    "0": gettext_noop("Since the beginning"),
}


@dataclass(frozen=True)
class Figures:
    """What came, what was decided and how soon, what was appealed; since a moment, or ever.

    Attributes:
        reports: reports by members.
        by_reason: how many of them named each rule, by its code.
        cases: what had to be looked at.
        by_origin: how many of them came which way, by `models.ORIGINS`; ``guard`` is a machine.
        decided: first decisions on cases; those that were undone do not count.
        by_outcome: how many of them ended how, by `models.OUTCOMES`.
        by_effect: what followed from them, by `models.EFFECTS`.
        by_rule: on which rule those rest from which something followed.
        by_machine: how many of them a machine made.
        in_time: how many of them were made before the case was due.
        median_hours: hours from the case to its decision, by the clock, half of them sooner.
        appeals: second looks that authors asked for.
        by_verdict: how those that are over ended, by `models.VERDICTS`.
        median_appeal_hours: hours from asking to the answer.
        strikes: strikes written down.
        by_penalty: penalties, by `models.PENALTIES`.
        waiting: cases that wait now, whenever they came.
        overdue: how many of those should have been decided.
    """

    reports: int
    by_reason: dict[str, int]
    cases: int
    by_origin: dict[str, int]
    decided: int
    by_outcome: dict[str, int]
    by_effect: dict[str, int]
    by_rule: dict[str, int]
    by_machine: int
    in_time: int
    median_hours: float | None
    appeals: int
    by_verdict: dict[str, int]
    median_appeal_hours: float | None
    strikes: int
    by_penalty: dict[str, int]
    waiting: int
    overdue: int

    @property
    def overturned(self) -> int:
        """Return how many decisions a second look took back."""
        return self.by_verdict.get("overturned", 0)

    @property
    def found_by_machine(self) -> int:
        """Return how many cases a machine pointed out."""
        return self.by_origin.get("guard", 0)


def figures(since: dt.datetime | None = None) -> Figures:
    """Return the open firm's figures since a moment; of all time if None."""
    by_reason = _counts(Report.reason, _since(Report, since))
    by_origin = _counts(Case.origin, _since(Case, since))
    first = Decision.undone_at.is_(None) & Decision.appeal_id.is_(None) & _since(Decision, since)
    decided = db.session.execute(
        select(
            func.count(),
            func.count().filter(Decision.by_machine),
            func.count().filter(Decision.created_at <= Case.due_at),
            _median_hours(Case.created_at, Decision.created_at),
        )
        .join(Case, Case.id == Decision.case_id)
        .where(first)
    ).one()
    answered = _since(Appeal, since) & Appeal.answered_at.is_not(None)
    open_now = db.session.execute(
        select(func.count(), func.count().filter(Case.due_at < now())).where(Case.state.in_(OPEN))
    ).one()
    return Figures(
        reports=sum(by_reason.values()),
        by_reason=by_reason,
        cases=sum(by_origin.values()),
        by_origin=by_origin,
        decided=decided[0],
        by_outcome=_counts(Decision.outcome, first),
        by_effect=_counts(Decision.effect, first),
        by_rule=_counts(Decision.rule, first & (Decision.effect != "none")),
        by_machine=decided[1],
        in_time=decided[2],
        median_hours=_hours(decided[3]),
        appeals=_count(select(func.count(Appeal.id)).where(_since(Appeal, since))),
        by_verdict=_counts(Appeal.outcome, answered),
        median_appeal_hours=_hours(
            db.session.scalar(
                select(_median_hours(Appeal.created_at, Appeal.answered_at)).where(answered)
            )
        ),
        strikes=_count(select(func.count(Strike.id)).where(_since(Strike, since))),
        by_penalty=_counts(Penalty.kind, _since(Penalty, since)),
        waiting=open_now[0],
        overdue=open_now[1],
    )


def _since(table: Any, since: dt.datetime | None) -> ColumnElement[bool]:
    return true() if since is None else table.created_at >= since


def _counts(column: Any, wanted: ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(select(column, func.count()).where(wanted).group_by(column))
    found: dict[str, int] = {str(value): count for value, count in rows}
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _count(query: Select[int]) -> int:
    return db.session.scalar(query) or 0


def _median_hours(begins: Any, ends: Any) -> ColumnElement[Any]:
    seconds = cast(func.extract("epoch", ends - begins), Integer)
    return func.percentile_cont(0.5).within_group(seconds)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else float(seconds) / 3600

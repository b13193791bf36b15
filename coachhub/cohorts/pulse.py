"""How a cohort goes, week by week: counted by the rooms above, drawn for its coach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, cast, func, literal, select

from coachhub.cohorts.hooks import PULSE, Series
from coachhub.cohorts.models import Cohort
from coachhub.core.charts import Bars, bars
from coachhub.core.db import db, now
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import day
from coachhub.firms.models import Firm

WEEKS = 8


@dataclass(frozen=True)
class Pulse:
    """The weeks by their Mondays, and each thing counted, as a figure a week and as a picture."""

    weeks: tuple[dt.date, ...]
    series: tuple[tuple[Series, Bars], ...]

    @property
    def is_still(self) -> bool:
        """Say whether nothing at all happened in these weeks."""
        return not any(sum(one.counts) for one, _chart in self.series)


def pulse_of(cohort: Cohort) -> Pulse:
    """Return how the last eight weeks went, this one too, on the firm's own calendar."""
    zone = db.session.get_one(Firm, current_firm_id()).timezone
    today = now().astimezone(ZoneInfo(zone)).date()
    monday = today - dt.timedelta(days=today.weekday())
    weeks = tuple(monday - dt.timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1))
    found = [one for some in PULSE.call(cohort, weeks) for one in some]
    found.sort(key=lambda one: one.order)
    labels = [day(one, "d MMM") if place % 2 else "" for place, one in enumerate(weeks)]
    return Pulse(weeks, tuple((one, bars(one.counts, labels)) for one in found))


def by_week(
    moment: Any, condition: ColumnElement[bool], weeks: Sequence[dt.date]
) -> tuple[int, ...]:
    """Count the rows under a condition by the week of a moment, a figure for each of `weeks`.

    One statement; weeks begin on Mondays of the firm's own calendar.
    """
    zone = select(Firm.timezone).where(Firm.id == current_firm_id()).scalar_subquery()
    week = cast(func.date_trunc(literal("week"), func.timezone(zone, moment)), Date)
    since = dt.datetime.combine(weeks[0], dt.time(), dt.UTC) - dt.timedelta(days=1)
    rows = db.session.execute(
        select(week.label("week"), func.count()).where(condition, moment >= since).group_by("week")
    )
    counts = dict(rows.all())
    return tuple(counts.get(one, 0) for one in weeks)

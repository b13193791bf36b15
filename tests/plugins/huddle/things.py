"""What the wall tests make for the addresses of the huddle."""

from __future__ import annotations

import datetime as dt
from typing import Any

from uuid_utils.compat import uuid7

from coachhub.core.db import now
from coachhub_huddle.models import Draft, HandIn, Homework, Huddle, Line, Series

SOON = dt.datetime(2100, 1, 4, 9, 30, tzinfo=dt.UTC)


def _huddle(side: Any) -> Any:
    series = side.add(
        Series(
            cohort_id=side.cohort.id, title="Monday huddle", weekday=0, at=dt.time(9, 30),
            timezone="Europe/Berlin", minutes=60,
        )
    )  # fmt: skip
    return side.add(
        Huddle(
            series_id=series, cohort_id=side.cohort.id, week_of=SOON.date(), starts_at=SOON,
            minutes=60, uid=uuid7().hex, changed_at=now(),
        )
    )  # fmt: skip


def _homework(side: Any) -> Any:
    return side.add(
        Homework(
            cohort_id=side.cohort.id, owner_id=side.coach.id, kind="assets",
            title="Ten things to give", due_on=SOON.date(),
        )
    )  # fmt: skip


def _hand_in(side: Any) -> Any:
    return side.add(
        HandIn(
            homework_id=side.thing("homework_id"), owner_id=side.member.id, text="Bread",
            handed_in_at=now(),
        )
    )  # fmt: skip


def _line(side: Any) -> Any:
    return side.add(
        Line(huddle_id=side.thing("huddle_id"), owner_id=side.coach.id, text="Welcome", position=1)
    )


def _draft(side: Any) -> Any:
    return side.add(
        Draft(
            hand_in_id=side.thing("hand_in_id"), position=0, line="Bread", post_kind="offer",
            kind="treat", title="Walnut bread on Mondays for whoever has an interview",
        )
    )  # fmt: skip


THINGS = {
    "huddle_id": _huddle,
    "agenda_line_id": _line,
    "homework_id": _homework,
    "hand_in_id": _hand_in,
    "asset_line_id": _draft,
}

"""Business hours: in the firm's own zone, over weekends, free days and changes of the clocks."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachhub.moderation.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")
HERE = Hours(zone="Europe/Berlin")
# 2026-03-02 is a Monday.


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("came", "safety", "due"),
    [
        (at(2, 9), True, at(2, 13)),
        (at(2, 15), True, at(3, 11)),  # two hours today, two tomorrow
        (at(2, 6), True, at(2, 13)),  # before the day begins
        (at(2, 20), True, at(3, 13)),  # after it has ended
        (at(6, 15), True, at(9, 11)),  # over a weekend
        (at(7, 12), True, at(9, 13)),  # on a Saturday
        (at(2, 10), False, at(3, 10)),
        (at(6, 16, 30), False, at(9, 16, 30)),
        (at(2, 13), True, at(2, 17)),  # to the last minute of the day
    ],
)
def test_due_times(came: dt.datetime, safety: bool, due: dt.datetime) -> None:
    assert HERE.due(came, safety=safety) == due


def test_free_days_do_not_count() -> None:
    hours = Hours(zone="Europe/Berlin", free=frozenset({dt.date(2026, 3, 3), dt.date(2026, 3, 4)}))
    assert hours.due(at(2, 15), safety=True) == at(5, 11)


def test_a_change_of_the_clocks_over_the_weekend_does_not_move_the_morning() -> None:
    due = HERE.due(at(27, 16), safety=True)
    assert due == at(30, 12)
    assert due - at(27, 16) == dt.timedelta(days=2, hours=19)


def test_a_firm_elsewhere_with_other_days() -> None:
    hours = Hours("Asia/Dubai", dt.time(8), dt.time(18), frozenset({6, 0, 1, 2, 3}))
    came = dt.datetime(2026, 3, 5, 17, tzinfo=ZoneInfo("Asia/Dubai"))  # a Thursday
    assert hours.due(came, safety=True) == dt.datetime(
        2026, 3, 8, 11, tzinfo=ZoneInfo("Asia/Dubai")
    )


MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
ANY_HOURS = st.builds(
    Hours,
    zone=st.sampled_from(["UTC", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    begins=st.times(dt.time(0), dt.time(11)),
    ends=st.times(dt.time(12), dt.time(23, 59)),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    free=st.frozensets(st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1)), max_size=20),
)


@given(hours=ANY_HOURS, start=MOMENTS, work=st.timedeltas(dt.timedelta(), dt.timedelta(days=3)))
def test_after_and_between_are_each_others_reverse(
    hours: Hours, start: dt.datetime, work: dt.timedelta
) -> None:
    end = hours.after(start, work)
    assert end >= start
    assert hours.between(start, end) == work
    assert hours.between(end, start) == dt.timedelta()

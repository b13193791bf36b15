"""The local hour, whatever the clocks do: 400 days in twelve zones."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachhub.digests.schedule import STEP, Rhythm, due_moment, due_period

ZONES = (
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
)
# In Samoa 30 December 2011 never was; the others' clocks change within any 400 days.
START = {"Pacific/Apia": dt.datetime(2011, 6, 1, tzinfo=dt.UTC)}
TICK = dt.timedelta(minutes=5)
DAYS = 400


def said(rhythm: Rhythm, start: dt.datetime, days: int) -> dict[dt.date, dt.datetime]:
    """Give each period and the tick that first found it due, with the tick of the job."""
    first: dict[dt.date, dt.datetime] = {}
    for step in range(days * 24 * 12):
        at = start + step * TICK
        period = due_period(rhythm, at)
        if period is not None:
            first.setdefault(period, at)
    return first


@pytest.mark.parametrize("hour", [0, 2, 8])
@pytest.mark.parametrize("zone", ZONES)
def test_one_on_each_local_day_at_its_hour(zone: str, hour: int) -> None:
    start = START.get(zone, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    local = ZoneInfo(zone)
    found = said(Rhythm("daily", 0, hour, zone), start, DAYS)
    days = {
        (start + step * dt.timedelta(hours=1)).astimezone(local).date() for step in range(DAYS * 24)
    }
    inner = sorted(days)[1:-1]
    assert set(inner) <= set(found) <= days
    shifted = 0
    for day in inner:
        there = found[day].astimezone(local)
        assert there.date() == day
        minutes = there.hour * 60 + there.minute
        if not hour * 60 <= minutes < hour * 60 + 5:
            # Only where the clocks skip that hour: then it is the first minute there is.
            wanted = dt.datetime.combine(day, dt.time(hour), local)
            back = wanted.astimezone(dt.UTC).astimezone(local)
            assert back.replace(tzinfo=None) != wanted.replace(tzinfo=None)
            assert minutes <= hour * 60 + 65
            shifted += 1
        assert there.fold == 0
    assert shifted <= 2


@pytest.mark.parametrize("cadence", ["weekly", "fortnightly"])
@pytest.mark.parametrize("zone", ZONES)
def test_weeks_keep_their_step(zone: str, cadence: str) -> None:
    start = START.get(zone, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    found = sorted(said(Rhythm(cadence, 3, 8, zone), start, 200))
    assert {day.weekday() for day in found} == {3}
    assert {(b - a).days for a, b in itertools.pairwise(found)} == {STEP[cadence]}


@given(
    jump=st.integers(-24 * 60, 24 * 60),
    after=st.integers(0, 7 * 24 * 12),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
)
@settings(max_examples=200, deadline=None)
def test_a_clock_that_jumps_a_day_sends_none_twice(
    jump: int, after: int, zone: str, hour: int
) -> None:
    """The machine's clock is wrong by up to a day, from some moment on: still one a local day."""
    rhythm, start = Rhythm("daily", 0, hour, zone), dt.datetime(2026, 3, 25, tzinfo=dt.UTC)
    written: set[dt.date] = set()
    for step in range(0, 10 * 24 * 12, 3):
        at = start + step * TICK
        if step > after:
            at += dt.timedelta(minutes=jump)
        period = due_period(rhythm, at)
        if period is not None:
            assert period == at.astimezone(ZoneInfo(zone)).date()
            assert at >= due_moment(rhythm, period)
            written.add(period)  # the unique key: a second one is refused
    first, last = min(written), max(written)
    missing = {first + dt.timedelta(days=n) for n in range((last - first).days)} - written
    assert len(missing) <= (1 if jump > 0 else 0)

"""When a firm is at work: business hours in its own time zone, without its free days. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

WORKING_WEEK = frozenset(range(5))
SAFETY = dt.timedelta(hours=4)


@dataclass(frozen=True)
class Hours:
    """A firm's business hours.

    Attributes:
        zone: the IANA name of the zone that `begins` and `ends` are told in.
        begins: when a working day begins.
        ends: when it ends, the same day; later than `begins`.
        weekdays: the days at work, Monday being 0; at least one.
        free: days on which nobody works, whatever weekday they are.
    """

    zone: str = "UTC"
    begins: dt.time = dt.time(9)
    ends: dt.time = dt.time(17)
    weekdays: frozenset[int] = WORKING_WEEK
    free: frozenset[dt.date] = frozenset()

    def one_day(self) -> dt.timedelta:
        """Return how long a working day is by the clock on the wall."""
        day = dt.date.min
        return dt.datetime.combine(day, self.ends) - dt.datetime.combine(day, self.begins)

    def local_day(self, at: dt.datetime) -> dt.date:
        """Return the day that a moment falls on where the firm is."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def is_open(self, at: dt.datetime) -> bool:
        """Say whether somebody is at work at that moment."""
        begins, ends = next(self._spells(at))
        return begins <= at < ends

    def after(self, at: dt.datetime, work: dt.timedelta) -> dt.datetime:
        """Return the moment, in UTC, at which `work` of business hours have passed since `at`."""
        left = work
        for begins, ends in self._spells(at):
            begin = max(begins, at)
            if left <= ends - begin:
                return begin + left
            left -= ends - begin
        raise AssertionError("Working days do not end.")  # pragma: no cover

    def between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Return the business hours that lie between two moments; none if `end` comes first."""
        total = dt.timedelta()
        for begins, ends in self._spells(start):
            begin = max(begins, start)
            if begin >= end:
                return total
            total += min(ends, end) - begin
        raise AssertionError("Working days do not end.")  # pragma: no cover

    def due(self, at: dt.datetime, *, safety: bool) -> dt.datetime:
        """Return when what came `at` wants an answer: four hours for safety, else one day."""
        return self.after(at, SAFETY if safety else self.one_day())

    def _spells(self, since: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Yield begin and end, in UTC, of each working day that is not over at `since`."""
        zone = ZoneInfo(self.zone)
        day = self.local_day(since)
        while True:
            if day.weekday() in self.weekdays and day not in self.free:
                # Each in UTC by itself: a day on which the clocks change is longer or shorter.
                begins = dt.datetime.combine(day, self.begins, zone).astimezone(dt.UTC)
                ends = dt.datetime.combine(day, self.ends, zone).astimezone(dt.UTC)
                if ends > max(since, begins):
                    yield begins, ends
            day += dt.timedelta(days=1)

"""When a digest is due: each member's own day and hour, in their own time zone.

Exactly one per due local date. An hour that the clocks skip counts as the next valid minute; an
hour that comes twice counts the first time (PEP 495: ``fold=0``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

STEP = {"daily": 1, "weekly": 7, "fortnightly": 14}
_MONDAY = dt.date(2026, 1, 5)  # fortnights are counted from here


@dataclass(frozen=True)
class Rhythm:
    """How often (``daily``, ``weekly``, ``fortnightly``, ``off``), on which day, at which hour.

    `weekday` counts from 0, Monday; `hour` is local to `zone`, an IANA name.
    """

    cadence: str
    weekday: int
    hour: int
    zone: str


def due_period(rhythm: Rhythm, at: dt.datetime) -> dt.date | None:
    """Return the local date whose digest is due at a moment, or None.

    A digest is due from its hour until the end of that local day; a later one is not made up.

    Args:
        rhythm: the member's wish.
        at: the moment, with a zone.
    """
    if rhythm.cadence not in STEP:
        return None
    local = at.astimezone(ZoneInfo(rhythm.zone))
    today = local.date()
    if not _is_day(rhythm, today) or at < due_moment(rhythm, today):
        return None
    return today


def due_moment(rhythm: Rhythm, day: dt.date) -> dt.datetime:
    """Return the moment, in UTC, at which the digest of a local date is due."""
    zone = ZoneInfo(rhythm.zone)
    wanted = dt.datetime.combine(day, dt.time(rhythm.hour), zone)
    # A wall time that does not exist moves when it is taken to UTC and back: take the one there is.
    real = wanted.astimezone(dt.UTC).astimezone(zone)
    if real.replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return wanted.astimezone(dt.UTC)
    return _first_valid(wanted, zone)


def _first_valid(wanted: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    for minute in range(1, 26 * 60):
        later = (wanted.replace(tzinfo=None) + dt.timedelta(minutes=minute)).replace(tzinfo=zone)
        back = later.astimezone(dt.UTC).astimezone(zone)
        if back.replace(tzinfo=None) == later.replace(tzinfo=None):
            return later.astimezone(dt.UTC)
    raise ValueError(f"{zone} has no hour after {wanted}.")


def _is_day(rhythm: Rhythm, day: dt.date) -> bool:
    if rhythm.cadence == "daily":
        return True
    if day.weekday() != rhythm.weekday:
        return False
    return rhythm.cadence == "weekly" or (day - _MONDAY).days // 7 % 2 == 0

"""Which day it is for a firm, and the days that an introduction counts."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from coachhub.core.db import db, now
from coachhub.core.tenancy import current_firm_id
from coachhub.firms.models import Firm

REMIND_AFTER = dt.timedelta(days=3)
EXPIRE_AFTER = dt.timedelta(days=7)
# A door that a member asked for is looked for this long, whatever single givers say meanwhile.
SEARCH_FOR = dt.timedelta(days=14)
PAUSE_BEFORE_NEXT_GIVER = dt.timedelta(days=1)
PROMISE_DAYS = 7
LONGEST_PROMISE_DAYS = 90
LATER_DAYS = 14
LONGEST_LATER_DAYS = 180


def today() -> dt.date:
    """Return today's date in the time zone of the firm whose scope is open."""
    return day_of(now())


def day_of(moment: dt.datetime) -> dt.date:
    """Return the date of a moment in the time zone of the firm whose scope is open."""
    zone = ZoneInfo(db.session.get_one(Firm, current_firm_id()).timezone)
    return moment.astimezone(zone).date()


def in_days(days: int) -> dt.date:
    """Return the date that many days from today."""
    return today() + dt.timedelta(days=days)

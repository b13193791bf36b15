"""No domain gets more than so many mails a minute, however many firms write to it.

The generic cell rate algorithm (ITU-T I.371): each mail moves the domain's `free_at` on by one
interval; a domain that is more than a minute ahead waits.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import insert

from coachhub.core.db import db, now
from coachhub.mail.models import Pace

AHEAD = dt.timedelta(minutes=1)


def ahead() -> ScalarSelect[str]:
    """Return the query of the domains that have to wait."""
    return select(Pace.domain).where(Pace.free_at > now() + AHEAD).scalar_subquery()


def count(domain: str, a_minute: int) -> None:
    """Count one mail to a domain; nothing if there is no limit (0)."""
    if not a_minute:
        return
    step = AHEAD / a_minute
    fresh = insert(Pace).values(domain=domain, free_at=now() + step)
    db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[Pace.domain],
            set_={"free_at": func.greatest(Pace.free_at, now()) + step},
        )
    )

"""No domain gets more than so many mails a minute, however many firms write to it.

The generic cell rate algorithm (ITU-T I.371): each mail moves the domain's `free_at` on by one
interval; a domain that is more than a minute ahead waits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import insert

from coachhub.core.db import db, now
from coachhub.mail.models import AccountMail, FirmMail, Pace

Mail = TypeVar("Mail", FirmMail, AccountMail)
AHEAD = dt.timedelta(minutes=1)


def ahead() -> ScalarSelect[str]:
    """Return the query of the domains that have to wait."""
    return select(Pace.domain).where(Pace.free_at > now() + AHEAD).scalar_subquery()


def within(mails: Sequence[Mail], a_minute: int) -> list[Mail]:
    """Return those of some mails that the pace allows now, and count them; all if it is 0.

    The first of each domain always goes: whoever asks has left out the domains that have to wait.
    """
    if not a_minute or not mails:
        return list(mails)
    step, moment = AHEAD / a_minute, now()
    rows = db.session.execute(
        select(Pace.domain, Pace.free_at)
        .where(Pace.domain.in_({mail.domain for mail in mails}))
        .order_by(Pace.domain)
        .with_for_update()
    )
    free = {domain: max(free_at, moment) for domain, free_at in rows}
    allowed = []
    for mail in mails:
        at = free.get(mail.domain, moment)
        if at <= moment + AHEAD:
            allowed.append(mail)
            free[mail.domain] = at + step
    fresh = insert(Pace)
    db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[Pace.domain],
            set_={"free_at": func.greatest(Pace.free_at, fresh.excluded.free_at)},
        ),
        [{"domain": domain, "free_at": at} for domain, at in sorted(free.items())],
    )
    return allowed

"""How firms and the platform's machinery are doing: counts only, never what a firm has in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from coachhub.core.db import db, now
from coachhub.core.jobs import queue
from coachhub.core.tenancy import open_firm_id, scope
from coachhub.firms.models import Firm, Invitation, Membership, PluginFailure
from coachhub.mail.models import AccountMail, FirmMail

DAYS = 7
LATE = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Post:
    """How mails stand: late ones should have left a quarter of an hour ago; others by week."""

    late: int
    failed: int
    in_doubt: int
    bounced: int = 0

    @property
    def trouble(self) -> int:
        """Return how many ask for a look."""
        return self.late + self.failed + self.in_doubt


@dataclass(frozen=True)
class Health:
    """One firm in numbers. `last_seen` is the latest visit of any member, to the hour."""

    members: int
    invited: int
    last_seen: dt.datetime | None
    post: Post
    plugin_failures: int

    @property
    def trouble(self) -> int:
        """Return how many things ask for a look."""
        return self.post.trouble + self.plugin_failures


@dataclass(frozen=True)
class Machinery:
    """The platform's own work: jobs on the queue now and later, and mails about sign-in."""

    jobs_waiting: int
    jobs_later: int
    post: Post


def of_firm(firm: Firm) -> Health:
    """Count one firm; opens its scope."""
    week = now() - dt.timedelta(days=DAYS)
    with scope(firm.id):
        members, last_seen = db.session.execute(
            select(
                func.count().filter(Membership.state == "active"), func.max(Membership.seen_at)
            ).select_from(Membership)
        ).one()
        invited = select(func.count()).where(
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(),
        )
        failures = select(func.coalesce(func.sum(PluginFailure.times), 0)).where(
            PluginFailure.last_at > week
        )
        return Health(
            members,
            db.session.scalar(invited) or 0,
            last_seen,
            _post(FirmMail, week),
            db.session.scalar(failures) or 0,
        )


def of_platform() -> Machinery:
    """Count the platform's own queue and mails."""
    huey = queue().huey
    return Machinery(
        huey.pending_count(),
        huey.scheduled_count(),
        _post(AccountMail, now() - dt.timedelta(days=DAYS)),
    )


def written_lately() -> int:
    """Count the mails written in the last week: the open firm's, or the platform's own."""
    table = FirmMail if open_firm_id() else AccountMail
    recent = table.created_at > now() - dt.timedelta(days=DAYS)
    return db.session.scalar(select(func.count()).select_from(table).where(recent)) or 0


def _post(table: Any, since: dt.datetime) -> Post:
    late = (table.state == "waiting") & (table.due_at < now() - LATE)
    recent = table.created_at > since
    counts = db.session.execute(
        select(
            func.count().filter(late),
            func.count().filter((table.state == "failed") & recent),
            func.count().filter(table.state == "in_doubt"),
            func.count().filter((table.bounced != "") & recent),
        ).select_from(table)
    ).one()
    return Post(*counts)

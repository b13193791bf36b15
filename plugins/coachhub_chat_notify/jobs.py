"""What chat channels do on the queue: post what is due, and look what the day brings."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coachhub.cohorts.hooks import AHEAD
from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.core.words import gettext_noop, in_language
from coachhub.firms.models import Firm
from coachhub_chat_notify import operations, sending
from coachhub_chat_notify.formats import payload
from coachhub_chat_notify.models import Channel
from coachhub_chat_notify.news import message_for

DAY_BEFORE = dt.timedelta(hours=24)
_FRIDAY, _AFTERNOON = 4, 15


@job("chat_notify.deliver")
def deliver(firm_id: UUID, post_id: str) -> None:
    """Post one thing, if it is due; nothing is locked while the service is asked."""
    claimed = operations.claim(UUID(post_id))
    if claimed is None:
        return
    channel, post = claimed
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == channel.cohort_id)).one()
    with in_language(db.session.get_one(Firm, firm_id).language):
        message = message_for(cohort, channel, post)
    if message is None:
        operations.drop(post, gettext_noop("There was nothing to say any more."))
        return
    service, address = channel.service, channel.address
    db.session.commit()
    answer = sending.post(service, address, payload(service, message))
    operations.settle(channel, post, answer)


@job("chat_notify.look", every_minutes=10)
def look(firm_id: UUID) -> None:
    """Put up what is ahead and what the week brought, and take up what a worker left behind."""
    zone = ZoneInfo(db.session.get_one(Firm, firm_id).timezone)
    local = now().astimezone(zone)
    cohorts = db.session.scalars(
        select(Cohort).where(
            Cohort.state == "running",
            Cohort.id.in_(select(Channel.cohort_id).where(Channel.state == "on")),
        )
    ).all()
    for cohort in cohorts:
        for one in (one for many in AHEAD.call(cohort) for one in many):
            if now() < one.starts_at <= now() + DAY_BEFORE:
                operations.announce(cohort.id, "ahead", f"ahead/{one.key}")
        if local.weekday() == _FRIDAY and local.hour >= _AFTERNOON:
            year, week, _day = local.isocalendar()
            operations.announce(cohort.id, "weekly", f"weekly/{year}-{week}")
    for post_id in operations.due():
        deliver.later(firm_id, str(post_id))

"""The one mail of chat channels: that one has stopped, and how to mend it."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import coaches_of
from coachhub.core.db import db, now
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.firms.models import Firm
from coachhub.mail.outbox import Letter, queue_letter
from coachhub_chat_notify.addresses import BY_KEY
from coachhub_chat_notify.models import Channel


def stopped(channel: Channel) -> None:
    """Tell who leads the cohort that nothing is posted in a channel any more."""
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == channel.cohort_id)).one()
    firm = db.session.get_one(Firm, current_firm_id())
    for one in coaches_of(cohort):
        member = one.membership
        person = db.session.get_one(Person, member.person_id)
        queue_letter(
            Letter(
                kind="chat_notify-stopped",
                language=person.language,
                to_address=person.email,
                to_name=member.name,
                once=f"chat_notify/stopped/{channel.id}/{now():%Y%m%d%H%M%S}/{member.id}",
                context={
                    "firm": firm,
                    "cohort": cohort,
                    "name": (member.name.split() or [member.name])[0],
                    "channel": channel.name,
                    "service": BY_KEY[channel.service].label,
                    "problem": channel.problem,
                    "link": absolute("chat_notify.channels", cohort=cohort.slug),
                },
                from_name=firm.sender_name or firm.name,
                membership_id=member.id,
            )
        )

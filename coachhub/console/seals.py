"""Once a month the seal of a firm's audit trail is mailed to its admins.

There it is out of reach of whoever could cut off the trail's end in the database.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from coachhub.core import chain
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.core.links import absolute
from coachhub.core.words import day, in_language
from coachhub.firms.admins import admins
from coachhub.firms.models import Firm
from coachhub.mail.outbox import Letter, queue_letter


@job("console.mail_seals", every_minutes=30)
def MAIL(firm_id: UUID) -> None:  # noqa: N802 - a job is a constant of its room
    """Mail the seal to each admin, once in a month, from the first month after they came."""
    end = chain.head()
    if end is None:
        return
    begun = now().astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    firm = db.session.get_one(Firm, firm_id)
    for admin in admins(since_before=begun):
        with in_language(admin.language):
            queue_letter(
                Letter(
                    kind="audit-seal",
                    to_address=admin.email,
                    to_name=admin.name,
                    once=f"audit-seal/{begun:%Y-%m}/{admin.id}",
                    context={
                        "firm": firm,
                        "name": admin.name,
                        "month": day(begun, "MMMM y"),
                        "seal": str(end),
                        "url": absolute("trail.check"),
                    },
                    membership_id=admin.id,
                )
            )

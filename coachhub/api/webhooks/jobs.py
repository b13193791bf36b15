"""What webhooks do on the queue: tell what is due, once, and again later if nobody took it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from coachhub.api.webhooks import operations
from coachhub.api.webhooks.addresses import AddressError, place_of
from coachhub.api.webhooks.models import Delivery
from coachhub.api.webhooks.signing import body_of, headers_for
from coachhub.core import outward
from coachhub.core.db import db, now
from coachhub.core.jobs import job
from coachhub.core.words import gettext


@job("api.deliver")
def deliver(_firm_id: UUID, delivery_id: str) -> None:
    """Tell one thing, if it is due; nothing is locked while the other side is asked."""
    claimed = operations.claim(UUID(delivery_id))
    if claimed is None:
        return
    webhook, delivery = claimed
    body = body_of(delivery.event, delivery.happened_at, delivery.data)
    headers = headers_for(delivery.message, now(), body, operations.keys_of(webhook))
    headers |= {"Content-Type": "application/json", "User-Agent": "CoachHub"}
    address = webhook.address
    db.session.commit()
    status, problem = None, ""
    try:
        answer = outward.post(place_of(address), body, headers)
    except (outward.OutwardError, AddressError) as error:
        problem = str(error)
    else:
        status = answer.status
        problem = "" if status // 100 == 2 else gettext("It answered %(status)s.", status=status)  # noqa: PLR2004 - success
    operations.settle(webhook, delivery, status, problem)


def _due() -> Select[UUID]:
    return select(Delivery.id).where(Delivery.state == "waiting", Delivery.due_at <= now())


@job("api.deliver_due", every_minutes=5, waits=_due)
def deliver_due(firm_id: UUID) -> None:
    """Take up what a worker left behind, and what is due."""
    for delivery_id in operations.due():
        deliver.later(firm_id, str(delivery_id))

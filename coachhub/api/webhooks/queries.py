"""Reading webhooks and what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from coachhub.api.webhooks.models import Delivery, Webhook
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError


def webhooks() -> Sequence[Webhook]:
    """Return the firm's webhooks by name."""
    return db.session.scalars(select(Webhook).order_by(Webhook.name, Webhook.id)).all()


def find(webhook_id: UUID) -> Webhook:
    """Return one; raises NotFoundError."""
    found = db.session.scalar(select(Webhook).where(Webhook.id == webhook_id))
    if found is None:
        raise NotFoundError
    return found


def deliveries_of(webhook: Webhook) -> Select[Any]:
    """Return the select of what a webhook was told."""
    return select(Delivery).where(Delivery.webhook_id == webhook.id)


def find_delivery(webhook: Webhook, delivery_id: UUID) -> Delivery:
    """Return one thing that it was told; raises NotFoundError."""
    query = deliveries_of(webhook).where(Delivery.id == delivery_id)
    found: Delivery | None = db.session.scalar(query)
    if found is None:
        raise NotFoundError
    return found

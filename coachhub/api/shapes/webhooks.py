"""Webhooks as they are sent and answered."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from coachhub.api.shapes.base import Shape, Short, Text
from coachhub.api.webhooks.addresses import LONGEST

Event = Literal[
    "introduction.introduced", "introduction.kept", "introduction.thanked", "introduction.outcome",
    "round.released", "member.joined", "member.left", "cohort.enrolled", "cohort.enrolment_ended",
    "post.created", "post.closed", "case.decided",
]  # fmt: skip


class WebhookIn(Shape):
    """An address to tell of some events."""

    name: Annotated[Short, Field(min_length=1)]
    url: Annotated[Text, Field(min_length=1, max_length=LONGEST)]
    events: Annotated[tuple[Event, ...], Field(min_length=1)]


class WebhookOut(Shape):
    """A webhook; of its address only as much as is needed to know it again."""

    id: UUID
    name: str
    where: str
    events: list[str]
    state: Literal["on", "off", "stopped"]
    problem: str


class WebhookMade(WebhookOut):
    """A webhook with its secret, which is told this once."""

    secret: str


class DeliveryOut(Shape):
    """One thing that a webhook was told, and what it answered."""

    id: UUID
    message_id: str
    event: str
    happened_at: dt.datetime
    state: Literal["waiting", "delivered", "failed", "dropped"]
    tries: int
    answered: int | None
    problem: str

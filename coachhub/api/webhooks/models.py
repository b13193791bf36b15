"""Rows of webhooks: where they go, and each thing that was told."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted

WEBHOOK_STATES = ("on", "off", "stopped")
DELIVERY_STATES = ("waiting", "delivered", "failed", "dropped")


class Webhook(FirmScoped):
    """An address that a firm wants to be told at, and of what.

    `old_secret` signs too until `old_secret_until`, so that the other side can change over.
    ``stopped`` is what days of failing do; `failing_since` is when they began.
    """

    __tablename__ = "api_webhook"
    __table_args__ = (one_of(*WEBHOOK_STATES, column="state"),)

    made_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    name: Mapped[str]
    address: Mapped[str] = mapped_column(Encrypted)
    secret: Mapped[str] = mapped_column(Encrypted)
    old_secret: Mapped[str] = mapped_column(Encrypted, default="")
    old_secret_until: Mapped[dt.datetime | None]
    events: Mapped[list[str]]
    state: Mapped[str] = mapped_column(default="on")
    problem: Mapped[str] = mapped_column(default="")
    failing_since: Mapped[dt.datetime | None]


class Delivery(FirmScoped):
    """One thing that one webhook is told; the same `message` is told only once each."""

    __tablename__ = "api_delivery"
    __table_args__ = (
        UniqueConstraint("firm_id", "webhook_id", "message"),
        one_of(*DELIVERY_STATES, column="state"),
        Index(
            "ix_api_delivery_waiting",
            "firm_id",
            "due_at",
            postgresql_where=column("state") == "waiting",
        ),
    )

    webhook_id: Mapped[UUID] = points_to("api_webhook")
    message: Mapped[str]
    event: Mapped[str]
    happened_at: Mapped[dt.datetime]
    data: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    answered: Mapped[int | None]
    problem: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[dt.datetime | None]

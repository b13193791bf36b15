"""Channels that a cohort is told about in, and what was posted there."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted

SERVICES = ("slack", "teams", "discord")
EVENTS = ("round", "ahead", "weekly", "ask", "joined", "introduced", "outcome")


class Channel(FirmScoped):
    """A channel, under the incoming webhook address that its service gave out.

    Whoever has the address can post there, so it is kept encrypted and never shown whole again.
    `events` says what is posted; `names` whether members are named. ``stopped`` is what too many
    failures do, with the reason in `problem`.
    """

    __tablename__ = "chat_notify_channel"
    __table_args__ = (
        one_of(*SERVICES, column="service"),
        one_of("on", "off", "stopped", column="state"),
    )

    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    made_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    name: Mapped[str]
    service: Mapped[str]
    address: Mapped[str] = mapped_column(Encrypted)
    events: Mapped[list[str]] = mapped_column(default=list)
    names: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="on")
    problem: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    posted_at: Mapped[dt.datetime | None]

    def event_is_off(self, event: str) -> bool:
        """Say whether the channel does not hear of an event."""
        return self.state != "on" or event not in self.events


class Post(FirmScoped):
    """One thing to post in a channel, once. Its words are made when it is sent, not before.

    `once` is what it is about, as in ``round/…``; `about_id` the thing itself, `owner_id` the
    member it comes from, if it comes from one.
    """

    __tablename__ = "chat_notify_post"
    __table_args__ = (
        UniqueConstraint("firm_id", "channel_id", "once"),
        one_of("waiting", "posted", "failed", "dropped", column="state"),
    )

    channel_id: Mapped[UUID] = points_to("chat_notify_channel")
    event: Mapped[str]
    once: Mapped[str]
    about_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None] = points_to("firms_membership")
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime]
    problem: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[dt.datetime | None]

"""Digests: one per member and period, and how each member wants them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to


class DigestPreference(FirmScoped):
    """When a member wants the digest: how often, on which weekday (0 Monday), at which hour.

    The hour is local to `timezone`, an IANA name.
    """

    __tablename__ = "digests_preference"
    __table_args__ = (
        UniqueConstraint("firm_id", "membership_id"),
        one_of("cohort", "off", "daily", "weekly", "fortnightly", column="cadence"),
    )

    membership_id: Mapped[UUID] = points_to("firms_membership")
    cadence: Mapped[str] = mapped_column(default="cohort")
    weekday: Mapped[int] = mapped_column(default=0)
    hour: Mapped[int] = mapped_column(default=8)
    timezone: Mapped[str]
    leave_token_hash: Mapped[str] = mapped_column(unique=True)


class Digest(FirmScoped):
    """One member's digest for one period; the unique key makes a second one impossible.

    Either `mail_id` names the mail in the outbox, or `skipped` says why there is none; both where
    somebody stopped it before it went out.
    """

    __tablename__ = "digests_digest"
    __table_args__ = (UniqueConstraint("firm_id", "membership_id", "period"),)

    membership_id: Mapped[UUID] = points_to("firms_membership")
    period: Mapped[dt.date] = mapped_column(Date)
    items: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    skipped: Mapped[str] = mapped_column(default="")
    mail_id: Mapped[UUID | None] = points_to("mail_firm_mail", ondelete="SET NULL")


class DigestWatch(FirmScoped):
    """Until when a firm's digests have been looked after: one row for each firm.

    What was due in a gap that spans the end of its day was not written, and is told as missed.
    """

    __tablename__ = "digests_watch"
    __table_args__ = (UniqueConstraint("firm_id"),)

    until: Mapped[dt.datetime]

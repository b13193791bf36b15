"""Rows of roster sync: what a firm's directory says of people and cohorts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, now, points_to


class SyncedPerson(FirmScoped):
    """Somebody in a firm's directory: invited, or a member by now.

    `said` is what the directory said, as it said it; the columns beside it are for finding, user
    name and address in small letters. The address is the directory's: the person's own, by which
    they sign in, is not changed by it. `cohort_ids` are those that wait for them to join.
    """

    __tablename__ = "api_synced_person"
    __table_args__ = (
        UniqueConstraint("firm_id", "membership_id"),
        UniqueConstraint("firm_id", "user_name"),
        Index("ix_api_synced_person_address", "firm_id", "address"),
    )

    membership_id: Mapped[UUID | None] = points_to("firms_membership")
    user_name: Mapped[str]
    address: Mapped[str]
    external_id: Mapped[str] = mapped_column(default="")
    display_name: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cohort_ids: Mapped[list[str]] = mapped_column(default=list)
    updated_at: Mapped[dt.datetime] = mapped_column(default=now)


class SyncedGroup(FirmScoped):
    """What a firm's directory calls a cohort."""

    __tablename__ = "api_synced_group"
    __table_args__ = (UniqueConstraint("firm_id", "cohort_id"),)

    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    external_id: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[dt.datetime] = mapped_column(default=now)

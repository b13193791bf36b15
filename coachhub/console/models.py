"""Rows of the console: views that moderators keep, what was decided together, notes on members."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, points_to


class SavedView(FirmScoped):
    """Filters of the queue under a name, one moderator's own or shared with all of the firm."""

    __tablename__ = "console_saved_view"
    __table_args__ = (UniqueConstraint("firm_id", "owner_id", "name"),)

    owner_id: Mapped[UUID] = points_to("firms_membership")
    name: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=False)
    # The part of the queue's address behind the question mark.
    filters: Mapped[dict[str, Any]]


class Together(FirmScoped):
    """Cases that one moderator decided in one go, and what became of each.

    `results` has one entry for each case, in order: its id, whether it was done, a sentence if it
    was not, and whether it was undone. No words of anybody.
    """

    __tablename__ = "console_together"

    by_id: Mapped[UUID] = points_to("firms_membership")
    outcome: Mapped[str]
    rule: Mapped[str]
    effect: Mapped[str]
    results: Mapped[list[dict[str, Any]]]
    undo_until: Mapped[dt.datetime]
    undone_at: Mapped[dt.datetime | None]


class MemberNote(FirmScoped):
    """What a moderator wants other moderators to know about a member."""

    __tablename__ = "console_member_note"

    member_id: Mapped[UUID] = points_to("firms_membership")
    by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    text: Mapped[str]

"""Notes: one row each, seen by their owner alone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, points_to


class Note(FirmScoped):
    """What a member wants to remember."""

    __tablename__ = "outcomes_note"

    owner_id: Mapped[UUID] = points_to("firms_membership")
    text: Mapped[str] = mapped_column(default="")

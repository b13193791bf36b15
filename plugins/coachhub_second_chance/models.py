"""Second chances: what the member noted, the letters they wrote, the next touches."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted

ENDS = ("", "stopped", "back", "closed")


class Chance(FirmScoped):
    """One company that said no and stays a target. Its words are seen by its owner alone.

    `ended` says why it rests: the member ``stopped`` it, they are ``back`` in touch (the target's
    stage moved on), or the target was ``closed``.
    """

    __tablename__ = "second_chance_chance"
    __table_args__ = (
        UniqueConstraint("firm_id", "target_id"),
        one_of(*ENDS, column="ended"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    target_id: Mapped[UUID] = points_to("board_target")
    role: Mapped[str] = mapped_column(Encrypted, default="")
    went_well: Mapped[str] = mapped_column(Encrypted, default="")
    met: Mapped[str] = mapped_column(Encrypted, default="")
    learned: Mapped[str] = mapped_column(Encrypted, default="")
    can_offer: Mapped[str] = mapped_column(Encrypted, default="")
    to_name: Mapped[str] = mapped_column(Encrypted, default="")
    to_email: Mapped[str] = mapped_column(Encrypted, default="")
    sent_on: Mapped[dt.date | None] = mapped_column(Date)
    ended: Mapped[str] = mapped_column(default="")


class Version(FirmScoped):
    """A letter as it was kept once; numbers count from 1, the highest is the present one."""

    __tablename__ = "second_chance_version"
    __table_args__ = (UniqueConstraint("firm_id", "chance_id", "number"),)

    chance_id: Mapped[UUID] = points_to("second_chance_chance")
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(Encrypted, default="")
    text: Mapped[str] = mapped_column(Encrypted, default="")


class Touch(FirmScoped):
    """A day on which the member wants to be in touch again, and what became of it."""

    __tablename__ = "second_chance_touch"
    __table_args__ = (one_of("due", "done", "stopped", column="state"),)

    chance_id: Mapped[UUID] = points_to("second_chance_chance")
    due_on: Mapped[dt.date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(default="due")
    done_on: Mapped[dt.date | None] = mapped_column(Date)

"""Landings, what led there, and the counts that reports are made of."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Date, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted
from coachhub.moderation.models import CONTENT_STATES, Moderated
from coachhub_outcomes.grains import KINDS

WORK = ("employed", "contract", "own", "learning", "other")
SHOWN_TO = ("me", "coach", "group")


class Landing(Moderated, FirmScoped):
    """What a member tells of their new work, and to whom: themselves, their coach, the group."""

    __tablename__ = "outcomes_landing"
    __table_args__ = (
        UniqueConstraint("firm_id", "owner_id"),
        one_of(*CONTENT_STATES, column="moderation"),
        one_of(*WORK, column="work"),
        one_of(*SHOWN_TO, column="shown_to"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    work: Mapped[str]
    starts_on: Mapped[dt.date | None] = mapped_column(Date)
    role: Mapped[str] = mapped_column(Encrypted, default="")
    company: Mapped[str] = mapped_column(Encrypted, default="")
    words: Mapped[str] = mapped_column(Encrypted, default="")
    shown_to: Mapped[str] = mapped_column(default="me")


class Cause(Moderated, FirmScoped):
    """One thing that led to a landing, confirmed by the member: an introduction, a person, a way.

    `kind` is the introduction's kind, or other; `way` names what was none of these. `thanks` is
    what the helper reads, once it was sent.
    """

    __tablename__ = "outcomes_cause"
    __table_args__ = (
        UniqueConstraint("firm_id", "landing_id", "introduction_id"),
        one_of(*CONTENT_STATES, column="moderation"),
        one_of(*KINDS, column="kind"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    landing_id: Mapped[UUID] = points_to("outcomes_landing")
    kind: Mapped[str] = mapped_column(default="other")
    way: Mapped[str] = mapped_column(default="")
    introduction_id: Mapped[UUID | None] = points_to(
        "introductions_introduction", ondelete="SET NULL"
    )
    helper_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    thanks: Mapped[str] = mapped_column(Encrypted, default="")
    thanked_at: Mapped[dt.datetime | None]


class CountedGrain(FirmScoped):
    """A grain of the report, see `grains.Grain`: made once, never changed, without a name."""

    __tablename__ = "outcomes_grain"

    measure: Mapped[str]
    cohorts: Mapped[list[str]]
    first: Mapped[int]
    last: Mapped[int]
    size: Mapped[int]
    shares: Mapped[dict[str, Any]] = mapped_column(default=dict)
    weeks: Mapped[list[int]] = mapped_column(JSONB, default=list)


class Counted(FirmScoped):
    """That a member or an introduction is in a grain, so that it is counted once."""

    __tablename__ = "outcomes_counted"
    __table_args__ = (
        UniqueConstraint("firm_id", "measure", "member_id"),
        UniqueConstraint("firm_id", "measure", "introduction_id"),
    )

    measure: Mapped[str]
    grain_id: Mapped[UUID] = points_to("outcomes_grain")
    member_id: Mapped[UUID | None] = points_to("firms_membership")
    introduction_id: Mapped[UUID | None] = points_to("introductions_introduction")

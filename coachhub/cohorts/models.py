"""Rows of the cohorts room."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to

RIVAL_RULES = ("tell", "share", "first")
CADENCES = ("off", "daily", "weekly", "fortnightly")


class Cohort(FirmScoped):
    """A group led by one or more coaches, with the coach's rules for its rounds.

    `rivals` says what happens when two members are after the same role at one company: ``tell``
    both, ``share`` knowledge but not the vacancy, or one goes ``first``. Caps are introductions
    per member and round.
    """

    __tablename__ = "cohorts_cohort"
    __table_args__ = (
        UniqueConstraint("firm_id", "slug"),
        one_of(*RIVAL_RULES, column="rivals"),
        one_of(*CADENCES, column="cadence"),
        one_of("running", "closed", column="state"),
    )

    name: Mapped[str]
    slug: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="running")
    rivals: Mapped[str] = mapped_column(default="share")
    cadence: Mapped[str] = mapped_column(default="weekly")
    max_ring: Mapped[int] = mapped_column(default=4)
    max_chain: Mapped[int] = mapped_column(default=0)
    give_cap: Mapped[int] = mapped_column(default=2)
    receive_cap: Mapped[int] = mapped_column(default=2)


class Enrolment(FirmScoped):
    """A membership in a cohort, as a member or as a coach who leads it.

    `waited` counts the released rounds since this member last received something.
    """

    __tablename__ = "cohorts_enrolment"
    __table_args__ = (
        UniqueConstraint("firm_id", "cohort_id", "membership_id"),
        one_of("member", "coach", column="role"),
        one_of("active", "ended", column="state"),
    )

    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    membership_id: Mapped[UUID] = points_to("firms_membership")
    role: Mapped[str] = mapped_column(default="member")
    state: Mapped[str] = mapped_column(default="active")
    waited: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[dt.datetime | None]

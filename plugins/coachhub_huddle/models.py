"""A cohort's weekly huddle: when it is, what is talked about, who came, what was set for home."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import Date, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted
from coachhub.moderation.models import CONTENT_STATES, Moderated

ATTENDED = ("there", "away", "excused")
KINDS = ("assets", "targets", "pitch", "free")
HAND_IN_STATES = ("handed_in", "reviewed", "back")


class Series(FirmScoped):
    """When a cohort meets: a weekday (0 is Monday), a time as the clock shows it in `timezone`."""

    __tablename__ = "huddle_series"
    __table_args__ = (UniqueConstraint("firm_id", "cohort_id"),)

    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    title: Mapped[str]
    weekday: Mapped[int]
    at: Mapped[dt.time] = mapped_column(Time)
    timezone: Mapped[str]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[dt.datetime | None]


class Huddle(FirmScoped):
    """One meeting of a series: the one of a week, whose Monday is `week_of`.

    `sequence` rises with every change that a calendar must take over (RFC 5545), `changed_at` says
    when it last did. `moved` was set by hand and does not follow the series; `ended` was cancelled
    because the series ended. `left_out` names what the coach took off the drawn agenda. `step` is
    what the room's screen shows, while `presenting` is on.
    """

    __tablename__ = "huddle_huddle"
    __table_args__ = (UniqueConstraint("firm_id", "series_id", "week_of"),)

    series_id: Mapped[UUID] = points_to("huddle_series")
    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    week_of: Mapped[dt.date] = mapped_column(Date)
    starts_at: Mapped[dt.datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    uid: Mapped[str]
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[dt.datetime]
    moved: Mapped[bool] = mapped_column(default=False)
    cancelled_at: Mapped[dt.datetime | None]
    ended: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(default="")
    left_out: Mapped[list[str]] = mapped_column(default=list)
    step: Mapped[int] = mapped_column(default=1)
    presenting_at: Mapped[dt.datetime | None]
    reminded_at: Mapped[dt.datetime | None]

    @property
    def ends_at(self) -> dt.datetime:
        """Return when it is over."""
        return self.starts_at + dt.timedelta(minutes=self.minutes)


class Line(Moderated, FirmScoped):
    """A line that the coach wrote on an agenda."""

    __tablename__ = "huddle_line"
    __table_args__ = (one_of(*CONTENT_STATES, column="moderation"),)

    huddle_id: Mapped[UUID] = points_to("huddle_huddle")
    owner_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    text: Mapped[str]
    position: Mapped[int]


class Attendance(FirmScoped):
    """Whether a member was at a huddle: there, away, or excused beforehand."""

    __tablename__ = "huddle_attendance"
    __table_args__ = (
        UniqueConstraint("firm_id", "huddle_id", "membership_id"),
        one_of(*ATTENDED, column="state"),
    )

    huddle_id: Mapped[UUID] = points_to("huddle_huddle")
    membership_id: Mapped[UUID] = points_to("firms_membership")
    state: Mapped[str]


class Homework(Moderated, FirmScoped):
    """What the coach sets for the whole cohort, until a day."""

    __tablename__ = "huddle_homework"
    __table_args__ = (
        one_of(*CONTENT_STATES, column="moderation"),
        one_of(*KINDS, column="kind"),
    )

    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    owner_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    due_on: Mapped[dt.date] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(default=0)
    withdrawn_at: Mapped[dt.datetime | None]


class HandIn(Moderated, FirmScoped):
    """What a member handed in. Its owner and the coaches read it, nobody else."""

    __tablename__ = "huddle_hand_in"
    __table_args__ = (
        UniqueConstraint("firm_id", "homework_id", "owner_id"),
        one_of(*CONTENT_STATES, column="moderation"),
        one_of(*HAND_IN_STATES, column="state"),
    )

    homework_id: Mapped[UUID] = points_to("huddle_homework")
    owner_id: Mapped[UUID] = points_to("firms_membership")
    text: Mapped[str] = mapped_column(default="")
    hook: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="handed_in")
    handed_in_at: Mapped[dt.datetime]
    late_days: Mapped[int] = mapped_column(default=0)
    times: Mapped[int] = mapped_column(default=1)


class Draft(FirmScoped):
    """A line of a hand-in that can become an offer or a target on the board."""

    __tablename__ = "huddle_draft"
    __table_args__ = (one_of("offer", "target", column="post_kind"),)

    hand_in_id: Mapped[UUID] = points_to("huddle_hand_in")
    position: Mapped[int]
    line: Mapped[str]  # as it was handed in
    post_kind: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    field: Mapped[str] = mapped_column(default="")
    post_id: Mapped[UUID | None]  # what it became
    posted_at: Mapped[dt.datetime | None]


class Comment(Moderated, FirmScoped):
    """What a coach said about a hand-in."""

    __tablename__ = "huddle_comment"
    __table_args__ = (
        one_of(*CONTENT_STATES, column="moderation"),
        one_of("reviewed", "back", column="verdict"),
    )

    hand_in_id: Mapped[UUID] = points_to("huddle_hand_in")
    owner_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    text: Mapped[str]
    verdict: Mapped[str]


class Feed(FirmScoped):
    """A member's calendar address, found by its hash, and whether they want reminders by mail."""

    __tablename__ = "huddle_feed"
    __table_args__ = (
        UniqueConstraint("firm_id", "owner_id"),
        UniqueConstraint("firm_id", "token_hash"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    token: Mapped[str] = mapped_column(Encrypted, default="")
    token_hash: Mapped[str | None]
    reminders: Mapped[bool] = mapped_column(default=True)

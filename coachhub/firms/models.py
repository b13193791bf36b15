"""Rows of the firms room."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import Base, FirmScoped, Row, now, one_of, points_to

ROLES = ("member", "coach", "admin")
# They see what others do not: whoever finds an open browser lets nobody in as one of these.
LOOKING_AFTER = frozenset({"coach", "admin"})
LINE_STATES = ("good", "bad", "twice", "here", "invited", "failed", "withdrawn")


class Firm(Row):
    """A tenant: a coaching firm. Its slug is its address, ``/f/<slug>/``."""

    __tablename__ = "firms_firm"
    __table_args__ = (one_of("off", "offered", "required", column="single_sign_on"),)

    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    colour: Mapped[str] = mapped_column(default="#1f6f6b")
    timezone: Mapped[str] = mapped_column(default="America/New_York")
    # What it writes to people outside in, and to whoever was invited and has not chosen yet.
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    sender_name: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    # What the firm decided: hold first posts for a look, and the like. Keys are in `firms.rules`.
    house: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Whether its people sign in with the firm's own provider: ``off``, ``offered`` or ``required``
    # of those at its proven domains. Everything else of it stands in `firms.sso`.
    single_sign_on: Mapped[str] = mapped_column(default="off", server_default="off")


class Seat(Base):
    """That a person belongs to a firm, and nothing more: how sign-in finds their firms.

    The only thing about a person's firms that is known outside the firms' own walls. A membership
    cannot exist without its seat.
    """

    __tablename__ = "firms_seat"

    firm_id: Mapped[UUID] = mapped_column(ForeignKey("firms_firm.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts_person.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Membership(FirmScoped):
    """A person in a firm, with a role and what the group should know of them.

    `titles`, `fields` and `places` say what the member looks for and where.
    """

    __tablename__ = "firms_membership"
    __table_args__ = (
        UniqueConstraint("firm_id", "person_id"),
        ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["firms_seat.firm_id", "firms_seat.person_id"],
            ondelete="CASCADE",
        ),
        one_of(*ROLES, column="role"),
        one_of("active", "suspended", "left", column="state"),
        CheckConstraint("(person_id IS NULL) = (erased_at IS NOT NULL)", name="erased"),
    )

    # None for whoever was erased: such a membership is only there for what others' books say.
    person_id: Mapped[UUID] = mapped_column(nullable=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="member")
    state: Mapped[str] = mapped_column(default="active")
    headline: Mapped[str] = mapped_column(default="")
    titles: Mapped[list[str]] = mapped_column(default=list)
    fields: Mapped[list[str]] = mapped_column(default=list)
    places: Mapped[list[str]] = mapped_column(default=list)
    profile_url: Mapped[str] = mapped_column(default="")
    resume_url: Mapped[str] = mapped_column(default="")
    interests: Mapped[str] = mapped_column(default="")
    # Companies whose people must not hear of this search: names as the member typed them.
    keep_from: Mapped[list[str]] = mapped_column(default=list)
    welcomed_at: Mapped[dt.datetime | None]
    seen_at: Mapped[dt.datetime | None]
    landed_on: Mapped[dt.date | None] = mapped_column(Date)
    # When they said so; what that closed can be told by it, and taken back.
    landed_at: Mapped[dt.datetime | None]
    erased_at: Mapped[dt.datetime | None]


class Invitation(FirmScoped):
    """An invitation by mail, for one address, one role and at most one cohort; used once."""

    __tablename__ = "firms_invitation"
    __table_args__ = (
        UniqueConstraint("firm_id", "token_hash"),
        one_of(*ROLES, column="role"),
    )

    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    cohort_id: Mapped[UUID | None] = points_to("cohorts_cohort")
    invited_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    token_hash: Mapped[str]
    expires_at: Mapped[dt.datetime]
    accepted_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]

    def is_open(self) -> bool:
        """Say whether the invitation can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > now()


class Roster(FirmScoped):
    """A list of people to invite, read from a file: first a preview, then sent, and undone."""

    __tablename__ = "firms_roster"
    __table_args__ = (one_of("preview", "sending", "done", "undone", column="state"),)

    by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    filename: Mapped[str]
    state: Mapped[str] = mapped_column(default="preview")
    ended_at: Mapped[dt.datetime | None]


class RosterLine(FirmScoped):
    """One person of a roster; `told` says what is wrong, or worth knowing.

    Once they are invited, address and name stand in the invitation alone. `written` is how a line
    that cannot be taken begins.
    """

    __tablename__ = "firms_roster_line"
    __table_args__ = (
        UniqueConstraint("firm_id", "roster_id", "line"),
        one_of(*ROLES, column="role"),
        one_of(*LINE_STATES, column="state"),
    )

    roster_id: Mapped[UUID] = points_to("firms_roster")
    line: Mapped[int]
    email: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="member")
    cohort_id: Mapped[UUID | None] = points_to("cohorts_cohort", ondelete="SET NULL")
    state: Mapped[str]
    told: Mapped[str] = mapped_column(default="")
    written: Mapped[str] = mapped_column(default="")
    invitation_id: Mapped[UUID | None] = points_to("firms_invitation", ondelete="SET NULL")


class StaffVisit(FirmScoped):
    """That somebody of the platform's staff looks into the firm: why, until when, and how far.

    They may read; from `writes_since` on they may change things too, for a second reason.
    """

    __tablename__ = "firms_staff_visit"
    __table_args__ = (
        CheckConstraint("until <= created_at + interval '60 minutes'", name="until"),
        CheckConstraint("length(reason) >= 10", name="reason"),
        CheckConstraint("writes_since IS NULL OR length(write_reason) >= 10", name="write_reason"),
        Index(None, "firm_id", "person_id"),
    )

    # No foreign key: it outlives who it speaks of.
    person_id: Mapped[UUID]
    name: Mapped[str]
    reason: Mapped[str]
    until: Mapped[dt.datetime]
    writes_since: Mapped[dt.datetime | None]
    write_reason: Mapped[str] = mapped_column(default="")
    pages: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")

    def is_open(self) -> bool:
        """Say whether they are still let in."""
        return self.ended_at is None and self.until > now()


class PluginSwitch(FirmScoped):
    """Whether a firm has a plugin on, with the firm's settings for it."""

    __tablename__ = "firms_plugin_switch"
    __table_args__ = (UniqueConstraint("firm_id", "plugin"),)

    plugin: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_on: Mapped[bool] = mapped_column(default=True)


class PluginFailure(FirmScoped):
    """That a plugin failed in a hook, how, how often, and when last."""

    __tablename__ = "firms_plugin_failure"
    __table_args__ = (UniqueConstraint("firm_id", "plugin", "hook"),)

    plugin: Mapped[str]
    hook: Mapped[str]
    how: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[dt.datetime]


class PluginTrouble(Base):
    """That a plugin failed in a hook, how and how often, over all firms: for the platform's desk.

    It does not say for which firm: staff mend the plugin, what a firm does with it is the firm's.
    """

    __tablename__ = "firms_plugin_trouble"

    plugin: Mapped[str] = mapped_column(primary_key=True)
    hook: Mapped[str] = mapped_column(primary_key=True)
    how: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[dt.datetime] = mapped_column(default=now)
    last_at: Mapped[dt.datetime] = mapped_column(default=now)

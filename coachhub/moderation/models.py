"""Rows of moderation, and the mixin of every text that can be held back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, column, literal
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to

CONTENT_STATES = ("visible", "quarantined", "returned", "redacted", "removed")


class Moderated:
    """A text that moderation can hold back. Only ``visible`` is shown to anybody but its author.

    Rows that mix this in also need an ``owner_id`` column (who wrote it), and
    ``one_of(*CONTENT_STATES, column="moderation")`` among their table arguments.
    """

    moderation: Mapped[str] = mapped_column(default="visible")


class Case(FirmScoped):
    """Everything about one thing that somebody reported; at most one open case per thing.

    `version` rises with every step, so that two moderators cannot decide the same case.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        one_of("open", "claimed", "decided", column="state"),
        one_of("upheld", "not_upheld", "", column="outcome"),
        Index(
            "uq_moderation_case_open_target",
            "firm_id",
            "target_id",
            unique=True,
            postgresql_where=column("state") != literal("decided", literal_execute=True),
        ),
    )

    target_kind: Mapped[str]
    target_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None] = points_to("cohorts_cohort")
    author_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    evidence: Mapped[str]  # the text as it was when it was reported
    # What guards found, when the author published against their word: `Nudge.finding` each.
    found: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default="open")
    outcome: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[dt.datetime]
    claimed_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")


class Report(FirmScoped):
    """One member's report of one thing; each member reports a thing once per case."""

    __tablename__ = "moderation_report"
    __table_args__ = (UniqueConstraint("firm_id", "case_id", "reporter_id"),)

    case_id: Mapped[UUID] = points_to("moderation_case")
    reporter_id: Mapped[UUID] = points_to("firms_membership")
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class Decision(FirmScoped):
    """What was decided on a case: by whom, under which rule, on which passage, what follows."""

    __tablename__ = "moderation_decision"
    __table_args__ = (
        UniqueConstraint("firm_id", "case_id"),
        one_of("upheld", "not_upheld", column="outcome"),
        one_of("none", "returned", "removed", column="effect"),
    )

    case_id: Mapped[UUID] = points_to("moderation_case")
    decided_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    outcome: Mapped[str]
    rule: Mapped[str]
    passage: Mapped[str] = mapped_column(default="")
    effect: Mapped[str]
    message: Mapped[str] = mapped_column(default="")

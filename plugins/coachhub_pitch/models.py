"""Hooks and pitches, their versions, and what a coach said about a passage."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.moderation.models import CONTENT_STATES, Moderated

KINDS = ("hook", "pitch")
STATES = ("draft", "asked", "looked")


class Pitch(Moderated, FirmScoped):
    """A hook (one sentence) or a pitch. Its words are those of its newest version, `number`.

    Attributes:
        cohort_id: whose coach looks at it, and who may read it once it is shared.
        occasion: for whom or what it is, in the owner's words.
        published_at: when it was first shared; what was never shared cannot be reported.
        seen_at: when the owner last opened it; what the coach said since then is news.
        runs, best_seconds, last_seconds: how often it was said aloud, the run closest to the
            goal, and the last one.
    """

    __tablename__ = "pitch_pitch"
    __table_args__ = (
        one_of(*KINDS, column="kind"),
        one_of(*STATES, column="state"),
        one_of(*CONTENT_STATES, column="moderation"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    cohort_id: Mapped[UUID | None] = points_to("cohorts_cohort", ondelete="SET NULL")
    kind: Mapped[str]
    occasion: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="draft")
    asked_at: Mapped[dt.datetime | None]
    looked_at: Mapped[dt.datetime | None]
    seen_at: Mapped[dt.datetime | None]
    shared: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[dt.datetime | None]
    runs: Mapped[int] = mapped_column(default=0)
    best_seconds: Mapped[int | None]
    last_seconds: Mapped[int | None]


class Version(FirmScoped):
    """The words as they were saved once; `note` says where they came from."""

    __tablename__ = "pitch_version"
    __table_args__ = (UniqueConstraint("firm_id", "pitch_id", "number"),)

    pitch_id: Mapped[UUID] = points_to("pitch_pitch")
    number: Mapped[int]
    text: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class Comment(Moderated, FirmScoped):
    """What a coach said about a passage, or about the whole (empty `quote`).

    `start` is where the passage began in version `number`; `passages.find` finds it in another.
    """

    __tablename__ = "pitch_comment"
    __table_args__ = (one_of(*CONTENT_STATES, column="moderation"),)

    pitch_id: Mapped[UUID] = points_to("pitch_pitch")
    owner_id: Mapped[UUID] = points_to("firms_membership")
    number: Mapped[int]
    quote: Mapped[str] = mapped_column(default="")
    start: Mapped[int] = mapped_column(default=0)
    text: Mapped[str]
    done_at: Mapped[dt.datetime | None]

"""What members post."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted
from coachhub.moderation.models import CONTENT_STATES, Moderated

VISIT_STEPS = ("seek", "give", "offers", "people", "done")
STAGES = ("wish", "reaching_out", "talking", "interviewing", "offer", "no", "landed")


class Posted(Moderated):
    """What every post has: whose it is, on which cohort's board, until when."""

    @declared_attr
    def cohort_id(cls) -> Mapped[UUID]:  # noqa: N805 - a declared attribute receives its class
        """Return the cohort on whose board it stands."""
        return points_to("cohorts_cohort")

    @declared_attr
    def owner_id(cls) -> Mapped[UUID]:  # noqa: N805 - a declared attribute receives its class
        """Return the membership that posted it."""
        return points_to("firms_membership")

    expires_on: Mapped[dt.date] = mapped_column(Date)
    closed_at: Mapped[dt.datetime | None]
    # Rises with every edit: two tabs cannot overwrite each other, and moderation sees a change.
    revision: Mapped[int] = mapped_column(default=1)


class Target(Posted, FirmScoped):
    """A company that a member wants to reach. `weight` is how much it matters, 1 to 3."""

    __tablename__ = "board_target"
    __table_args__ = (
        one_of(*CONTENT_STATES, column="moderation"),
        one_of(*STAGES, column="stage"),
        Index(None, "firm_id", "company_id", "cohort_id"),
    )

    company_id: Mapped[UUID] = points_to("companies_company", ondelete="RESTRICT")
    roles: Mapped[str] = mapped_column(default="")
    learn: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="wish")
    weight: Mapped[int] = mapped_column(default=2)
    next_touch_on: Mapped[dt.date | None] = mapped_column(Date)


class Offer(Posted, FirmScoped):
    """An asset that a member puts on the board. `kind` is one of `board.kinds.OFFER_KINDS`."""

    __tablename__ = "board_offer"
    __table_args__ = (
        one_of(*CONTENT_STATES, column="moderation"),
        Index(None, "firm_id", "company_id", "cohort_id"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    company_id: Mapped[UUID | None] = points_to("companies_company", ondelete="RESTRICT")
    field: Mapped[str] = mapped_column(default="")
    topics: Mapped[list[str]] = mapped_column(default=list)


class Ask(Posted, FirmScoped):
    """A specific request for help. `kind` is the kind of offer that would answer it."""

    __tablename__ = "board_ask"
    __table_args__ = (one_of(*CONTENT_STATES, column="moderation"),)

    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    company_id: Mapped[UUID | None] = points_to("companies_company", ondelete="RESTRICT")
    field: Mapped[str] = mapped_column(default="")
    topics: Mapped[list[str]] = mapped_column(default=list)


class Lead(Posted, FirmScoped):
    """An opening or a recruiter's search that fits somebody else. `source` stays private."""

    __tablename__ = "board_lead"
    __table_args__ = (
        one_of(*CONTENT_STATES, column="moderation"),
        one_of("opening", "recruiter", column="kind"),
    )

    kind: Mapped[str]
    title: Mapped[str]  # the role
    body: Mapped[str] = mapped_column(default="")
    company_id: Mapped[UUID | None] = points_to("companies_company", ondelete="RESTRICT")
    field: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(Encrypted, default="")


class FirstVisit(FirmScoped):
    """How far a newcomer is in telling a cohort about themselves, and what they have typed so far.

    `told` keeps what stands in the fields of each step, `drafts` the offers that were drafted and
    not posted yet: whoever leaves finds all of it again.
    """

    __tablename__ = "board_first_visit"
    __table_args__ = (
        UniqueConstraint("firm_id", "membership_id", "cohort_id"),
        one_of(*VISIT_STEPS, column="step"),
    )

    membership_id: Mapped[UUID] = points_to("firms_membership")
    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    step: Mapped[str] = mapped_column(default="seek")
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    drafts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class CompanyNote(FirmScoped):
    """What a member keeps in mind about a company; for their own eyes."""

    __tablename__ = "board_company_note"

    owner_id: Mapped[UUID] = points_to("firms_membership")
    company_id: Mapped[UUID] = points_to("companies_company")
    text: Mapped[str] = mapped_column(Encrypted)

"""Rows of moderation, and the mixin of every text that can be held back.

The database itself refuses a step that is none: see migration 0029 for texts, cases and appeals.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, column, literal
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to

# Every step begins or ends with ``quarantined``, and every step can be taken back.
CONTENT_STATES = ("visible", "quarantined", "returned", "redacted", "removed")
SHOWN = ("visible", "redacted")  # others see it; of a redacted one, all but the masked passage
OPEN = ("open", "claimed")
CASE_STATES = (*OPEN, "decided", "appealed", "closed")
ORIGINS = ("report", "guard", "first_posts", "penalty", "mended")
OUTCOMES = ("upheld", "not_upheld", "duplicate")
VERDICTS = ("upheld", "amended", "overturned")
EFFECTS = ("none", "message", "returned", "redacted", "removed")
PENALTIES = ("held", "paused", "suspended")
NOTICES = ("case-author", "case-reporter", "case-held", "case-restored", "case-appeal")


class Moderated:
    """A text that moderation can hold back. Only what `is_shown` is seen by others than its author.

    Rows that mix this in also need an ``owner_id`` column (who wrote it),
    ``one_of(*CONTENT_STATES, column="moderation")`` among their table arguments, and in their
    migration the trigger ``content_step`` as in 0029.
    """

    moderation: Mapped[str] = mapped_column(default="visible")

    @hybrid_property
    def is_shown(self) -> bool:
        """Say whether others see it."""
        return self.moderation in SHOWN

    @is_shown.inplace.expression
    @classmethod
    def _is_shown(cls) -> ColumnElement[bool]:
        return cls.moderation.in_(SHOWN)


class Content(FirmScoped):
    """What moderation did to one thing, whatever its kind: the state it is in, and its own words.

    A row is made when the thing is first moved. While words are masked, `kept` holds by field what
    the author wrote and `masked` what stands there instead.
    """

    __tablename__ = "moderation_content"
    __table_args__ = (
        UniqueConstraint("firm_id", "kind", "target_id"),
        one_of(*CONTENT_STATES, column="state"),
    )

    kind: Mapped[str]
    target_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="visible")
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    masked: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Case(FirmScoped):
    """Everything about one thing that has to be looked at; at most one open case per thing.

    ``open → claimed → decided → appealed → closed``; a claim can be given back, and a decision
    undone while nobody has been told. `version` rises by one with every step, so that two
    moderators cannot decide the same case. `outcome` is the decision's, `verdict` the appeal's.
    `origin` says why it is here. From the decision on, the evidence stays as it is.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        one_of(*CASE_STATES, column="state"),
        one_of(*OUTCOMES, "", column="outcome"),
        one_of(*VERDICTS, "", column="verdict"),
        one_of(*ORIGINS, column="origin"),
        CheckConstraint("(outcome = '') = (state IN ('open', 'claimed'))", name="has_outcome"),
        CheckConstraint("(verdict <> '') = (state = 'closed')", name="has_verdict"),
        Index(
            "uq_moderation_case_open_target",
            "firm_id",
            "target_id",
            unique=True,
            postgresql_where=column("state").in_(
                [literal(state, literal_execute=True) for state in OPEN]
            ),
        ),
        Index(None, "firm_id", "target_kind", "target_id"),
        Index(None, "firm_id", "state", "due_at"),
    )

    target_kind: Mapped[str]
    target_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None] = points_to("cohorts_cohort")
    author_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    label: Mapped[str] = mapped_column(default="")  # as in “the offer ‘Salary data’”
    evidence: Mapped[str]  # the text as it was when it was reported
    # What guards found, when the author published against their word: `Nudge.finding` each.
    found: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    origin: Mapped[str] = mapped_column(default="report")
    state: Mapped[str] = mapped_column(default="open")
    outcome: Mapped[str] = mapped_column(default="")
    verdict: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[dt.datetime]
    claimed_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    claimed_at: Mapped[dt.datetime | None]


class Report(FirmScoped):
    """One member's report of one thing; each member reports a thing once per case."""

    __tablename__ = "moderation_report"
    __table_args__ = (UniqueConstraint("firm_id", "case_id", "reporter_id"),)

    case_id: Mapped[UUID] = points_to("moderation_case")
    reporter_id: Mapped[UUID] = points_to("firms_membership")
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class Decision(FirmScoped):
    """What was decided on a case: by whom, under which rule, on which passage, what follows.

    One decision of a case stands: one that was undone (`undone_at`) or amended after an appeal
    (`replaced_at`) is kept, but counts no more. `person_id` names who decided beyond the
    membership, for “somebody else decides the appeal”; it is empty if a machine decided.
    `text_mark` is the hash of the text that was looked at, `before` the content state it was in.
    """

    __tablename__ = "moderation_decision"
    __table_args__ = (
        Index(
            "uq_moderation_decision_standing",
            "firm_id",
            "case_id",
            unique=True,
            postgresql_where=column("undone_at").is_(None) & column("replaced_at").is_(None),
        ),
        one_of(*OUTCOMES, column="outcome"),
        one_of(*EFFECTS, column="effect"),
        one_of(*CONTENT_STATES, column="before"),
        CheckConstraint("by_machine = (person_id IS NULL)", name="by_machine"),
        CheckConstraint("(effect = 'none') = (outcome = 'not_upheld')", name="what_follows"),
        CheckConstraint("rule <> '' OR outcome = 'not_upheld'", name="rests_on_a_rule"),
        CheckConstraint("(outcome = 'duplicate') = (duplicate_of_id IS NOT NULL)", name="twin"),
    )

    case_id: Mapped[UUID] = points_to("moderation_case")
    decided_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    person_id: Mapped[UUID | None]
    by_machine: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str]
    rule: Mapped[str]
    passage: Mapped[str] = mapped_column(default="")
    effect: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    duplicate_of_id: Mapped[UUID | None] = points_to("moderation_case")
    appeal_id: Mapped[UUID | None]  # the appeal that it answers, if it amends an earlier one
    text_mark: Mapped[str] = mapped_column(default="")
    before: Mapped[str] = mapped_column(default="visible")
    undo_until: Mapped[dt.datetime | None]
    undone_at: Mapped[dt.datetime | None]
    replaced_at: Mapped[dt.datetime | None]
    mended_at: Mapped[dt.datetime | None]  # when the author sent a returned text in again


class Appeal(FirmScoped):
    """The author asks for a second look: once per decision, within 180 days, by somebody else.

    `first_person_id` is filled in by the database from the decision; a row in which the same
    person answers is refused. `at_desk`: nobody else in the firm could decide it.
    """

    __tablename__ = "moderation_appeal"
    __table_args__ = (
        UniqueConstraint("firm_id", "decision_id"),
        one_of(*VERDICTS, "", column="outcome"),
        CheckConstraint("person_id <> first_person_id", name="somebody_else"),
        CheckConstraint("person_id <> author_person_id", name="not_the_author"),
        CheckConstraint("(outcome <> '') = (answered_at IS NOT NULL)", name="answered"),
        CheckConstraint("outcome = '' OR person_id IS NOT NULL", name="answered_by_a_person"),
        Index(None, "firm_id", "outcome", "due_at"),
    )

    case_id: Mapped[UUID] = points_to("moderation_case")
    decision_id: Mapped[UUID] = points_to("moderation_decision")
    author_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    author_person_id: Mapped[UUID]
    first_person_id: Mapped[UUID | None]
    text: Mapped[str]
    due_at: Mapped[dt.datetime]
    at_desk: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    person_id: Mapped[UUID | None]
    answered_at: Mapped[dt.datetime | None]


class Strike(FirmScoped):
    """A breach that is remembered for a while: under which rule, until when. A message is none."""

    __tablename__ = "moderation_strike"
    __table_args__ = (UniqueConstraint("firm_id", "decision_id"),)

    decision_id: Mapped[UUID] = points_to("moderation_decision")
    member_id: Mapped[UUID] = points_to("firms_membership")
    rule: Mapped[str]
    expires_at: Mapped[dt.datetime]
    lifted_at: Mapped[dt.datetime | None]


class Penalty(FirmScoped):
    """What a member may not do for a while, and the decision that it comes from.

    ``held``: what they publish waits for a look. ``paused``: they publish nothing. ``suspended``:
    the firm is closed to them. Lifting one touches no other. Of several that overlap, the one
    that `shuts` is the one by which the membership is suspended now.
    """

    __tablename__ = "moderation_penalty"
    __table_args__ = (
        UniqueConstraint("firm_id", "decision_id", "kind"),
        one_of(*PENALTIES, column="kind"),
        CheckConstraint("ends_at > starts_at", name="takes_time"),
        Index(None, "firm_id", "member_id", "ends_at"),
    )

    decision_id: Mapped[UUID] = points_to("moderation_decision")
    case_id: Mapped[UUID] = points_to("moderation_case")
    member_id: Mapped[UUID] = points_to("firms_membership")
    kind: Mapped[str]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    shuts: Mapped[bool] = mapped_column(default=False)
    lifted_at: Mapped[dt.datetime | None]


class Notice(FirmScoped):
    """That somebody is to be told something, once: by which letter, about what, and when told.

    `about` is the decision, the appeal or the audit entry that the letter speaks of. The letter
    goes into the outbox in the transaction that writes `told_at`.
    """

    __tablename__ = "moderation_notice"
    __table_args__ = (
        UniqueConstraint("firm_id", "kind", "about", "membership_id"),
        one_of(*NOTICES, column="kind"),
        Index(
            "ix_moderation_notice_untold",
            "firm_id",
            "due_at",
            postgresql_where=column("told_at").is_(None),
        ),
    )

    case_id: Mapped[UUID] = points_to("moderation_case")
    kind: Mapped[str]
    about: Mapped[UUID]
    membership_id: Mapped[UUID] = points_to("firms_membership")
    due_at: Mapped[dt.datetime]
    told_at: Mapped[dt.datetime | None]


class NamedSource(FirmScoped):
    """Where an author said that a text comes from, when a guard asked; for moderators.

    `found` holds the passages that it answers: `Nudge.finding` each.
    """

    __tablename__ = "moderation_named_source"
    __table_args__ = (
        one_of("public", "own", "allowed", column="sort"),
        Index("ix_moderation_named_source_target", "firm_id", "target_id"),
    )

    target_kind: Mapped[str]
    target_id: Mapped[UUID]
    author_id: Mapped[UUID] = points_to("firms_membership")
    sort: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    found: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class WatchedWord(FirmScoped):
    """A word or phrase that the firm looks twice at; ``*`` stands for any letters of a word."""

    __tablename__ = "moderation_watched_word"
    __table_args__ = (
        UniqueConstraint("firm_id", "word"),
        one_of("nudge", "hold", column="effect"),
    )

    word: Mapped[str]
    effect: Mapped[str] = mapped_column(default="nudge")

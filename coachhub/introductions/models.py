"""Rounds and introductions."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, FetchedValue, Index, UniqueConstraint, column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted

OPEN_STATES = ("proposed", "giver_asked", "receiver_asked", "outsider_asked", "introduced")
STATES = (
    *OPEN_STATES,
    "kept",
    "let_go",
    "declined",
    "not_now",
    "expired",
    "withdrawn",
    "stopped",
)
ASSETS = ("door", "insider", "offer", "lead", "buddy")
NEEDS = ("target", "ask", "lead")
ORIGINS = ("round", "help", "door", "lead")
OUTCOMES = ("meeting", "interview", "offer", "nothing_yet")


class AlumniDoor(FirmScoped):
    """What somebody who landed said to opening doors: until when, or no (`ended_at`).

    `about` holds their own words; none means anything.
    """

    __tablename__ = "introductions_alumni_door"
    __table_args__ = (UniqueConstraint("firm_id", "membership_id"),)

    membership_id: Mapped[UUID] = points_to("firms_membership")
    asks_a_month: Mapped[int] = mapped_column(default=0)
    about: Mapped[str] = mapped_column(default="")
    until: Mapped[dt.date | None] = mapped_column(Date)
    answered_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]


class MatchSource(FirmScoped):
    """Matches of a cohort as they were derived from one source; see `matching.kept`.

    `matches` are as `matching.candidates.written` gives them. The row called ``ledger`` holds the
    day of the last keeping, and who was there.
    """

    __tablename__ = "introductions_match_source"
    __table_args__ = (UniqueConstraint("firm_id", "cohort_id", "name"),)

    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    name: Mapped[str]
    fingerprint: Mapped[str]
    matches: Mapped[list[Any]] = mapped_column(JSONB)


class BookChange(FirmScoped):
    """That somebody's address book changed since their cohort's matches were kept.

    The database writes these itself, by triggers on contacts and companies. Neither column points
    anywhere: it is written while owner and cohort may be on their way out.
    """

    __tablename__ = "introductions_book_change"
    __table_args__ = (Index(None, "firm_id", "cohort_id", "owner_id"),)

    cohort_id: Mapped[UUID]
    owner_id: Mapped[UUID]


class Round(FirmScoped):
    """A coach's set of introductions for a cohort, first a draft, then released.

    `pinned` and `forbidden` hold match keys (see `introductions.matching.match.Match.key`). Worths
    are in the matches' own unit; `bound` is proven, `worth` can never be above it. `caps` holds
    ``[give, receive]`` by membership where it differs from the round's, `starters` memberships
    that give without return, `weights` a factor by kind of asset. `changes` tells what the coach
    did to the draft and what it cost; `waited_before` is what a release put aside, for its undo.
    `matches` says how many it was chosen from, `unserved` who is left out and in which words,
    `unlocks` what would help most: all as they were when it was worked out. `solving_since` names
    what was asked for, `claimed_at` when a worker took it on, `stage` tells how far that is.
    `cut_to` says what it was cut to, where there was too much to look through. `guests` are
    cohorts that take part by invitation, each with who joined.
    """

    __tablename__ = "introductions_round"
    __table_args__ = (
        UniqueConstraint("firm_id", "cohort_id", "number"),
        one_of("solving", "draft", "released", "dropped", column="state"),
    )

    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    made_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    solving_since: Mapped[dt.datetime | None]
    claimed_at: Mapped[dt.datetime | None]
    released_by: Mapped[str] = mapped_column(default="")
    released_at: Mapped[dt.datetime | None]
    max_ring: Mapped[int]
    max_chain: Mapped[int]
    give_cap: Mapped[int]
    receive_cap: Mapped[int]
    starters: Mapped[list[str]] = mapped_column(default=list)
    caps: Mapped[dict[str, Any]] = mapped_column(default=dict)
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pinned: Mapped[list[str]] = mapped_column(default=list)
    forbidden: Mapped[list[str]] = mapped_column(default=list)
    worth: Mapped[float] = mapped_column(default=0.0)
    bound: Mapped[float] = mapped_column(default=0.0)
    fairness_cost: Mapped[float] = mapped_column(default=0.0)
    served: Mapped[int] = mapped_column(default=0)
    unserved: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    unmet_pins: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    prices: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    waited_before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    matches: Mapped[int] = mapped_column(default=0)
    unlocks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    stage: Mapped[str] = mapped_column(default="")
    cut_to: Mapped[str] = mapped_column(default="")
    guests: Mapped[list[dict[str, Any]]] = mapped_column(default=list)

    def members(self) -> int:
        """Count those who could have received, served or not."""
        return self.served + len(self.unserved)


class Introduction(FirmScoped):
    """One step of a round, or a direct one between two members.

    The order is the law: the giver is asked first, then the receiver, then, for a door, the
    outside contact. `state` says whose turn it is or how it ended; only `life` moves it, and the
    database refuses every step that is not in `steps.TRANSITIONS`. The receiver never learns who
    said no. `ring` numbers the ring or chain inside its round. `origin` says what began it: a
    ``round``, somebody's "I can ``help``", an ask for a ``door``, a ``lead`` passed on.
    """

    __tablename__ = "introductions_introduction"
    __table_args__ = (
        one_of(*STATES, column="state"),
        one_of(*ASSETS, column="asset"),
        one_of(*NEEDS, column="need"),
        one_of(*ORIGINS, column="origin"),
        one_of("", *OUTCOMES, column="outcome_kind"),
        Index(
            "uq_introductions_open_pair_need",
            "firm_id",
            "giver_id",
            "receiver_id",
            "need_id",
            unique=True,
            postgresql_where=column("state").in_(OPEN_STATES[1:]),
        ),
        CheckConstraint(
            "state NOT IN ('introduced', 'kept', 'let_go') OR introduced_at IS NOT NULL"
            " AND due_on IS NOT NULL",
            name="met",
        ),
        CheckConstraint(
            "introduced_at IS NULL OR state IN ('introduced', 'kept', 'let_go', 'stopped')",
            name="not_met",
        ),
        CheckConstraint("(state = 'kept') = (kept_at IS NOT NULL)", name="kept"),
        CheckConstraint(
            "introduced_at IS NOT NULL OR outcome_at IS NULL AND thanked_at IS NULL", name="after"
        ),
        CheckConstraint("state <> 'not_now' OR not_before IS NOT NULL", name="rests"),
        CheckConstraint("giver_id <> receiver_id", name="two"),
    )

    version: Mapped[int] = mapped_column(server_default="1", server_onupdate=FetchedValue())
    cohort_id: Mapped[UUID] = points_to("cohorts_cohort")
    round_id: Mapped[UUID | None] = points_to("introductions_round")
    ring: Mapped[int | None]
    is_chain: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    giver_id: Mapped[UUID] = points_to("firms_membership")
    receiver_id: Mapped[UUID] = points_to("firms_membership")
    need: Mapped[str]
    need_id: Mapped[UUID]
    asset: Mapped[str]
    asset_id: Mapped[UUID | None]  # the offer or lead; for a door the company
    company_id: Mapped[UUID | None] = points_to("companies_company", ondelete="SET NULL")
    worth: Mapped[float] = mapped_column(default=0.0)
    reason: Mapped[str]
    key: Mapped[str]  # the match's key
    origin: Mapped[str] = mapped_column(default="round")
    state: Mapped[str] = mapped_column(default="proposed")
    state_since: Mapped[dt.datetime]
    # When giver and receiver first heard of it: before that it does not exist for them.
    giver_asked_at: Mapped[dt.datetime | None]
    receiver_asked_at: Mapped[dt.datetime | None]
    # For a door that the receiver asked for: the first introduction of the search.
    request_id: Mapped[UUID | None] = mapped_column(index=True)
    # Chosen by the giver on saying yes to a door; shown to nobody before the last consent.
    contact_id: Mapped[UUID | None] = points_to("contacts_contact", ondelete="SET NULL")
    contact_name: Mapped[str] = mapped_column(Encrypted, default="")
    contact_email: Mapped[str] = mapped_column(Encrypted, default="")
    outsider_token_hash: Mapped[str] = mapped_column(default="", index=True)
    gift: Mapped[str] = mapped_column(default="")
    blurb: Mapped[str] = mapped_column(default="")
    not_before: Mapped[dt.date | None] = mapped_column(Date)
    introduced_at: Mapped[dt.datetime | None]
    # The promise: what the giver said they would do, and by when.
    promise: Mapped[str] = mapped_column(default="")
    due_on: Mapped[dt.date | None] = mapped_column(Date)
    reminded: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[dt.datetime | None]
    outcome_kind: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    outcome_at: Mapped[dt.datetime | None]
    thanks: Mapped[str] = mapped_column(default="")
    thanked_at: Mapped[dt.datetime | None]

    __mapper_args__ = {  # noqa: RUF012 - the base declares it as an instance's
        "version_id_col": version,
        "version_id_generator": False,
        "eager_defaults": True,
    }


class Consent(FirmScoped):
    """One answer of one side: yes, no or not now, when, and by which way."""

    __tablename__ = "introductions_consent"
    __table_args__ = (
        UniqueConstraint("firm_id", "introduction_id", "side"),
        one_of("giver", "receiver", "outsider", column="side"),
        one_of("yes", "no", "not_now", column="answer"),
        one_of("page", "link", "mail", column="way"),
    )

    introduction_id: Mapped[UUID] = points_to("introductions_introduction")
    side: Mapped[str]
    answer: Mapped[str]
    way: Mapped[str]
    until: Mapped[dt.date | None] = mapped_column(Date)


class Meeting(FirmScoped):
    """The day that the two of an introduction have set, as their calendars hold it.

    One for each introduction, with one `uid` for good; `sequence` counts every change, so that a
    calendar moves the event instead of adding another. A cancelled one can be set again.
    """

    __tablename__ = "introductions_meeting"
    __table_args__ = (UniqueConstraint("firm_id", "introduction_id"),)

    introduction_id: Mapped[UUID] = points_to("introductions_introduction")
    uid: Mapped[str]
    sequence: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[dt.datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[dt.datetime | None]
    set_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")

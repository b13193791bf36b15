"""Introductions as one side may see them, and what that side can say."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from coachhub.api.shapes.base import Long, Paged, Shape, Text
from coachhub.api.shapes.board import Guarded

Step = Literal[
    "answer", "report", "keep", "thank", "later", "wait", "expect", "kept", "let_go", "said_no",
    "rest", "ended", "stopped",
]  # fmt: skip
Address = Annotated[Text, Field(max_length=320)]
Said = Annotated[Long, Field(min_length=1)]


class IntroductionLine(Shape):
    """An introduction in a list: whose turn it is, and what is next."""

    id: UUID
    cohort_id: UUID
    side: Literal["giver", "receiver"]
    asset: Literal["door", "insider", "offer", "lead", "buddy"]
    origin: Literal["round", "help", "door", "lead"]
    step: Step
    waits_for_me: bool
    title: str
    why: str
    next_step: str
    since: dt.datetime


class Party(Shape):
    """Somebody in it, as far as you may know them; empty as long as you may not."""

    name: str
    headline: str
    email: str
    profile_url: str


class OwnContact(Shape):
    """One of your own contacts whom you could ask."""

    id: UUID
    name: str


class IntroductionOut(IntroductionLine):
    """One introduction, as you may see it. `contacts` are your own, where you could open a door."""

    company: str
    other: Party
    contact: Party
    gift: str
    blurb: str
    promise: str
    due_on: dt.date | None
    late: bool
    later_on: dt.date | None
    introduced_at: dt.datetime | None
    outcome_kind: Literal["", "meeting", "interview", "offer", "nothing_yet"]
    outcome: str
    thanks: str
    contacts: list[OwnContact]


class IntroductionsWanted(Paged):
    """Which introductions: those under way, or those that are over."""

    show: Literal["open", "done"] = "open"


class YesIn(Guarded):
    """Your yes. A giver says `promise` and `due_on`; a receiver `gift` and `blurb`.

    For a door also `contact_id`, and who writes to them: we, to `contact_email` or the address in
    your contacts, or you (`ask_in_person`).
    """

    promise: Long = ""
    due_on: dt.date | None = None
    gift: Long | None = None
    blurb: Long | None = None
    contact_id: UUID | None = None
    contact_email: Address = ""
    ask_in_person: bool = False


class LaterIn(Shape):
    """Not now; ask again on a day."""

    until: dt.date


class ReportIn(Shape):
    """The yes that your contact told you; their address, if they want the introduction by mail."""

    contact_email: Address = ""


class MoreTimeIn(Shape):
    """A new day for your promise."""

    due_on: dt.date


class OutcomeIn(Guarded):
    """What came of it."""

    kind: Literal["meeting", "interview", "offer", "nothing_yet"]
    text: Long = ""


class ThanksIn(Guarded):
    """Your thanks."""

    text: Said
